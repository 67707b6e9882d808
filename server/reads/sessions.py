"""Lists of sessions, and what one comes to."""

from __future__ import annotations

from projections.timelines import SessionFilter
from server.access import Identity
from server.questions.sessions import SessionQuestion, SessionsQuestion
from server.reads.answers import Answer, next_page
from server.reads.documents import session_document
from server.reads.outlined import list_sessions, outline_at_hand
from server.reads.standing import view_position
from server.services import Services


async def sessions(services: Services, identity: Identity, question: SessionsQuestion) -> Answer:
    """Sessions, newest first by the position of their first record."""
    wanted = SessionFilter(
        logs=identity.all_logs(question.log),
        log=question.log,
        device=question.device,
        user=question.user,
        since=question.since,
        until=question.until,
        state=question.state,
        text=question.text,
    )
    await view_position(services, question)
    page = await list_sessions(services, wanted, question)
    path = None if page.next is None else next_page("sessions", question, before=page.next)
    found = [session_document(one.row, one.outline) for one in page.sessions]
    return Answer({"sessions": found, "position": page.position, "next": path}, page.position, path)


async def session(services: Services, identity: Identity, id: str, question: SessionQuestion) -> Answer:
    """One session's summary. Raises `NotFound`, `Erased`."""
    log = identity.one_log(question.log)
    position = await view_position(services, question)
    row = await services.projections.timelines.session(log, id)
    return Answer(session_document(row, await outline_at_hand(services, row)), position)
