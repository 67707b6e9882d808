"""A log's list.

Rule 1: of a parameter that is repeated the last counts, a blank one is absent, unknown names are ignored: this
        surface's clients add some.
Rule 2: a list is a bare array. What it could not do is said in headers: a search that was cut off has `incomplete`
        in `Playhead-Scanned`, and a `Link` that goes on where it stopped.
Rule 3: a GET is a posting only for a key that may do nothing but post, and only where agents post. HEAD never is.
"""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import quote

import msgspec
from aiohttp import hdrs, web

from projections import Expression, LineFilter, LinePage
from replay.errors import Invalid
from server.access import require
from server.http.replies import Headers, link, reply, with_query
from server.loggr.call import LoggrCall
from server.loggr.fields import Fields
from server.loggr.ids import find_line
from server.loggr.lines import loggr_event
from server.loggr.posting import post_line
from server.loggr.values import read, span, whole
from server.questions.logs import MAX_NAME, MAX_TAGS
from server.questions.parameters import text
from server.reads.logs import search_headers

PAGE_SIZE = 100
MOST = 500
"""The longest page: who asks for more gets this many."""
PARAMETERS = frozenset(
    {"pagenum", "pagesize", "order", "tags", "text", "sinceid", "source", "user", "class", "created"}
)
"""What a `Link` passes on of what the caller sent."""
_name = text(MAX_NAME)
_CURSOR = re.compile(r"(\d{1,16})\.(\d{1,18})", re.ASCII)


async def list_or_post(call: LoggrCall) -> web.Response:
    """`GET /1/logs/{log}/events`."""
    posts_only = call.identity.roles == {"ingest"}
    if posts_only and "text" in call.query.fields and call.request.method == hdrs.METH_GET:
        return await post_line(call)
    return await list_lines(call)


async def list_lines(call: LoggrCall) -> web.Response:
    """`GET /logs/{log}/events`: a page of the log."""
    require(call.request, "read")
    fields, log = call.query.fields, call.query.log
    wanted, skip, size = await _asked(call)
    page = await call.services.projections.logbook.lines(wanted, skip, size)
    shown = [loggr_event(record) for record in page.records if not record.erased]
    headers = {**search_headers(page), **_onward(page, log, fields)}
    return reply(shown, position=page.position, headers=headers)


async def refuse_creation(call: LoggrCall) -> web.Response:
    """`POST /logs/{log}/events`: not the way to create an event."""
    path = f"/1/logs/{quote(call.query.log, safe='')}/events"
    raise Invalid(
        "method", f"events are not created here: post them to {path}, as a form with at least `text`"
    )


async def _asked(call: LoggrCall) -> tuple[LineFilter, int, int]:
    """What a list is of, how many of its lines to leave out, and how long a page is."""
    fields, log = call.query.fields, call.query.log
    since, until = read(fields, "created", span) or (None, None)
    size = min(read(fields, "pagesize", whole) or PAGE_SIZE, MOST)
    skip = ((read(fields, "pagenum", whole) or 1) - 1) * size
    after = (
        (await find_line(call.services.log, log, fields["sinceid"])).position if "sinceid" in fields else 0
    )
    wanted = LineFilter(
        log=log,
        tags=tuple((read(fields, "tags", text(MAX_TAGS)) or "").split()),
        source=read(fields, "source", _name),
        user=read(fields, "user", _name),
        class_=read(fields, "class", _name),
        since=since,
        until=until,
        text=read(fields, "text", Expression),
        after=after,
        ascending=read(fields, "order", _order) != "desc",
    )
    place, skip = read(fields, "cursor", _cursor) or (None, skip)
    if place is not None:
        bound = {"after": max(after, place)} if wanted.ascending else {"before": place}
        wanted = msgspec.structs.replace(wanted, **bound)
    return wanted, skip, size


def _order(value: str, field: str) -> Literal["asc", "desc"]:
    match value.strip().lower():
        case "asc":
            return "asc"
        case "desc":
            return "desc"
    raise Invalid(field, f"{field} must be asc or desc")


def _cursor(value: str, field: str) -> tuple[int, int]:
    found = _CURSOR.fullmatch(value)
    if found is None:
        raise Invalid(field, f"{field} is taken from a `Link`, and not made up")
    return int(found[1]), int(found[2])


def _onward(page: LinePage, log: str, fields: Fields) -> Headers:
    """Where a search that was cut off goes on: the caller's own parameters, and a cursor."""
    if page.complete:
        return {}
    own = {name: value for name, value in fields.items() if name in PARAMETERS}
    parameters = {**own, "cursor": f"{page.next}.{page.skip}"}
    return link(with_query(f"/logs/{quote(log, safe='')}/events", parameters.items()))
