"""The listens of one session, page by page: for the handler and for the command line.

Rule: a page's `next` asks for the prefix that the page was made of (`as_of`), and goes on behind its last listen.
      Whatever arrives or is erased between two pages, no listen that is still there is lost or comes twice.
"""

from __future__ import annotations

import re

import msgspec

from replay.errors import Invalid
from replay.listens import Page, Place, listens_page
from replay.session import Session
from server.access import Identity
from server.http.replies import with_query
from server.questions.parameters import Parameters, integer
from server.questions.sessions import REPLAY, ReplayQuestion
from server.reads.documents import item_path
from server.reads.reading import told
from server.services import Services

MAX_LISTENS = 1000
_CURSOR = re.compile(r"(-?[0-9]{1,20})_([0-9]{1,16})")

_encode = msgspec.json.Encoder().encode


class ListensQuestion(ReplayQuestion, frozen=True, kw_only=True):
    """A session's listens, in the order they began, those behind a place."""

    limit: int = 100
    cursor: Place | None = None


def _cursor(value: str, field: str) -> Place:
    """A place as `next` names it: nanoseconds since the epoch and a position."""
    found = _CURSOR.fullmatch(value)
    if found is None:
        raise Invalid(field, f"{field} must come from next; it is not to be made up")
    return Place(int(found[1]), int(found[2]))


SESSION_LISTENS = Parameters(ListensQuestion, **REPLAY.readers, limit=integer(1, MAX_LISTENS), cursor=_cursor)


class Listens(msgspec.Struct, frozen=True):
    """A page of listens as JSON, the entity tag that stands for it, where the views stood, the path of the next."""

    body: bytes
    etag: str
    position: int
    next: str | None


async def session_listens(
    services: Services, identity: Identity, id: str, question: ListensQuestion
) -> Listens:
    """A page of a session's listens. Raises `NotFound`, `Erased`, `Invalid`, `TooLarge`."""

    def tell(session: Session) -> Page:
        return listens_page(session, question.cursor, question.limit)

    found = await told(services, identity, id, question, tell)
    page = found.value
    path = None if page.more is None else _next(id, question, page)
    place = "" if question.cursor is None else f"-{question.cursor.start}_{question.cursor.position}"
    tag = found.tag(f"listens{question.limit}{place}")
    return Listens(_encode({**page.document, "next": path}), tag, found.position, path)


def _next(id: str, question: ListensQuestion, page: Page) -> str:
    cursor = f"{page.more.start}_{page.more.position}" if page.more is not None else None
    parameters = {
        "log": page.document["log"],
        "as_of": page.document["position"],
        "clock": question.clock,
        "limit": question.limit,
        "cursor": cursor,
    }
    return with_query(f"{item_path('sessions', id)}/listens", parameters.items())
