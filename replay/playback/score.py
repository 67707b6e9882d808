"""A schedule ready to be played: every step encoded once, for any number of listeners. Pure, and never changed.

Rule 1: a listener is a place in a score: an index. Nothing is copied or queued for anyone.
Rule 2: the playing time of a moment counts what is not quiet before it: who skips what is quiet plays by that.
Rule 3: `check` stands for all of its steps: two scores with the same check have the same steps in the same
        places.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import msgspec

from replay.playback.document import StepDocuments, session_header
from replay.playback.schedule import Schedule, schedule
from replay.session import Session
from replay.timeline.stretches import Span

_encode = msgspec.json.Encoder().encode

OVERHEAD = 200
"""Bytes that a step takes beside its text."""

PIECE = 64 * 1024
"""Bytes of steps that are told in one go, about: what a listener who does not read keeps waiting in memory."""


class Quiet:
    """Stretches in which nothing is to be heard: they lie apart, in order."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._starts = [start for start, _ in spans]
        self._stops = [stop for _, stop in spans]
        self._before = [0, *accumulate(stop - start for start, stop in spans)]

    def before(self, moment: int) -> int:
        """How much quiet lies before a moment, in nanoseconds."""
        begun = bisect_left(self._starts, moment)
        if not begun:
            return 0
        return self._before[begun] - max(0, self._stops[begun - 1] - moment)

    def around(self, moment: int) -> Span | None:
        """The quiet stretch that a moment lies within, after its start."""
        begun = bisect_left(self._starts, moment)
        if begun and self._stops[begun - 1] > moment:
            return self._starts[begun - 1], self._stops[begun - 1]
        return None


class Score(msgspec.Struct, frozen=True, kw_only=True, eq=False, weakref=True):
    """One session, as known at `position`, to be played. Moments are nanoseconds since the epoch.

    `size` is about how many bytes it takes. The lists run alike: a row is a step. But `begun` holds the indexes of
    the steps with which something begins, and `until` those of the steps that end the same.
    """

    header: dict[str, Any]
    position: int
    zero: int
    ended: bool
    moments: list[int]
    kinds: list[str]
    bodies: list[bytes]
    begun: list[int]
    until: list[int]
    identities: list[int]
    provisional: frozenset[int]
    quiet: Quiet
    check: str
    size: int

    def __len__(self) -> int:
        return len(self.bodies)

    def first_at(self, moment: int) -> int:
        """The index of the first step at or after a moment."""
        return bisect_left(self.moments, moment)

    def under_way(self, index: int) -> list[int]:
        """The beginnings of what lasts beyond a place, by index: what a listener who comes in there hears."""
        before = bisect_left(self.begun, index)
        return [self.begun[n] for n in range(before) if self.until[n] >= index]

    def some(self, indexes: Iterable[int]) -> list[msgspec.Raw]:
        """The first of these steps, as many as are told in one go; at least one."""
        told: list[msgspec.Raw] = []
        left = PIECE
        for index in indexes:
            left -= len(self.bodies[index])
            if left < 0 and told:
                break
            told.append(msgspec.Raw(self.bodies[index]))
        return told


def score_of(session: Session) -> Score:
    """The score of a session."""
    made: Schedule = schedule(session)
    documents = StepDocuments(session)
    bodies = [_encode(documents.step(ordinal, step)) for ordinal, step in enumerate(made.steps, 1)]
    header = {**session_header(session), "steps": len(bodies)}
    begun = [index for index, step in enumerate(made.steps) if step.kind.endswith("-started")]
    partners = (made.steps[index].partner for index in begun)
    return Score(
        header=header,
        position=session.timeline.position,
        zero=session.timeline.zero,
        ended=session.timeline.ended,
        moments=[step.moment for step in made.steps],
        kinds=[step.kind for step in made.steps],
        bodies=bodies,
        begun=begun,
        until=[len(bodies) if partner is None else partner for partner in partners],
        identities=[hash(step.identity) for step in made.steps],
        provisional=frozenset(index for index, step in enumerate(made.steps) if step.provisional),
        quiet=Quiet(made.quiet),
        check=_check(bodies),
        size=sum(map(len, bodies)) + OVERHEAD * len(bodies),
    )


def _check(bodies: Sequence[bytes]) -> str:
    """A checksum of all steps, in eight digits."""
    check = 0
    for body in bodies:
        check = zlib.crc32(body, check)
    return f"{check:08x}"
