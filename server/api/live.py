"""`GET /api/v1/events` with `Accept: text/event-stream`: the log as it grows (server-sent events, WHATWG HTML).

Rule 1: each event's `id` is `<epoch>-<position>`. Who comes back with it as `Last-Event-ID` gets what came
        after it: nothing twice, nothing lost. After an id of another epoch (the log was restored) there is one
        `reset` event, and then everything.
Rule 2: how long it lasts, and for whom, are the rules of `server.api.outlet`.
Rule 3: a stream of nothing lets the reader know how far it has looked.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager

import msgspec
from aiohttp import hdrs, web

from replay.errors import Invalid, Unavailable
from replay.log.contract import EventLog, Record
from server.api import sse
from server.api.call import Call
from server.api.outlet import Outlet
from server.http.replies import POSITION
from server.playing.ids import LAST_EVENT_ID
from server.questions import EventsQuestion
from server.reads.scan import Logs, visible

LOOK_EVERY = 1.0
"""Seconds between two looks at whether a quiet stream may go on."""
PIECE = 64 * 1024
UNSEEN = 1000
"""Records passed over before a sign of life tells the reader's new id."""

_ID = re.compile(r"(?:(?P<epoch>.+)-)?(?P<position>[0-9]{1,16})")


class Place(msgspec.Struct, frozen=True):
    """Where a stream begins, and whether its reader came from another epoch."""

    after: int
    reset: bool = False


async def stream(call: Call[EventsQuestion]) -> web.StreamResponse:
    """Answer with what the log holds after the reader's place, then with each event as it is stored."""
    logs = call.identity.all_logs(call.query.log)
    given = call.request.headers.get(LAST_EVENT_ID)
    head = (await call.services.log.head()).position
    place = find_place(given, call.query.after, call.services.log.epoch, head)
    call.services.check_running()
    response = web.StreamResponse(headers={hdrs.CACHE_CONTROL: "no-store", POSITION: str(head)})
    response.content_type = sse.EVENT_STREAM
    if call.request.method == hdrs.METH_HEAD:
        return response
    with call.services.streams.slot():
        await response.prepare(call.request)
        await _Stream(call, response, logs, place).run()
    return response


def find_place(given: str | None, after: int | None, epoch: str, head: int) -> Place:
    """Where to begin: after the id of a `Last-Event-ID`, else after `after`, else at the start.

    Raises `Invalid` for an id that is none, and for a position that the log has not reached.
    """
    if given is None or not given.strip():
        return Place(_reached(after or 0, "after", head))
    parts = _ID.fullmatch(given.strip())
    if parts is None:
        raise Invalid(LAST_EVENT_ID, f"{LAST_EVENT_ID} must be an id that this stream gave, or a position")
    if parts["epoch"] not in (None, epoch):
        return Place(0, reset=True)
    return Place(_reached(int(parts["position"]), LAST_EVENT_ID, head))


def _reached(position: int, field: str, head: int) -> int:
    if position > head:
        raise Invalid(field, f"{field} is beyond the head of the log, which is at {head}")
    return position


class _Stream:
    """One stream, from its first byte to its last."""

    def __init__(
        self, call: Call[EventsQuestion], response: web.StreamResponse, logs: Logs, place: Place
    ) -> None:
        self.services = call.services
        self.outlet = Outlet(call.services, call.request, response)
        self.logs = logs
        self.place = place
        self.passed = place.after  # looked at
        self.told = place.after  # the id that the reader has

    async def run(self) -> None:
        """Write until there is a reason to end. Raises nothing that a reader can cause."""
        try:
            await self.outlet.write(self._opening())
            async for records in self._batches():
                for piece in self._pieces(records):
                    await self.outlet.write(piece)
                await self.outlet.beat(sse.SIGN)
        except Unavailable:
            return  # the log was closed under it
        except (ConnectionError, TimeoutError):
            self.outlet.drop()

    def _opening(self) -> bytes:
        opening = sse.OPENING
        if self.place.reset:
            document = msgspec.json.encode({"epoch": self.services.log.epoch, "position": 0})
            opening += sse.message(document, id=self._id(0), event="reset")
        return opening

    async def _batches(self) -> AsyncIterator[list[Record]]:
        """What the log yields; an empty batch after a while without any."""
        async with _follow(self.services.log, self.place.after) as follower:
            records: list[Record] | None = []
            while (
                records is not None and await self.outlet.may_go_on()
            ):  # asked last thing before anything is told
                yield records
                left = max(self.outlet.until_beat(), 0)
                records = await follower.next(self.services.stopping, min(LOOK_EVERY, left))

    def _pieces(self, records: Iterable[Record]) -> Iterator[bytes]:
        """Records as events, gathered into pieces that are sent at once."""
        piece = bytearray()
        for record in records:
            self.passed = record.position
            if visible(record, self.logs):
                self.told = record.position
                piece += sse.message(record.encode(), id=self._id(record.position))
            if len(piece) >= PIECE:
                yield bytes(piece)
                piece.clear()
        if self.passed - self.told >= UNSEEN:
            self.told = self.passed
            piece += sse.message(None, id=self._id(self.passed))
        if piece:
            yield bytes(piece)

    def _id(self, position: int) -> str:
        return f"{self.services.log.epoch}-{position}"


class _Follower:
    """A log's follower that can be waited for a while without losing what comes meanwhile."""

    def __init__(self, batches: AsyncIterator[list[Record]]) -> None:
        self._batches = batches
        self._pending: asyncio.Task[list[Record] | None] | None = None

    async def next(self, stopping: asyncio.Event, seconds: float) -> list[Record] | None:
        """The next batch; an empty one when none came in time; None when there is no more to come."""
        if self._pending is None:
            self._pending = asyncio.ensure_future(self._next())
        stop = asyncio.ensure_future(stopping.wait())
        try:
            await asyncio.wait({self._pending, stop}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.cancel()
        if not self._pending.done():
            return None if stopping.is_set() else []
        records, self._pending = self._pending.result(), None
        return records

    async def close(self) -> None:
        """Stop waiting, and end the log's own follower."""
        if self._pending is not None:
            self._pending.cancel()
            await asyncio.wait({self._pending})
        if isinstance(self._batches, AsyncGenerator):
            await self._batches.aclose()

    async def _next(self) -> list[Record] | None:
        return await anext(self._batches, None)


@asynccontextmanager
async def _follow(log: EventLog, after: int) -> AsyncIterator[_Follower]:
    follower = _Follower(log.follow(after))
    try:
        yield follower
    finally:
        await follower.close()
