"""What is known of a session that was asked for: the session, and what was made of it, or why it cannot be told of.

Rule: it is true as long as the views give the stamp that it was gathered under (`projections.timelines.stamp`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from projections.timelines import Needs, Stamp
from replay.clocks import ClockChoice
from replay.errors import TooLarge
from replay.session import Session
from server.services.collector import collector_held_off
from server.tasks import to_its_end

if TYPE_CHECKING:
    from replay.listens import SessionListens
    from replay.mixdown import Score

T = TypeVar("T")

LONG = 250
"""Records above which a session is folded, and told of, beside the event loop: others are answered meanwhile."""

CLIPS_OF_A_RECORD = 5
"""Clips that take the room of a record. A pause of the whole session cuts every listen, so that 2,000 records can
come to half a million clips."""


class Key(NamedTuple):
    """A session of a log as of a position (None: as far as the views stand), in a clock's time."""

    log: str
    session: str
    as_of: int | None
    clock: ClockChoice


class Kept:
    """A session, the stamp it was gathered under, and what was made of it, by name.

    It is what each prefix comes to that ends between `newest`, the last position that it knows of, and `reach`.

    `score` is that of its sound, at the rate that was asked for last (`server.sound.making`). `listens` tells it
    listen by listen (`server.reads.session_listens`). `erasures` names those that its evidence knows of; with
    the last position that tells it from all else that the session ever comes to.
    """

    def __init__(
        self,
        session: Session,
        stamp: Stamp,
        reach: int,
        needs: Needs,
        erasures: str,
        telling: asyncio.Semaphore,
    ) -> None:
        self.session = session
        self.stamp = stamp
        self.erasures = erasures
        self.newest = max((session.timeline.position, *session.evidence.erased[-1:]))
        self.reach = reach
        self.needs = needs
        self._telling = telling
        self._turn = asyncio.Lock()
        self.made: dict[str, bytes] = {}
        self.score: Score | None = None
        self.listens: SessionListens | None = None
        self.records = len(session.evidence.records)
        self.room = max(self.records, len(session.timeline.clips) // CLIPS_OF_A_RECORD)
        """How many records it takes the room of."""

    def holds(self, key: Key, now: Stamp) -> bool:
        """Whether it is what is asked for, and nothing has changed it. A prefix changes by erasure alone."""
        if key.as_of is None:
            return now == self.stamp
        return self.newest <= key.as_of <= self.reach and now.erasure == self.stamp.erasure

    async def tell(self, tell: Callable[[Session], T]) -> T:
        """What is told of the session: of a long one one thing at a time, and of a few of them at a time."""
        if self.records <= LONG:
            return tell(self.session)
        async with self._turn, self._telling:
            with collector_held_off():
                return await to_its_end(lambda: tell(self.session))


class Refused:
    """Why a session cannot be told of: there is too much of it.

    Without `needs` it is its records alone that are too many: none that comes makes them fewer.
    """

    made: Mapping[str, bytes] = MappingProxyType({})

    def __init__(self, error: TooLarge, key: Key, stamp: Stamp, needs: Needs | None) -> None:
        self.needs = needs or Needs()
        self._said = (error.field, error.message)
        self._as_of = key.as_of
        self._stamp = stamp
        self._for_long = needs is None
        self.room = 1 + len(self.needs.assets) + len(self.needs.devices)

    def holds(self, key: Key, now: Stamp) -> bool:
        """Whether it is what was asked for, and nothing has changed that."""
        if key.as_of != self._as_of:
            return False
        if key.as_of is not None or self._for_long:
            return now.erasure == self._stamp.erasure
        return now == self._stamp

    def error(self) -> TooLarge:
        """What there is to say of it."""
        return TooLarge(*self._said)
