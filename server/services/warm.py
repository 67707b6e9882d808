"""Sessions that were asked for a moment ago, kept as long as nothing has changed them.

Rule 1: what is kept is given out only when nothing has changed since its evidence was gathered: an answer may know
        more than its position says, never less. What is known of a session now is what every prefix comes to that
        ends behind its last record: so the pages of a list, which name theirs, are of the session of the first.
Rule 2: what is asked for twice at once is made once. That something is too large to be made is kept, too. What
        was being made when something was erased is not.
Rule 3: sessions are kept up to the room of `MOST_RECORDS` records together, those asked for last; what was made of
        one goes with it. A few records may come to very many clips: those take room, too.
Rule 4: long sessions are folded beside the event loop, and told of, a few at a time: each holds its records, its
        timeline and what is told of it in memory. Who tells does not wait for those who fold: that would keep what
        is folded in memory for as long.
Rule 5: a making that nobody waits for any more is given up, as long as its turn has not come. One that was begun
        is done to its end: who left may come back for it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import msgspec

from projections.timelines import Needs, Stamp, Timelines, needs_of
from replay.clocks import ClockChoice
from replay.errors import TooLarge
from replay.findings import DEFAULTS, Thresholds
from replay.session import Session, reconstruct
from replay.timeline import Evidence
from server.services.collector import collector_held_off
from server.services.kept import LONG, Kept, Key, Refused

T = TypeVar("T")

TELLING = 2
"""Long sessions that are told of at the same time."""

MOST_RECORDS = 120_000
"""Records of all sessions that are kept: some 1.5 kB each, with what was made of them."""

MOST_BYTES = 64 * 1024 * 1024
"""What may be kept of what was made of sessions."""


class Warm:
    """The sessions that are kept, and the making of those that are not. `folding` is what long ones wait for.

    Their findings exceed `thresholds`.
    """

    def __init__(
        self, timelines: Timelines, folding: asyncio.Semaphore, thresholds: Thresholds = DEFAULTS
    ) -> None:
        self._thresholds = thresholds
        self._timelines = timelines
        self._folding = folding
        self._telling = asyncio.Semaphore(TELLING)
        self._kept: OrderedDict[Key, Kept | Refused] = OrderedDict()
        self._making: dict[Key, _Making] = {}
        self._forgotten = 0

    async def session(self, key: Key, position: int) -> Kept:
        """A session as it is known at the position that the views have reached, or later.

        Raises `NotFound`, `Erased`, `TooLarge`, `Unavailable`.
        """
        found = await self._at_hand(key)
        if isinstance(found, Refused):
            raise found.error()
        return found or await self._made_once(key, position)

    async def told(
        self, key: Key, position: int, name: str, tell: Callable[[Session], bytes]
    ) -> tuple[Session, bytes]:
        """A session and what is told of it, kept under a name that stands for `tell`.

        Raises what `session` does.
        """
        kept = await self.session(key, position)
        return kept.session, await self.told_of(kept, name, tell)

    async def told_of(self, kept: Kept, name: str, tell: Callable[[Session], bytes]) -> bytes:
        """What is told of a session at hand, kept with it under a name that stands for `tell`."""
        body = kept.made.get(name)
        if body is None:
            # another who asked may have made it while this one waited for its turn
            body = await kept.tell(lambda session: kept.made.get(name) or tell(session))
            if self._bytes() + len(body) <= MOST_BYTES:
                kept.made[name] = body
        return body

    def forget(self) -> None:
        """Keep nothing of what was kept: something was erased."""
        self._forgotten += 1
        self._kept.clear()
        self._making.clear()

    async def _at_hand(self, key: Key) -> Kept | Refused | None:
        """What is kept under a key, or as of now, if it is what is asked for."""
        for place in dict.fromkeys((key, key._replace(as_of=None))):
            kept, forgotten = self._kept.get(place), self._forgotten
            if kept is not None and kept.holds(key, await self._stamp(key, kept.needs)):
                if place in self._kept:
                    self._kept.move_to_end(place)
                if forgotten == self._forgotten:
                    return kept
        return None

    async def _made_once(self, key: Key, position: int) -> Kept:
        """Join a making that began no earlier than the position, or begin one."""
        making = self._making.get(key)
        if making is None or making.position < position:
            making = self._making[key] = _Making(position)
            making.task = asyncio.ensure_future(self._make(key, making))
            making.task.add_done_callback(partial(self._done, key, making))
        making.wanted += 1
        try:
            return await asyncio.shield(making.task)
        finally:
            making.wanted -= 1
            if not making.wanted and not making.has_begun:
                self._leave(key, making)
                making.task.cancel()

    def _done(self, key: Key, making: _Making, task: asyncio.Task[Kept]) -> None:
        self._leave(key, making)
        if not task.cancelled():
            task.exception()  # seen: those who asked may have left

    def _leave(self, key: Key, making: _Making) -> None:
        """Let nobody join a making any more."""
        if self._making.get(key) is making:
            del self._making[key]

    async def _make(self, key: Key, making: _Making) -> Kept:
        if await self._timelines.size(key.log, key.session) <= LONG:
            making.has_begun = True
            return await self._made(key, making.position)
        async with self._folding:
            making.has_begun = True
            with collector_held_off():
                return await self._made(key, making.position)

    async def _made(self, key: Key, position: int) -> Kept:
        """A session that is made, and kept: so is that it cannot be."""
        forgotten, needs = self._forgotten, None
        try:
            evidence = await self._timelines.gather(key.log, key.session, key.as_of)
            needs = needs_of(evidence)
            session = await self._fold(evidence, key.clock)
        except TooLarge as error:
            stamp = await self._stamp(key, needs or Needs())
            self._keep(key, Refused(error, key, stamp.up_to(position), needs), stamp, forgotten)
            raise
        stamp = await self._stamp(key, needs)
        reach = position if key.as_of is None else key.as_of
        erasures = str(stamp.erasure)
        if evidence.ahead or stamp.erasure > position:
            erasures = _digest(evidence)
        kept = Kept(session, stamp.up_to(position), reach, needs, erasures, self._telling)
        self._keep(key, kept, stamp, forgotten)
        return kept

    async def _fold(self, evidence: Evidence, clock: ClockChoice) -> Session:
        fold = partial(reconstruct, evidence, clock, thresholds=self._thresholds)
        return fold() if len(evidence.records) <= LONG else await asyncio.to_thread(fold)

    async def _stamp(self, key: Key, needs: Needs) -> Stamp:
        return await self._timelines.stamp(key.log, key.session, needs)

    def _keep(self, key: Key, kept: Kept | Refused, now: Stamp, forgotten: int) -> None:
        """Keep what was made, unless something changed it, or was erased, while it was."""
        if forgotten != self._forgotten or not kept.holds(key, now):
            return
        self._kept.pop(key, None)
        self._kept[key] = kept
        while sum(one.room for one in self._kept.values()) > MOST_RECORDS:
            self._kept.popitem(last=False)

    def _bytes(self) -> int:
        return sum(len(made) for kept in self._kept.values() for made in kept.made.values())


def _digest(evidence: Evidence) -> str:
    """What tells evidence that was gathered during an erasure from any other."""
    read = [placed.position for placed in evidence.in_order]
    described = {asset: one.position for asset, one in evidence.descriptions.items()}
    told = {device: [one.position for one in readings] for device, readings in evidence.readings.items()}
    parts = (read, evidence.erased, described, evidence.sequences, told)
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:12]


class _Making:
    """A session in the making: where the views stood when it was asked for, how many want it, and whether its turn
    has come."""

    task: asyncio.Task[Kept]

    def __init__(self, position: int) -> None:
        self.position = position
        self.wanted = 0
        self.has_begun = False
