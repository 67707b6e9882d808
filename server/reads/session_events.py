"""The records of one session, read page by page in fold order.

Rule 1: a page's `next` is a path on this server, and goes on behind the last record that was looked at: nothing is
        lost or comes twice, whatever is erased between two pages.
Rule 2: one page gathers so many bytes, whatever its limit: it may be short and still bring `next`.
"""

from __future__ import annotations

import msgspec

from replay.log.contract import Record
from server.access import Identity
from server.http.replies import with_query
from server.questions.sessions import SessionEventsQuestion
from server.reads.documents import item_path
from server.reads.scan import MOST_BYTES
from server.reads.standing import view_position
from server.services import Services

STEP = 250

_encode = msgspec.json.Encoder().encode


class SessionEvents(msgspec.Struct, frozen=True):
    """A page of a session's records, where the view stood, and the path of the next page."""

    records: list[Record]
    position: int
    next: str | None

    def encode(self) -> bytes:
        """The page as JSON, spliced from the stored bytes."""
        events = b",".join(record.encode() for record in self.records)
        rest = _encode({"position": self.position, "next": self.next})
        return b'{"events":[%s],%s' % (events, rest[1:])


async def session_events(
    services: Services, identity: Identity, id: str, question: SessionEventsQuestion
) -> SessionEvents:
    """A page of a session's records. Raises `NotFound`, `Erased`, `Forbidden`."""
    log = identity.one_log(question.log)
    position = await view_position(services, question)
    timelines = services.projections.timelines
    if question.cursor is None:
        await timelines.session(log, id)
    found: list[Record] = []
    place, size, more = question.cursor, 0, True
    while more and len(found) < question.limit and size < MOST_BYTES:
        step = min(STEP, question.limit - len(found))
        behind = {} if place is None else {"after": place}
        places = await timelines.in_fold_order(log, id, limit=step + 1, **behind)
        more = len(places) > step
        if not places:
            break
        records = await services.log.get([at for _, at in places[:step]])
        place = places[:step][-1]
        found.extend(record for record in records if not record.erased)
        size += sum(len(record.body or b"") for record in records)
    return SessionEvents(found, position, _next(log, id, question.limit, place) if more else None)


def _next(log: str, id: str, limit: int, place: tuple[int, int] | None) -> str | None:
    if place is None:
        return None
    time, position = place
    parameters = {"log": log, "limit": limit, "cursor": f"{time}_{position}"}
    return with_query(item_path("sessions", id, "events"), parameters.items())
