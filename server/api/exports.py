"""`/api/v1/sessions/{id}/replay`, in every format of `server.exports.table`.

Rule 1: `replay.<extension>` is a file to keep: it comes with a name. `replay` is what `Accept` likes best, JSON
        among equals, and says so in `Vary`.
Rule 2: every answer links to the others (`rel="alternate"`, RFC 8288), one a line, relative to itself.
Rule 3: 304 before any byte is made, when the caller has these very bytes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any
from urllib.parse import quote

from aiohttp import hdrs, web
from multidict import CIMultiDict

from replay.formats.naming import file_name
from server.api.call import Call
from server.api.sound import settle
from server.exports.table import EXPORTS, Export
from server.http.ranged import Content, give, next_piece, send
from server.http.replies import POSITION, REVALIDATE, VARIES, matches, negotiate, with_query
from server.questions.parameters import query_items
from server.questions.read import READ
from server.questions.sessions import ReplayQuestion
from server.reads.made import Made

BY_MEDIA_TYPE = {row.media_type: row for row in EXPORTS}


async def replay(call: Call[ReplayQuestion]) -> web.StreamResponse:
    """`GET /api/v1/sessions/{id}/replay`: in the format that `Accept` likes best."""
    row = BY_MEDIA_TYPE[negotiate(call.request.headers.get(hdrs.ACCEPT), list(BY_MEDIA_TYPE))]
    await settle(call, row)
    question = row.parameters.parse(call.request.rel_url.raw_query_string)
    made = await row.make(call.services, call.identity, call.id, question)
    return await _send(call, row, made, CIMultiDict(VARIES))


def download(row: Export) -> Callable[[Call[ReplayQuestion]], Awaitable[web.StreamResponse]]:
    """The handler of `GET /api/v1/sessions/{id}/replay.<extension>`."""

    async def answer(call: Call[ReplayQuestion]) -> web.StreamResponse:
        await settle(call, row)
        made = await row.make(call.services, call.identity, call.id, call.query)
        name = disposition(file_name(call.id, row.extension))
        return await _send(call, row, made, CIMultiDict({hdrs.CONTENT_DISPOSITION: name}))

    return answer


def disposition(name: str) -> str:
    """A `Content-Disposition` that gives a file its name, in two spellings (RFC 6266, 4.3)."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "_" for char in name)
    spelled = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'attachment; filename="{plain}"{spelled}'


async def _send(
    call: Call[ReplayQuestion], row: Export, made: Made, headers: CIMultiDict[str]
) -> web.StreamResponse:
    headers.extend({hdrs.CACHE_CONTROL: REVALIDATE, hdrs.ETAG: made.etag, POSITION: str(made.position)})
    headers.extend((hdrs.LINK, target) for target in _alternates(call, row))
    headers.extend(row.headers)
    headers.extend(made.headers)
    if matches(call.request.headers.get(hdrs.IF_NONE_MATCH), made.etag):
        return web.Response(status=304, headers=headers)
    headers[hdrs.CONTENT_TYPE] = _content_type(row)
    if made.part is not None and made.length is not None:
        content = Content(made.length, made.etag, row.media_type, made.part, _joined(headers))
        return await send(call.request, content, write_timeout=call.services.settings.write_timeout)
    if isinstance(made.body, bytes):
        return web.Response(body=made.body, headers=headers)
    return await _stream(call, made, web.StreamResponse(headers=headers))


async def _stream(call: Call[Any], made: Made, response: web.StreamResponse) -> web.StreamResponse:
    """Send the pieces as they are made; a reader that takes none is dropped, unless what is made waits for it.

    The first is there before the answer is begun, so that what fails at once is told.
    """
    response.content_length = made.length
    if call.request.method == hdrs.METH_HEAD:
        return response
    try:
        with call.services.streams.slot():
            async with aclosing(made.chunks()) as chunks:
                chunk = await next_piece(call.request, chunks)
                await response.prepare(call.request)
                while chunk:
                    await give(
                        call.request, response, chunk, call.services.settings.write_timeout, made.waits
                    )
                    chunk = await next_piece(call.request, chunks)
    except (ConnectionError, TimeoutError):
        if call.request.transport is not None:
            call.request.transport.abort()
    return response


def _joined(headers: CIMultiDict[str]) -> dict[str, str]:
    """Headers with the values of each in one line (RFC 9110, 5.3)."""
    return {name: ", ".join(headers.getall(name)) for name in headers}


def _content_type(row: Export) -> str:
    return f"{row.media_type}; charset=utf-8" if row.media_type.startswith("text/") else row.media_type


def _alternates(call: Call[ReplayQuestion], own: Export) -> list[str]:
    """The other formats of the same question."""
    items = [item for item in query_items(call.request.rel_url.raw_query_string) if item[0] not in READ]
    return [
        f'<{with_query(f"replay.{row.extension}", items)}>; rel="alternate"; type="{row.media_type}"'
        for row in EXPORTS
        if row is not own
    ]
