"""One line of a log: itself, its data, its erasure."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import hdrs, web

from replay.errors import NotFound
from replay.log.contract import Record
from server.access import require
from server.api.erasure import WITHOUT_REASON
from server.http.replies import POSITION, reply
from server.loggr.call import LoggrCall
from server.loggr.ids import find_line
from server.loggr.lines import loggr_event, posted_data
from server.questions.read import Read
from server.reads.standing import log_position


async def show_line(call: LoggrCall) -> web.Response:
    """`GET /logs/{log}/events/{id}`. Raises `NotFound`, `Conflict`."""
    record = await _line(call)
    return reply(loggr_event(record), position=await log_position(call.services, Read()))


async def show_data(call: LoggrCall) -> web.Response:
    """`GET /logs/{log}/events/{id}/data`: what was posted, as text. Raises `NotFound` also when there is none."""
    data = posted_data((await _line(call)).event())
    if data is None:
        raise NotFound(f"the event {call.id} has no data")
    return web.Response(text=data, content_type="text/plain", headers={hdrs.CACHE_CONTROL: "no-store"})


async def erase_line(call: LoggrCall) -> web.Response:
    """`DELETE /logs/{log}/events/{id}`: its content is destroyed, and the list does without it."""
    require(call.request, "admin")
    services = call.services
    record = await find_line(services.log, call.query.log, call.id)
    receipts = await services.erase(call.query.log, [record.position], WITHOUT_REASON)
    position = max((receipt.position for receipt in receipts), default=0)
    await services.projections.wait_for(position, services.settings.write_wait)
    headers = {POSITION: str(services.projections.position)}
    return web.Response(status=HTTPStatus.NO_CONTENT, headers=headers)


async def _line(call: LoggrCall) -> Record:
    require(call.request, "read")
    return await find_line(call.services.log, call.query.log, call.id)
