"""Explanations, as a function from a question to an answer: for the handler and for the command line.

Rule 1: what is there of a recording is looked up for what plays at the moment, where its description names a file;
        nothing is fetched.
Rule 2: where what is known came late, the moment is explained once more as of just before it came.
"""

from __future__ import annotations

import asyncio

import msgspec

from replay.errors import Erased, Invalid, NotFound
from replay.explain import At, Explanation, explain, explanation_document, moment_of, read_at
from replay.explain.model import Known
from replay.session import Session
from server.access import Identity
from server.questions.parameters import Parameters, with_its_plus
from server.questions.sessions import REPLAY, AsOf, ReplayQuestion
from server.reads.answers import Answer
from server.reads.replays import told
from server.services import Services
from server.services.kept import LONG

MOST_LOOKED_UP = 16
"""How many recordings are looked up for one moment."""


class ExplainQuestion(ReplayQuestion, frozen=True, kw_only=True):
    """A moment of one session. It must be given."""

    at: At | None = None


def _at(value: str, field: str) -> At:
    """Seconds from the session's zero, an RFC 3339 time, or a time of day in UTC."""
    return read_at(with_its_plus(value), field)


EXPLAIN = Parameters(ExplainQuestion, at=_at, **REPLAY.readers)


async def explain_known(services: Services, identity: Identity, id: str, question: ExplainQuestion) -> Answer:
    """What was playing in a session at a moment, or why nothing was. Raises `NotFound`, `Erased`, `Invalid`."""
    if question.at is None:
        raise Invalid("at", "at is required: the moment that is asked about")
    found = await told(services, identity, id, question, _itself)
    session = found.value
    at = moment_of(question.at, session.timeline)
    explanation = await _explained(services, session, at)
    before = None
    if explanation.late is not None:
        earlier = AsOf(position=explanation.late.first - 1)
        before = await _believed(
            services, identity, id, msgspec.structs.replace(question, as_of=earlier, at=At(time=at))
        )
    return Answer(explanation_document(session, explanation, before), found.position)


async def _believed(
    services: Services, identity: Identity, id: str, question: ExplainQuestion
) -> Explanation | None:
    """What would have been said before; None when nothing was known of the session."""
    try:
        found = await told(services, identity, id, question, _itself)
    except (NotFound, Erased):
        return None
    at = moment_of(question.at or At(), found.value.timeline)
    return await _explained(services, found.value, at)


async def _explained(services: Services, session: Session, at: int) -> Explanation:
    recordings = await _recordings(services, session, at)
    if len(session.evidence.records) <= LONG:
        return explain(session, at, recordings)
    return await asyncio.to_thread(explain, session, at, recordings)


async def _recordings(services: Services, session: Session, at: int) -> dict[str, Known]:
    """What is there of the recordings that play at a moment."""
    clips = (clip for clip in session.timeline.clips if clip.start <= at < clip.stop)
    assets = list(dict.fromkeys(clip.asset for clip in clips if clip.asset is not None))[:MOST_LOOKED_UP]
    found: dict[str, Known] = {}
    for asset in assets:
        known = session.timeline.descriptions.get(asset)
        if known is not None and known.data.url is not None:
            found[asset] = await services.media.look(session.timeline.log, known.data)
    return found


def _itself(session: Session) -> Session:
    return session
