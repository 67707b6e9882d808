"""Which records changed a session between two positions: found by looking at positions in between.

Rule 1: nothing is guessed. A stretch of the log in which the session changed is halved until it is one
        position, by asking for the session as known there; what the last position brought is what its record
        changed.
Rule 2: where nothing differs at both ends nothing is asked: so a change that a later record took back may go
        unseen when both lie within one half.
Rule 3: bounded. When as many positions were looked at as may be, or as many records read, what is left is told
        as it stands: stretches of several records, each change with those records of its stretch that show it.
Rule 4: who asks does the reading: `Search` only says where to look, and is told what is there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Mapping, Sequence, Set

import msgspec

from replay.compare.change import Change
from replay.compare.changes import changes
from replay.session import Session
from replay.timeline import Clip, Hold

PROBES = 128
"""Positions that are looked at, at most."""
RECORDS = 40_000
"""Records that are read at them, at most: about a second of work."""


class Known(msgspec.Struct, frozen=True):
    """A session as known at a position."""

    position: int
    session: Session


class Step(msgspec.Struct, frozen=True):
    """What changed above `after`, up to `position`.

    `exact`: this is one position, whose record changed it. `records` are the session's own in this stretch: none
    when it was changed from outside, by a description of a recording or another session's counter. `edges` tells,
    for each moment at which a clip, a pause or a stall that changed begins or ends, which records show that.
    """

    after: int
    position: int
    records: tuple[int, ...]
    changes: tuple[Change, ...]
    edges: Mapping[int, Set[int]] = {}

    @property
    def exact(self) -> bool:
        """Whether it is one position."""
        return self.position - self.after == 1

    def shows(self, change: Change) -> tuple[int, ...]:
        """The positions of this step that brought one of its changes, as far as that is known."""
        if self.exact:
            return (self.position,)
        shown: Set[int] = change.positions
        if change.kind == "became":
            shown = self.edges.get(change.start, frozenset()) | self.edges.get(change.stop, frozenset())
        return tuple(sorted(position for position in shown if self.after < position <= self.position))


class Search:
    """Ask for the session at `wanted` and `tell` it, until nothing is wanted; then there are `steps`."""

    def __init__(
        self, before: Known, after: Known, own: Sequence[int], *, probes: int = PROBES, records: int = RECORDS
    ) -> None:
        self._own = sorted(own)
        self._probes = probes
        self._records = records
        self._open: deque[tuple[Known, Known]] = deque([(before, after)])
        self._found: list[Step] = []
        self.wanted: int | None = None
        self._go_on()

    @property
    def steps(self) -> list[Step]:
        """What was found, in the order of the log."""
        return sorted(self._found, key=lambda step: step.position)

    def tell(self, session: Session) -> None:
        """The session as known at the position `wanted`."""
        if self.wanted is None:
            raise ValueError("no position is asked for")
        before, after = self._open.popleft()
        between = Known(self.wanted, session)
        self._probes -= 1
        self._records -= len(session.evidence.records)
        self._open += [(before, between), (between, after)]
        self._go_on()

    def _go_on(self) -> None:
        """Settle stretches until one has to be halved."""
        self.wanted = None
        while self._open and self.wanted is None:
            before, after = self._open[0]
            found = changes(before.session, after.session)
            self.wanted = self._middle(before, after) if found else None
            if self.wanted is None:
                self._open.popleft()
                if found:
                    self._found.append(self._step(before, after, found))

    def _step(self, before: Known, after: Known, found: list[Change]) -> Step:
        records, edges = tuple(self._between(before, after)), _edges(found)
        return Step(before.position, after.position, records, tuple(found), edges)

    def _between(self, before: Known, after: Known) -> Sequence[int]:
        """The session's own records above one position, up to the other."""
        own = self._own
        return own[bisect_right(own, before.position) : bisect_right(own, after.position)]

    def _middle(self, before: Known, after: Known) -> int | None:
        """Where to look next: None when this is one position, or enough was looked at.

        The session's own records are halved first; what lies between two of them is looked at last.
        """
        low, high = before.position, after.position
        affordable = len(after.session.evidence.records) <= self._records
        if high - low == 1 or self._probes <= 0 or not affordable:
            return None
        own = self._between(before, after)
        if len(own) > 1:
            return own[len(own) // 2 - 1]
        if own and own[0] > low + 1:
            return own[0] - 1
        return own[0] if own else (low + high) // 2


def _edges(found: Sequence[Change]) -> Mapping[int, Set[int]]:
    """The moments at which what changed begins and ends, with the records that show it."""
    edges: dict[int, set[int]] = {}
    for change in found:
        for item in (change.was, change.now):
            if isinstance(item, Clip | Hold):
                for moment in (item.start, item.stop):
                    edges.setdefault(moment, set()).update(change.positions)
    return edges
