"""Whether a session is as it was: what can be asked instead of gathering its evidence again.

Rule 1: a stamp changes whenever evidence that was gathered before it could be other now. It may change for less.
Rule 2: it is one question, and costs the same however long the session is.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from projections.readers import Readers
from projections.timelines.gather import PLAYS
from projections.view import as_json
from replay.timeline.evidence import Evidence


class Needs(msgspec.Struct, frozen=True):
    """What a session's evidence holds of records outside the session: the assets it plays, and the devices of which
    it lacks numbers that others may bring."""

    assets: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()


class Stamp(NamedTuple):
    """The newest position of each kind of record that evidence is made of; 0 where there is none."""

    erasure: int
    last: int
    described: int
    told: int

    def up_to(self, position: int) -> Stamp:
        """The stamp of evidence that was gathered at a position or later, when this one was read after that.

        What came in between may be in the evidence or not. Where anything did, this equals no stamp read later, so
        that nobody takes the evidence for what is known now.
        """
        return Stamp(*(min(newest, position) for newest in self))


def needs_of(evidence: Evidence) -> Needs:
    """What gathered evidence needs: an asset that is not described yet may be."""
    assets = {placed.event.data.get("asset") for placed in evidence.records if placed.event.type in PLAYS}
    return Needs(frozenset(asset for asset in assets if asset is not None), frozenset(evidence.sequences))


async def read_stamp(readers: Readers, log: str, session: str, needs: Needs) -> Stamp:
    """The stamp of a session as the views know it now."""
    sql = """SELECT
        (SELECT coalesce(max(position), 0) FROM erasures WHERE log = :log),
        (SELECT coalesce(max(last), 0) FROM sessions WHERE log = :log AND session = :session),
        (SELECT coalesce(max((SELECT max(position) FROM descriptions WHERE log = :log AND asset = value)), 0)
            FROM json_each(:assets)),
        (SELECT coalesce(max((SELECT last FROM devices WHERE log = :log AND device = value)), 0)
            FROM json_each(:devices))"""
    parameters = {
        "log": log,
        "session": session,
        "assets": as_json(sorted(needs.assets)),
        "devices": as_json(sorted(needs.devices)),
    }
    [row] = await readers.fetch(sql, parameters)
    return Stamp(*row)
