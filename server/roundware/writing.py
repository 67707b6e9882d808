"""Writing: what a request on this surface appends, and whose it is.

Rule 1: nothing is ever updated: a correction is an event of its own.
Rule 2: an event's source is the path it was posted to; its id is a new one.
Rule 3: a session's device, and its user, are those of its other events, where these agree on one; what the request
        itself names counts first.
Rule 4: an answer waits until what was written can be read: 200; else, after a while, 202 with the same object.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import msgspec

from replay.clock import format_time
from replay.envelope import Event, parse_event
from replay.errors import Erased, NotFound, Unavailable
from replay.ids import new_id
from replay.log.contract import Receipt
from server.roundware.call import RoundwareCall
from server.services import Services

KEPT = "roundware"
"""The key of an event's data that holds what Roundware needs to give back."""


class Whose(msgspec.Struct, frozen=True):
    """The session, device and user of an event, and its log."""

    log: str
    session: str
    device: str | None = None
    user: str | None = None


async def whose(call: RoundwareCall, session: str, device: str | None) -> Whose:
    """Whose events of a session are. While the views are being built that may stay unknown."""
    log = call.query.log
    known = None
    with suppress(NotFound, Erased, Unavailable):
        known = await call.services.projections.timelines.session(log, session)
    if known is None:
        return Whose(log, session, device)
    return Whose(log, session, device or _only(known.devices), _only(known.users))


def make_event(
    whose: Whose, source: str, type: str, time: int | None, data: dict[str, Any], id: str | None = None
) -> Event:
    """An event of this surface. `time` is in microseconds UTC. Raises `Invalid` naming what cannot be kept."""
    fields = {
        "id": id or new_id(),
        "source": source,
        "type": type,
        "time": None if time is None else format_time(time),
        "session": whose.session,
        "device": whose.device,
        "user": whose.user,
        "data": data,
    }
    return parse_event(fields, log=whose.log)


async def store(services: Services, events: Sequence[Event]) -> list[Receipt]:
    """Append events, all or none. Raises `Conflict`, `Unavailable`."""
    services.check_running()
    with services.trouble.noted():
        return await services.log.append(events)


async def settle(services: Services, position: int) -> HTTPStatus:
    """Wait until a position can be read: 200, or 202 when that takes longer than a write waits."""
    readable = await services.projections.wait_for(position, services.settings.write_wait)
    return HTTPStatus.OK if readable else HTTPStatus.ACCEPTED


def _only(names: Sequence[str]) -> str | None:
    return names[0] if len(names) == 1 else None
