"""Native reads of what is wrong: of a session, and of a device's day. For HTTP and commands.

Rule 1: an answer names the thresholds that it used: those that are set, changed by those that were asked for.
Rule 2: a day is answered whole or refused: it has at most `MOST_SESSIONS` sessions with `MOST_EVENTS` events
        in all.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from projections.timelines import SessionFilter, SessionRow
from replay.clock import MICROSECONDS, format_time
from replay.document import findings_document
from replay.errors import Erased, Invalid, NotFound, TooLarge
from replay.findings import Thresholds
from replay.findings.model import NS
from replay.findings.thresholds import changed
from replay.listening import Listening, day_document, device_day, listening_of
from replay.session import Session, reconstruct
from replay.timeline import Evidence
from server.access import Identity
from server.findings_questions import FindingsQuestion, ListeningQuestion
from server.reads.documents import item_path, log_query
from server.reads.reading import Answer, Replay, told
from server.reads.standing import view_position
from server.services import Services
from server.services.warm import LONG

DAY = 86_400 * MICROSECONDS
MOST_SESSIONS = 200
MOST_EVENTS = 500_000

_encode = msgspec.json.Encoder().encode


async def findings(services: Services, identity: Identity, id: str, question: FindingsQuestion) -> Replay:
    """What is wrong with a session: of all rules or one, of all severities or one, by the thresholds asked for.

    Raises `NotFound`, `Erased`, `Invalid`, `TooLarge`.
    """
    thresholds = changed(services.settings.thresholds, question.thresholds)

    def tell(session: Session) -> bytes:
        chosen = [
            finding
            for finding in session.findings
            if question.rule in (None, finding.rule) and question.severity in (None, finding.severity)
        ]
        return _encode(findings_document(session, chosen))

    found = await told(services, identity, id, question, tell, thresholds)
    form = "-".join(filter(None, ("findings", question.rule, question.severity)))
    return Replay(found.value, found.tag(form), found.position)


async def listening(services: Services, identity: Identity, id: str, question: ListeningQuestion) -> Answer:
    """How long a device was listened to on a day, session by session, and what of it is impossible.

    Raises `NotFound` for an unknown device, `TooLarge` for a day that is too much to fold for one answer.
    """
    if question.day is None:
        raise Invalid("day", "day is required: a date such as 2026-05-14, in UTC")
    log = identity.one_log(question.log)
    position = await view_position(services, question)
    await services.projections.feeds.device(log, id)
    thresholds = changed(services.settings.thresholds, question.thresholds)
    start, stop = question.day, question.day + DAY
    heard = []
    for row in await _sessions(services, log, id, start, stop):
        one = await _listening(services, row, id, (start * NS, stop * NS), thresholds)
        if one is not None:
            heard.append(one)
    day = day_document(device_day(heard, start * NS, stop * NS, thresholds))
    for session in day["sessions"]:
        session["links"] = {"replay": f"{item_path('sessions', session['session'])}/replay{log_query(log)}"}
    document: dict[str, Any] = {
        "device": id,
        "log": log,
        "day": format_time(start)[:10],
        "thresholds": msgspec.structs.asdict(thresholds),
        **day,
    }
    return Answer(document, position)


async def _sessions(services: Services, log: str, device: str, start: int, stop: int) -> list[SessionRow]:
    """The sessions that a device took part in and that have any part in a day."""
    wanted = SessionFilter(log=log, device=device, since=start, until=stop - 1)
    found: list[SessionRow] = []
    before: int | None = None
    while True:
        page = await services.projections.timelines.list(wanted, before, MOST_SESSIONS)
        found += page.sessions
        before = page.next
        if len(found) > MOST_SESSIONS or sum(row.events for row in found) > MOST_EVENTS:
            raise TooLarge(
                "day",
                f"the device has more than {MOST_SESSIONS} sessions, or {MOST_EVENTS:,} events in them, that day",
            )
        if before is None:
            return found


async def _listening(
    services: Services, row: SessionRow, device: str, day: tuple[int, int], thresholds: Thresholds
) -> Listening | None:
    gather = services.projections.timelines.gather

    def make(evidence: Evidence) -> Listening | None:
        return listening_of(reconstruct(evidence, thresholds=thresholds), device, *day)

    try:
        if row.events <= LONG:
            return make(await gather(row.log, row.session))
        async with services.folding:
            return await asyncio.to_thread(make, await gather(row.log, row.session))
    except (NotFound, Erased):  # erased since it was listed
        return None
