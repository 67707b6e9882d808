"""The listens of one session, page by page: for the handler and for the command line.

Rule: a page's `next` asks for the prefix that the page was made of (`as_of`), and goes on behind its last listen.
      Whatever arrives or is erased between two pages, no listen that is still there is lost or comes twice.
"""

from __future__ import annotations

import msgspec

from replay.listens import Page, Place, SessionListens
from replay.session import Session
from server.access import Identity
from server.http.replies import with_query
from server.questions.parameters import Parameters, integer
from server.questions.sessions import REPLAY, ReplayQuestion
from server.reads.documents import item_path
from server.reads.replays import known
from server.services import Services

MAX_LISTENS = 1000

_encode = msgspec.json.Encoder().encode


class ListensQuestion(ReplayQuestion, frozen=True, kw_only=True):
    """A session's listens, in the order they began, those behind a place."""

    limit: int = 100
    cursor: Place | None = None


SESSION_LISTENS = Parameters(
    ListensQuestion, **REPLAY.readers, limit=integer(1, MAX_LISTENS), cursor=Place.read
)


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
    found = await known(services, identity, id, question)
    kept = found.value

    def tell(session: Session) -> Page:
        if kept.listens is None:
            kept.listens = SessionListens(session)
        return kept.listens.page(question.cursor, question.limit)

    page = await kept.tell(tell)
    path = None if page.more is None else _next(id, question, page)
    place = "" if question.cursor is None else f"-{question.cursor}"
    tag = found.tag(f"listens{question.limit}{place}")
    return Listens(_encode({**page.document, "next": path}), tag, found.position, path)


def _next(id: str, question: ListensQuestion, page: Page) -> str:
    parameters = {
        "log": page.document["log"],
        "as_of": page.document["position"],
        "clock": question.clock,
        "limit": question.limit,
        "cursor": page.more,
    }
    return with_query(item_path("sessions", id, "listens"), parameters.items())
