"""`POST /api/v1/events`: events in, receipts out.

Rule 1: all or nothing. When one event is bad the whole append is refused, and the answer names every bad
        event (the first twenty of them) by index and field.
Rule 2: what the sender left out is filled in before the log sees it: `log` by the rule for one log, `source`
        with this path, `id` with a new one, or with one derived from the `Idempotency-Key`, so that a retry
        of the request finds its events already stored.
Rule 3: the answer waits, for a while, until what was stored can be read: 200; else 202 with the same receipts.
        `Prefer: respond-async` never waits.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from aiohttp import web

from replay.envelope import DEFAULT_LOG, Event, check_name, parse_event
from replay.errors import Invalid, TooLarge
from replay.ids import derived_id, new_id
from replay.log.contract import Receipt
from server.access import Identity
from server.api.bodies import read_body
from server.api.call import Call
from server.api.formats import Batch, decode_batch, decoded_size
from server.http.replies import reply
from server.questions.parameters import Parameters, name
from server.services import Services

SOURCE = "/api/v1/events"
IDEMPOTENCY_KEY = "Idempotency-Key"
MAX_ERRORS = 20
TURN = 0.01
"""Seconds of checking events before others get their turn."""


class IngestQuery(msgspec.Struct, frozen=True):
    """`log` is that of the events that name none."""

    log: str | None = None


INGEST = Parameters(IngestQuery, log=name)


async def append(call: Call[IngestQuery]) -> web.Response:
    """Store the request's events."""
    call.services.check_running()
    return await acknowledge(call.services, call.request, await _store(call))


async def _store(call: Call[IngestQuery]) -> list[Receipt]:
    """Read, check and append. What the events take of the common budget is free again when they are stored."""
    services, request = call.services, call.request
    settings = services.settings
    log = _default_log(call.identity, call.query.log)
    make_id = _id_maker(call.identity, request.headers.getall(IDEMPOTENCY_KEY, []))
    with services.bodies.hold() as hold:
        body = await read_body(request, hold, limit=settings.max_body)
        hold.take(decoded_size(body))
        batch = decode_batch(request.headers, body, settings.max_events)
        events = await check_events(batch, log, make_id)
        for index, event in enumerate(events):
            call.identity.check(event.log, index=index)
        services.check_running()
        with services.trouble.noted():
            return await services.log.append(events)


async def check_events(batch: Batch, log: str, make_id: Callable[[int], str]) -> list[Event]:
    """The batch as valid events. Raises `Refused` naming those that are not."""
    events: list[Event] = []
    errors: list[Invalid] = []
    began = time.monotonic()
    for index, value in enumerate(batch.values):
        if time.monotonic() - began > TURN:
            await asyncio.sleep(0)
            began = time.monotonic()
        try:
            events.append(_event(value, log, partial(make_id, index)))
        except Invalid as error:
            errors.append(_placed(error, index, batch.line(index)))
            if len(errors) == MAX_ERRORS:
                break
    if errors:
        raise refusal(errors)
    return events


async def acknowledge(
    services: Services, request: web.Request, receipts: Sequence[Receipt], **more: object
) -> web.Response:
    """Answer a write with its receipts: 200 once they can be read, 202 before."""
    position = max((receipt.position for receipt in receipts), default=0)
    hurried = _prefers_async(request)
    readable = await _readable(services, position, 0 if hurried else services.settings.write_wait)
    document = {**more, "receipts": receipts, "position": position}
    answer = reply(document, position=services.projections.position, status=200 if readable else 202)
    if hurried:
        answer.headers["Preference-Applied"] = "respond-async"
    return answer


class Refused(Invalid):
    """An append of which nothing was stored. `errors` has what is wrong, event by event."""

    def __init__(self, message: str, errors: Sequence[Invalid]) -> None:
        super().__init__(errors[0].field, message, errors[0].index)
        self.errors = tuple(errors)


class RefusedTooLarge(Refused, TooLarge):
    """An append of which nothing was stored, and only sizes were wrong."""


def refusal(errors: Sequence[Invalid]) -> Refused:
    """The refusal of a batch for what is wrong with its events."""
    first = f"event {errors[0].index}: {errors[0].message}"
    count = f"{len(errors)} events" if len(errors) < MAX_ERRORS else f"{len(errors)} events or more"
    message = first if len(errors) == 1 else f"{count} are refused, so none is stored; {first}"
    kind = RefusedTooLarge if all(isinstance(error, TooLarge) for error in errors) else Refused
    return kind(message, errors)


def _event(value: object, log: str, make_id: Callable[[], str]) -> Event:
    if isinstance(value, Invalid):
        raise value
    return parse_event(value, log=log, source=SOURCE, make_id=make_id)


def _placed(error: Invalid, index: int, line: int | None) -> Invalid:
    message = error.message if line is None else f"line {line}: {error.message}"
    return type(error)(error.field, message, index)


def _default_log(identity: Identity, asked: str | None) -> str:
    """The log of the events that name none. One that may not be used is refused only when an event needs it."""
    return identity.one_log(asked) if asked else identity.only_log or DEFAULT_LOG


def _id_maker(identity: Identity, keys: Sequence[str]) -> Callable[[int], str]:
    """What gives an event without an id its own: fresh, or the same again for the same key of the same token."""
    if not keys:
        return lambda _index: new_id()
    if len(keys) > 1:
        raise Invalid(IDEMPOTENCY_KEY, f"{IDEMPOTENCY_KEY} is given more than once")
    key = check_name(keys[0], IDEMPOTENCY_KEY)
    return lambda index: derived_id(identity.token, key, str(index))


def _prefers_async(request: web.Request) -> bool:
    preferences = ",".join(request.headers.getall("Prefer", [])).replace(";", ",").split(",")
    return any(preference.strip().lower() == "respond-async" for preference in preferences)


async def _readable(services: Services, position: int, seconds: float) -> bool:
    """Whether every view has passed a position, within so many seconds; a rebuild is not waited for."""
    projections = services.projections
    return position <= projections.position or await projections.wait_for(position, seconds)
