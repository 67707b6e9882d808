"""`DELETE` of an event, a session, a device or a user: everything that is theirs in one log is erased.

Rule 1: what is erased is what the log held when the request came; what arrives later stays.
Rule 2: the views are waited for before they are asked where things are, so that nothing just stored is missed.
Rule 3: the views say where a user's events may be, the log which of those are the user's.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from aiohttp import web

from replay.errors import NotFound
from replay.events import EventErased
from replay.log.contract import EventLog, Receipt
from server.api.call import Call
from server.api.ingest import acknowledge
from server.questions.events import EraseEventQuestion, EraseQuestion
from server.questions.read import Read
from server.reads.events import find_record
from server.reads.standing import view_position
from server.services import Services

WITHOUT_REASON = "requested"


class _Owner(msgspec.Struct):
    log: str
    user: str | None = None


_owner = msgspec.json.Decoder(_Owner)


async def erase_event(call: Call[EraseEventQuestion]) -> web.Response:
    """`DELETE /api/v1/events/{id}`. Raises `NotFound`, and `Conflict` when several sources use the id."""
    log = call.identity.one_log(call.query.log)
    record = await find_record(call.services, log, call.id, call.query.source)
    return await _erase(call, log, [record.position], call.query.reason)


async def erase_session(call: Call[EraseQuestion]) -> web.Response:
    """`DELETE /api/v1/sessions/{id}`. Raises `NotFound`, and `Erased` when nothing is left of it."""
    log = await _settled(call)
    timelines = call.services.projections.timelines
    await timelines.session(log, call.id)
    return await _erase(call, log, await timelines.positions(log, call.id), call.query.reason)


async def erase_device(call: Call[EraseQuestion]) -> web.Response:
    """`DELETE /api/v1/devices/{id}`. Raises `NotFound`."""
    log = await _settled(call)
    feeds = call.services.projections.feeds
    await feeds.device(log, call.id)
    return await _erase(call, log, await feeds.positions(log, call.id), call.query.reason)


async def erase_user(call: Call[EraseQuestion]) -> web.Response:
    """`DELETE /api/v1/users/{id}`. Raises `NotFound`."""
    log = await _settled(call)
    positions = await _positions_of_user(call.services, log, call.id)
    if not positions:
        raise NotFound(f"there is no event of the user {call.id!r} in log {log!r}")
    return await _erase(call, log, positions, call.query.reason)


async def _positions_of_user(services: Services, log: str, user: str) -> list[int]:
    """Where a user's events are in a log, in order."""
    found: set[int] = set()
    async for positions in services.projections.logbook.may_be_of(log, user):
        for record in await services.log.get(positions):
            if record.body is not None and _owner.decode(record.body) == _Owner(log, user):
                found.add(record.position)
    return sorted(found)


async def _settled(call: Call[EraseQuestion]) -> str:
    """The log that is meant, once the views have passed all it holds."""
    log = call.identity.one_log(call.query.log)
    await view_position(call.services, Read(), (await call.services.log.head()).position)
    return log


async def _erase(
    call: Call[EraseQuestion] | Call[EraseEventQuestion], log: str, positions: Sequence[int], reason: str
) -> web.Response:
    receipts = await call.services.erase(log, positions, reason or WITHOUT_REASON)
    erased = await _count(call.services.log, receipts)
    return await acknowledge(call.services, call.request, receipts, erased=erased)


async def _count(log: EventLog, receipts: Sequence[Receipt]) -> int:
    """How many events the records of an erasure say are gone."""
    count = 0
    for record in await log.get([receipt.position for receipt in receipts]):
        data = record.event().typed_data()
        if isinstance(data, EventErased):
            count += sum(last - first + 1 for first, last in data.positions)
    return count
