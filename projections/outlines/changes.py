"""What has changed sessions since they were outlined, by the views that are ahead of the outlines.

Rule: what may have changed a session has. It may tell of a session too many, never of one too few.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from projections.readers import Readers
from projections.view import CHUNK, as_json, fields

MOST_LISTENS = 1_000
"""Listens above which a session is not searched for an asset: it is taken to play what was described."""

Key = tuple[str, str]
"""A session: its log and its id."""


class Seen(msgspec.Struct, frozen=True):
    """What outlines have seen: every record up to `through`, every description up to `described`.

    `lacking` holds the sessions, and the devices of which each lacks numbers.
    """

    through: int
    described: int
    lacking: Mapping[Key, tuple[str, ...]]


class Changes:
    """The question. `readers` read the views `timelines`, `feeds` and `listens`."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def since(self, seen: Seen) -> set[Key]:
        """Those of the sessions that records may have changed which their outlines have not seen."""
        changed = set(await self._told(seen))
        assets = await self._readers.fetch_many(
            2,
            f"SELECT log, asset FROM descriptions WHERE position > ? ORDER BY position LIMIT {CHUNK + 1}",
            (seen.described,),
        )
        if len(assets) > CHUNK:
            return set(seen.lacking)
        logs = {log for log, _ in assets}
        asked = [key for key in seen.lacking if key[0] in logs and key not in changed]
        return changed.union(await self._playing(asked, assets)) if asked else changed

    async def _told(self, seen: Seen) -> list[Key]:
        """The sessions that came by more records, whose log had an erasure, or whose devices told more."""
        sql = f"""WITH wanted(log, session, devices) AS (SELECT {fields(3)} FROM json_each(:wanted))
            SELECT log, session FROM wanted AS w
            WHERE (SELECT last FROM sessions AS s WHERE s.log = w.log AND s.session = w.session) > :through
                OR (SELECT max(position) FROM erasures AS e WHERE e.log = w.log) > :through
                OR EXISTS (SELECT 1 FROM json_each(w.devices) AS lacking CROSS JOIN devices AS d
                    ON d.log = w.log AND d.device = lacking.value AND d.last > :through)"""
        wanted = as_json([(*key, devices) for key, devices in seen.lacking.items()])
        rows = await self._readers.fetch_many(2, sql, {"wanted": wanted, "through": seen.through})
        return [(log, session) for log, session in rows]

    async def _playing(self, keys: list[Key], assets: list[tuple[str, str]]) -> list[Key]:
        """The sessions that play one of these assets of their log."""
        sql = f"""WITH wanted(log, session) AS (SELECT {fields(2)} FROM json_each(:wanted)),
                described(log, asset) AS MATERIALIZED (SELECT {fields(2)} FROM json_each(:assets))
            SELECT w.log, w.session FROM wanted AS w
                CROSS JOIN sessions AS s ON s.log = w.log AND s.session = w.session
                CROSS JOIN listen_sessions AS l ON l.log = w.log AND l.session = w.session
            WHERE s.listens > {MOST_LISTENS} OR EXISTS (
                SELECT 1 FROM listens AS played INDEXED BY listens_by_session
                WHERE played.session = l.first AND (played.log, played.asset) IN described)"""
        parameters = {"wanted": as_json(keys), "assets": as_json(assets)}
        rows = await self._readers.fetch_many(2, sql, parameters)
        return [(log, session) for log, session in rows]
