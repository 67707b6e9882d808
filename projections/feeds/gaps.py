"""Places that erasures left in the feeds: what keeps a link in somebody's hands from shifting.

Rule 1: an ordinal counts the events of a millisecond, those too that were erased since this process began. So
        following `next` loses nothing and repeats nothing over an erasure.
Rule 2: this is kept in memory, and of the newest places alone: the files must forget when an erased event was,
        and a link is followed within minutes.
Rule 3: a place is noted before its record is erased, when it may still be in the feed. So who reads a page with
        `changes` the same before and after has seen all that matter to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

MOST = 100_000
"""Places that are kept."""


class Place(NamedTuple):
    """Where a record is in its device's feed."""

    log: str
    device: str
    ms: int
    position: int


class Gaps:
    """The places of erased records. `changes` goes up with every note."""

    def __init__(self) -> None:
        self.changes = 0
        self._count = 0
        self._positions: dict[tuple[tuple[str, str], int], set[int]] = {}

    def note(self, places: Iterable[Place]) -> None:
        """Note places whose records are about to be erased; the oldest moments of which some are known give way."""
        self.changes += 1
        owners: dict[tuple[str, str], tuple[str, str]] = {}
        for log, device, ms, position in places:
            owner = owners.setdefault((log, device), (log, device))
            positions = self._positions.setdefault((owner, ms), set())
            self._count += position not in positions
            positions.add(position)
        while self._count > MOST:
            self._count -= len(self._positions.pop(next(iter(self._positions))))

    def of(self, log: str, device: str, ms: int) -> list[int]:
        """The positions that are known of a device's millisecond."""
        return list(self._positions.get(((log, device), ms), ()))
