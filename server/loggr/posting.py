"""Posting: a form, or a query, becomes an event of the log.

Rule 1: a posted line is an event of type `log-line` with an id of this surface and this surface as its source. Each
        posting is a new line: its agents send no id, and never twice.
Rule 2: the line's user is the event's own too, where it can be a name: who erases a user erases their lines.
Rule 3: `session`, `device` and `asset` are ours: with them a line lands on a session's timeline.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from aiohttp import hdrs, web

from projections.logbook.line import tags_of
from replay.envelope import Event, check_name, parse_event
from replay.errors import Erased, Invalid
from server.access import require
from server.http.replies import Headers, reply
from server.loggr.call import LoggrCall
from server.loggr.fields import Fields
from server.loggr.ids import LineIds
from server.loggr.lines import LOG_LINE, loggr_event
from server.loggr.values import attachment, moment, number, place, read
from server.questions.parameters import text

SOURCE = "/1/logs"
"""The event's source: this surface. (The source that a line names is a field of the line.)"""
USER_TRACKED = "user-tracked"

LINE = {
    "text": text(500),
    "link": text(200),
    "source": text(200),
    "user": text(200),
    "class": text(200),
    "geo": place,
    "value": number,
    "data": attachment,
    "asset": check_name,
}
"""What a line's data may hold, but for its tags."""
TAGS = text(200)
USER = {"email": text(200), "page": text(2000)}
NAMES = ("session", "device")

_ids = LineIds()


async def post_line(call: LoggrCall) -> web.Response:
    """`POST /1/logs/{log}/events`: a line, as it is shown from now on. By GET for keys that may do nothing else."""
    require(call.request, "ingest")
    fields = call.query.fields
    if "text" not in fields:
        raise Invalid("text", "text is required")
    data = _read_all(fields, LINE)
    words = tags_of(read(fields, "tags", TAGS))
    if words:
        data["tags"] = words
    names = {name: check_name(fields[name], name) for name in NAMES if name in fields}
    return await _store(call, LOG_LINE, data, {**names, "time": read(fields, "timestamp", moment)})


async def post_user(call: LoggrCall) -> web.Response:
    """`POST /1/logs/{log}/users`: a user was seen."""
    require(call.request, "ingest")
    fields = call.query.fields
    user = fields.get("user") or fields.get("username")
    if user is None:
        raise Invalid("user", "user is required")
    data = {"user": text(200)(user, "user"), **_read_all(fields, USER)}
    return await _store(call, USER_TRACKED, data, {})


def _read_all(fields: Fields, readers: dict[str, Any]) -> dict[str, Any]:
    found = {name: read(fields, name, reader) for name, reader in readers.items()}
    return {name: value for name, value in found.items() if value is not None}


async def _store(
    call: LoggrCall, type: str, data: dict[str, Any], attributes: dict[str, str | None]
) -> web.Response:
    """Append an event and answer with it, once it can be read or the wait for that is over.

    Raises `Erased` where it was erased meanwhile.
    """
    services = call.services
    event = _event(call, type, data, attributes)
    services.check_running()
    with services.trouble.noted():
        [receipt] = await services.log.append([event])
    await services.projections.wait_for(receipt.position, services.settings.write_wait)
    [record] = await services.log.get([receipt.position])
    if record.erased:
        raise Erased(f"the event {event.id} was erased as soon as it was posted")
    place = f"/logs/{quote(call.query.log, safe='')}/events/{event.id}"
    headers: Headers = {hdrs.LOCATION: place, hdrs.CACHE_CONTROL: "no-store"}
    position = services.projections.position
    return reply(loggr_event(record), position=position, status=HTTPStatus.CREATED, headers=headers)


def _event(call: LoggrCall, type: str, data: dict[str, Any], attributes: dict[str, str | None]) -> Event:
    fields: dict[str, Any] = {
        "id": _ids.new(call.services.clock()),
        "source": SOURCE,
        "type": type,
        "log": call.query.log,
        "user": _as_name(data.get("user")),
        **attributes,
        "data": data,
    }
    return parse_event({name: value for name, value in fields.items() if value is not None})


def _as_name(user: str | None) -> str | None:
    """A user as an event can name one; None for what is no name."""
    try:
        return check_name(user, "user")
    except Invalid:
        return None
