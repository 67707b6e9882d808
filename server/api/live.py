"""`GET /api/v1/events` with `Accept: text/event-stream`: the log as it grows (server-sent events, WHATWG HTML).

Rule 1: each event's `id` is `<epoch>-<position>`. Who comes back with it as `Last-Event-ID` gets what came
        after it: nothing twice, nothing lost. After an id of another epoch (the log was restored) there is one
        `reset` event, and then everything.
Rule 2: how long it lasts, and for whom, are the rules of `server.api.outlet`.
Rule 3: a stream of nothing lets the reader know how far it has looked.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator

import msgspec
from aiohttp import hdrs, web

from replay.errors import Invalid, Unavailable
from server.api import sse
from server.api.call import Call
from server.api.following import Batch, follow
from server.api.outlet import Outlet
from server.http.replies import POSITION
from server.playing.ids import LAST_EVENT_ID
from server.questions.events import EventsQuestion
from server.services.selection import Selection

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
    selection = Selection(call.identity.all_logs(call.query.log), call.query.session)
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
        await _Stream(call, response, selection, place).run()
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
        self, call: Call[EventsQuestion], response: web.StreamResponse, selection: Selection, place: Place
    ) -> None:
        self.services = call.services
        self.outlet = Outlet(call.services, call.request, response)
        self.selection = selection
        self.place = place
        self.told = place.after  # the id that the reader has

    async def run(self) -> None:
        """Write until there is a reason to end. Raises nothing that a reader can cause."""
        try:
            await self.outlet.write(self._opening())
            async for batch in self._batches():
                for piece in self._pieces(batch):
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

    async def _batches(self) -> AsyncIterator[Batch]:
        """What the log yields; an empty batch after a while without any."""
        async with follow(self.services, self.selection, self.place.after) as follower:
            batch: Batch | None = Batch([], self.place.after)
            while (
                batch is not None and await self.outlet.may_go_on()
            ):  # asked last thing before anything is told
                yield batch
                left = max(self.outlet.until_beat(), 0)
                batch = await follower.next(min(LOOK_EVERY, left))

    def _pieces(self, batch: Batch) -> Iterator[bytes]:
        """Records as events, gathered into pieces that are sent at once."""
        piece = bytearray()
        for record in batch.records:
            if self.selection.shows(record):
                self.told = record.position
                piece += sse.message(record.encode(), id=self._id(record.position))
            if len(piece) >= PIECE:
                yield bytes(piece)
                piece.clear()
        if batch.passed - self.told >= UNSEEN:
            self.told = batch.passed
            piece += sse.message(None, id=self._id(batch.passed))
        if piece:
            yield bytes(piece)

    def _id(self, position: int) -> str:
        return f"{self.services.log.epoch}-{position}"
