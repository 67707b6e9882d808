"""`GET /api/v1/sessions/{id}/playback`: a session as it happened, as server-sent events or as lines.

Rule 1: a form is a row of `FORMS`: how a message is written, and whether steps wait for their moment.
Rule 2: the first message is the header, the last one `end`. Who comes back behind the end gets 204, which tells
        an `EventSource` to stay away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import aclosing
from typing import NamedTuple

import msgspec
from aiohttp import hdrs, web

from replay.errors import Erased, NotFound, Unavailable
from server.api import sse
from server.api.call import Call
from server.api.outlet import Outlet
from server.http.replies import NDJSON, POSITION, negotiate
from server.playing.ids import LAST_EVENT_ID
from server.playing.playing import Playing, Told, open_playing
from server.playing.questions import PlaybackQuestion


class Form(NamedTuple):
    """How a playback is written: its beginning, each message, a sign of life; `paced` or all at once."""

    opening: bytes
    write: Callable[[Told], bytes]
    sign: bytes
    paced: bool


def _event(told: Told) -> bytes:
    """A message as a server-sent event."""
    return sse.message(told.body, id=told.id, event=told.name)


def _line(told: Told) -> bytes:
    """A message as a line: its document, and what it is."""
    known = {"event": told.name, "id": told.id}
    return msgspec.json.encode(known)[:-1] + b"," + told.body[1:] + b"\n"


FORMS = {
    sse.EVENT_STREAM: Form(sse.OPENING, _event, sse.SIGN, paced=True),
    NDJSON: Form(b"", _line, b"\n", paced=False),
}


async def playback(call: Call[PlaybackQuestion]) -> web.StreamResponse:
    """`GET /api/v1/sessions/{id}/playback`."""
    media_type = negotiate(call.request.headers.get(hdrs.ACCEPT), tuple(FORMS))
    form = FORMS[media_type]
    last_id = call.request.headers.get(LAST_EVENT_ID)
    call.services.check_running()
    with call.services.streams.slot():
        playing = await open_playing(
            call.services, call.identity, call.id, call.query, last_id, paced=form.paced
        )
        if playing is None:
            return web.Response(status=204)
        response = web.StreamResponse(
            headers={
                hdrs.CACHE_CONTROL: "no-store",
                hdrs.VARY: hdrs.ACCEPT,
                POSITION: str(playing.position),
            }
        )
        response.content_type = media_type
        if call.request.method != hdrs.METH_HEAD:
            await response.prepare(call.request)
            await _send(Outlet(call.services, call.request, response), playing, form)
        return response


async def _send(outlet: Outlet, playing: Playing, form: Form) -> None:
    """Send what a listener is told until it is over. Raises nothing that a reader can cause."""
    try:
        if form.opening:
            await outlet.write(form.opening)
        async with aclosing(playing.batches()) as batches:
            async for batch in batches:
                if not await outlet.may_go_on():
                    return
                await _send_batch(outlet, batch, form)
    except (Unavailable, Erased, NotFound):
        return  # the log was closed under it, there is no room for what is news, or there is nothing left
    except (ConnectionError, TimeoutError):
        outlet.drop()


async def _send_batch(outlet: Outlet, batch: Iterable[Told], form: Form) -> None:
    piece = b"".join(map(form.write, batch))
    if piece:
        await outlet.write(piece)
    else:
        await outlet.beat(form.sign)
