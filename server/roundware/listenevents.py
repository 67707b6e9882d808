"""`/api/2/listenevents/`: plays of recordings, as Roundware lists, logs and closes them.

Rule 1: a listen event's id is the position of the record that opened it.
Rule 2: posting one appends a `listen-started`, and, when it brings a duration, a `listen-ended` with it; a PATCH
        appends a `listen-ended` at start + duration; a DELETE erases both.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web

from projections import ListenRow
from replay.clock import LATEST, NANOSECONDS
from replay.envelope import Event
from replay.errors import NotFound, Unavailable
from replay.events import ListenStarted
from replay.ids import new_id
from replay.timeline import Placed, place
from server.http.replies import reply
from server.questions.read import Read
from server.reads.standing import view_position
from server.roundware.arrays import send_array
from server.roundware.call import RoundwareCall, number_of
from server.roundware.listen_filters import ListensQuestion, listens_question
from server.roundware.manner import reject
from server.roundware.posted import read_posted
from server.roundware.values import Id, write_id, write_moment, write_seconds
from server.roundware.writing import Whose, make_event, settle, store, whose

SOURCE = "/api/2/listenevents/"
PAGE = 1000
NS = 1000
TOLD_BY_ITS_END = "This listen event was told by its end alone: there is no start to count a duration from."
BEYOND_TIME = "Ensure that the listen ends before the year 10000."


class ListenEvent(msgspec.Struct, frozen=True):
    """A listen event as Roundware shows it, field by field in its order."""

    id: int
    duration_in_seconds: float | None
    start_time: str
    session_id: Id
    asset_id: Id | None
    project_id: Id | None


def listen_event(row: ListenRow) -> ListenEvent:
    """A row of the view as Roundware shows it."""
    return ListenEvent(
        row.position,
        write_seconds(row.duration),
        write_moment(row.start),
        write_id(row.session),
        None if row.asset is None else write_id(row.asset),
        None if row.project is None else write_id(row.project),
    )


async def page(call: RoundwareCall) -> web.StreamResponse:
    """`GET`: every listen event that the filters let through, `id` ascending."""
    question = listens_question(call.query.parameters, call.query.log, call.services.clock())
    position = await view_position(call.services, Read())
    return await send_array(call, _pages(call, question), position)


async def _pages(call: RoundwareCall, question: ListensQuestion) -> AsyncIterator[list[ListenEvent]]:
    after: int | None = question.after
    left = question.limit
    while after is not None and left != 0:
        limit = PAGE if left is None else min(PAGE, left)
        found = await call.services.projections.listens.list(question.wanted, after, limit)
        yield [listen_event(row) for row in found.listens]
        left = None if left is None else left - len(found.listens)
        after = found.next


async def one(call: RoundwareCall) -> web.Response:
    """`GET` of one. Raises `NotFound`."""
    number = number_of(call)
    position = await view_position(call.services, Read())
    row = await call.services.projections.listens.listen(call.query.log, number)
    return reply(listen_event(row), position=position)


async def post(call: RoundwareCall) -> web.Response:
    """`POST`: a recording began to play, and perhaps for how long it did."""
    posted = await read_posted(call.services, call.request)
    session = posted.needed_id("session")
    asset = posted.needed_id("asset")
    start = posted.needed_moment("starttime")
    duration = posted.duration()
    device = posted.id("device_id")
    posted.check()
    its = await whose(call, session, device)
    listen = new_id()
    events = [make_event(its, SOURCE, "listen-started", start, {"asset": asset}, listen)]
    if duration is not None:
        events.append(_ended(its, listen, start, duration))
    receipts = await store(call.services, events)
    told = ListenRow(receipts[0].position, session, asset, None, start, duration, None)
    return await _answer(call, told, receipts[-1].position)


async def patch(call: RoundwareCall) -> web.Response:
    """`PATCH`: how long it lasted. Raises `NotFound`."""
    number = number_of(call)
    placed, started = await _find_start(call, number)
    posted = await read_posted(call.services, call.request)
    duration = posted.duration()
    posted.check()
    event = placed.event
    told = ListenRow(number, event.session or "", started.asset, None, placed.time, duration, None)
    position = number
    if duration is not None:
        its = Whose(event.log, event.session or "", event.device, event.user)
        ended = _ended(its, started.listen or event.id, placed.time, duration)
        [receipt] = await store(call.services, [ended])
        position = receipt.position
    return await _answer(call, told, position)


async def delete(call: RoundwareCall) -> web.Response:
    """`DELETE`: erase what told of it. Raises `NotFound`."""
    number = number_of(call)
    services = call.services
    services.check_running()
    await view_position(services, Read(), (await services.log.head()).position)
    records = await services.projections.listens.records(call.query.log, number)
    receipts = await services.erase(call.query.log, records, "requested")
    await settle(services, max((receipt.position for receipt in receipts), default=0))
    return web.Response(status=HTTPStatus.NO_CONTENT)


def _ended(its: Whose, listen: str, start: int, duration: int) -> Event:
    """The end of a listen, at start + duration. Raises `Rejected` beyond the end of time."""
    time = start + (duration + NS // 2) // NS
    if time > LATEST:
        raise reject("duration", BEYOND_TIME)
    data: dict[str, Any] = {"listen": listen, "duration": duration / NANOSECONDS}
    return make_event(its, SOURCE, "listen-ended", time, data)


async def _find_start(call: RoundwareCall, number: int) -> tuple[Placed, ListenStarted]:
    """The `listen-started` at a position. Raises `NotFound`, and `Rejected` for a listen without one."""
    for record in await call.services.log.get([number]):
        if not record.erased:
            placed = place(record)
            started = placed.event.typed_data()
            if placed.event.log != call.query.log or placed.event.session is None:
                break
            if isinstance(started, ListenStarted):
                return placed, started
    await call.services.projections.listens.listen(call.query.log, number)
    raise reject("non_field_errors", TOLD_BY_ITS_END)


async def _answer(call: RoundwareCall, told: ListenRow, position: int) -> web.Response:
    """The listen event as the view has it, or, while that lags, as it was told."""
    status = await settle(call.services, position)
    row = told
    if status == HTTPStatus.OK:
        with suppress(NotFound, Unavailable):
            row = await call.services.projections.listens.listen(call.query.log, told.position)
    return reply(listen_event(row), status=status, position=call.services.projections.position)
