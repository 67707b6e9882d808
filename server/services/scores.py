"""The scores that are being played: one for all who listen to a session as of a position.

Rule 1: a score is kept as long as somebody plays it, and no longer.
Rule 2: once something is erased, no score from before is played any further.
Rule 3: together they take no more than `MOST_BYTES`; who would need more is refused for now.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakSet, WeakValueDictionary

from replay.errors import Unavailable
from replay.playback import Score

MOST_BYTES = 256 * 1024 * 1024

T = TypeVar("T")


class Scores(Generic[T]):
    """The scores that are being played, and the desks (`T`) where they are to be had."""

    def __init__(self) -> None:
        self._desks: WeakValueDictionary[Any, T] = WeakValueDictionary()
        self._alive: WeakSet[Score] = WeakSet()
        self.erasures = 0

    def __len__(self) -> int:
        return len(self._alive)

    def desk(self, key: Any, make: Callable[[], T]) -> T:
        """The desk of a key, made when there is none. It is there as long as somebody holds it."""
        desk = self._desks.get(key)
        if desk is None:
            desk = self._desks[key] = make()
        return desk

    def forget(self) -> None:
        """End the playing of everything: something was erased. Who comes back hears what is left."""
        self.erasures += 1

    def keep(self, score: Score) -> Score:
        """Count a new score. Raises `Unavailable` when there is no room for it beside the others."""
        if self._alive and sum(one.size for one in self._alive) + score.size > MOST_BYTES:
            what = f"the sessions that are being played take all of {MOST_BYTES // 2**20} MiB"
            raise Unavailable(what, retry_after=5)
        self._alive.add(score)
        return score
