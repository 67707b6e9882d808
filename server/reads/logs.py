"""Logs and their lines, read: for `/api/v1/logs` and for Loggr's surface.

Rule 1: a page's `next` is a path on this server, and goes on exactly where the page ended, also where a search was
        cut off.
Rule 2: what a search cost is said in headers: `Playhead-Scanned`, how many texts were read, with `incomplete` when
        it was cut off; `Playhead-Indexed`, the position that the text index stood at. Lines above that were read.
"""

from __future__ import annotations

from typing import Any

import msgspec

from projections import LineFilter, LinePage, LogRow
from replay.clock import format_time
from replay.log.contract import Record
from server.access import Identity
from server.http.replies import Headers, with_query
from server.questions.logs import LinesQuestion, LogsQuestion
from server.questions.read import asked
from server.reads.answers import Answer
from server.reads.documents import API, item_path
from server.reads.standing import view_position
from server.services import Services

MILLISECOND = 1000
SCANNED = "Playhead-Scanned"
INDEXED = "Playhead-Indexed"

_encode = msgspec.json.Encoder().encode


class Lines(msgspec.Struct, frozen=True):
    """A page of lines, and the path of the next one."""

    page: LinePage
    next: str | None

    def encode(self) -> bytes:
        """The page as JSON, spliced from the stored bytes."""
        events = b",".join(record.encode() for record in self.page.records if not record.erased)
        rest = _encode({"position": self.page.position, "next": self.next})
        return b'{"events":[%s],%s' % (events, rest[1:])


async def logs(services: Services, identity: Identity, question: LogsQuestion) -> Answer:
    """The logs that may be read and have an event, by name."""
    await view_position(services, question)
    page = await services.projections.logbook.logs(identity.logs, question.after, question.limit)
    newest = await services.log.get([row.last for row in page.logs])
    recorded = {record.position: record for record in newest}
    found = [_log_document(row, recorded.get(row.last)) for row in page.logs]
    path = None
    if page.next is not None:
        path = with_query(f"{API}/logs", {**asked(question), "after": page.next}.items())
    return Answer({"logs": found, "position": page.position, "next": path}, page.position, path)


async def lines(services: Services, identity: Identity, log: str, question: LinesQuestion) -> Lines:
    """A page of one log. Raises `Forbidden`."""
    identity.check(log)
    await view_position(services, question)
    page = await services.projections.logbook.lines(_wanted(log, question), limit=question.limit)
    if page.next is None:
        return Lines(page, None)
    parameters = {**asked(question), "cursor": page.next}
    return Lines(page, with_query(item_path("logs", log, "events"), parameters.items()))


def search_headers(page: LinePage) -> Headers:
    """What a page says about the search that found it; nothing about one that was found by counting."""
    headers = {}
    if page.texts or not page.complete:
        headers[SCANNED] = f"{page.texts}" if page.complete else f"{page.texts}; incomplete"
    if page.indexed is not None:
        headers[INDEXED] = str(page.indexed)
    return headers


def _wanted(log: str, question: LinesQuestion) -> LineFilter:
    bounds: dict[str, Any] = {"after": question.after or 0}
    if question.cursor is not None and question.order == "desc":
        bounds["before"] = question.cursor
    elif question.cursor is not None:
        bounds["after"] = max(bounds["after"], question.cursor)
    return LineFilter(
        log=log,
        tags=tuple((question.tags or "").split()),
        source=question.source,
        user=question.user,
        class_=question.class_,
        since=None if question.since is None else question.since // MILLISECOND,
        until=None if question.until is None else question.until // MILLISECOND,
        text=question.text,
        ascending=question.order != "desc",
        **bounds,
    )


def _log_document(row: LogRow, newest: Record | None) -> dict[str, Any]:
    """A log's summary. `position` and `recordedtime` are those of its newest event."""
    return {
        "log": row.log,
        "first_time": format_time(row.earliest * MILLISECOND),
        "last_time": format_time(row.latest * MILLISECOND),
        "events": row.lines,
        "recordedtime": None if newest is None else format_time(newest.recordedtime),
        "position": row.last,
        "links": {"events": item_path("logs", row.log, "events")},
    }
