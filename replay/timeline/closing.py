"""Which end closes which start, and when a listen thereby stops: for the fold, and for whoever lists listens.

Rule 1: a `listen-ended` that names a listen closes that listen's newest start at or before it, or, when it brings a
        `duration` and its clock ran behind, the listen's first start.
Rule 2: a `listen-ended` that names no listen closes the asset's newest start at or before it.
Rule 3: of several ends of one start the one at the highest position counts; its `duration` beats its time.
Rule 4: so no end needs to know more starts than two: the newest at or before it, and the first, of its listen or
        asset.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

Key = tuple[int, int]
"""A place in fold order: time (microseconds UTC), position."""


class Start(Protocol):
    """What must be known of a `listen-started`. `listen` is its own event's id, unless it brings one."""

    @property
    def key(self) -> Key: ...  # noqa: D102

    @property
    def listen(self) -> str: ...  # noqa: D102

    @property
    def asset(self) -> str: ...  # noqa: D102


class End(Protocol):
    """What must be known of a `listen-ended`. `duration` may be in any unit."""

    @property
    def key(self) -> Key: ...  # noqa: D102

    @property
    def listen(self) -> str | None: ...  # noqa: D102

    @property
    def asset(self) -> str | None: ...  # noqa: D102

    @property
    def duration(self) -> float | None: ...  # noqa: D102


_key = attrgetter("key")

S = TypeVar("S", bound=Start)
E = TypeVar("E", bound=End)


class Starts(Generic[S]):
    """The starts of one session, given in fold order, by listen and by asset."""

    def __init__(self, starts: Iterable[S]) -> None:
        self._by_listen: dict[str, list[S]] = defaultdict(list)
        self._by_asset: dict[str, list[S]] = defaultdict(list)
        for start in starts:
            self._by_listen[start.listen].append(start)
            self._by_asset[start.asset].append(start)

    def newest(self, listen: str, key: Key) -> S | None:
        """A listen's newest start at or before a place in fold order."""
        return _newest(self._by_listen.get(listen, []), key)

    def closed_by(self, end: End) -> S | None:
        """The start that an end closes; None when there is none."""
        if end.listen is None:
            return _newest(self._by_asset.get(end.asset or "", []), end.key)
        start = self.newest(end.listen, end.key)
        if start is None and end.duration is not None:
            start = next(iter(self._by_listen.get(end.listen, [])), None)
        return start


def counted(ends: Iterable[E]) -> E | None:
    """The end that counts, of those that close one start; None when nothing closes it."""
    return max(ends, key=lambda end: end.key[1], default=None)


def stop_of(start: int, end: int, duration: int | None) -> int:
    """When a listen stops that begins at `start`, by an end at `end` that brings `duration`. All in nanoseconds."""
    return end if duration is None else start + duration


def _newest(starts: list[S], key: Key) -> S | None:
    found = bisect_right(starts, key, key=_key)
    return starts[found - 1] if found else None
