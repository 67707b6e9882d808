"""Native reads of what is wrong: of a session, and of a device's day. For HTTP and commands.

Rule 1: an answer names the thresholds that it used: those that are set, changed by those that were asked for.
Rule 2: a day is answered whole or refused: it has at most `MOST_SESSIONS` sessions with `MOST_EVENTS` events
        in all.
Rule 3: a day as of a moment of the log is made of the sessions that are known now: what is known of one later
        covers what was known of it then.
"""

from __future__ import annotations

from typing import Any

import msgspec

from projections.timelines import SessionFilter, SessionRow
from replay.days import DAY, day_span
from replay.document import findings_document
from replay.errors import Erased, Invalid, NotFound, TooLarge
from replay.findings import Thresholds
from replay.findings.model import NS
from replay.findings.thresholds import changed
from replay.listening import Listening, day_document, device_day, listening_of
from replay.session import Session, reconstruct
from replay.timeline import Evidence
from server.access import Identity
from server.http.replies import with_query
from server.questions.findings import FindingsQuestion, ListeningQuestion
from server.reads.answers import Answer
from server.reads.documents import item_path
from server.reads.replays import Replay, told
from server.reads.standing import find_position
from server.services import Services
from server.services.kept import LONG
from server.tasks import to_its_end

MOST_SESSIONS = 500
MOST_EVENTS = 500_000
LINGERS = DAY
"""How long a recording is taken to sound on after the last event of its session, in microseconds, at most."""

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

    Raises `NotFound` for a device that is not known by then, `TooLarge` for a day that is too much to fold for one
    answer.
    """
    if question.day is None:
        raise Invalid("day", "day is required: a date such as 2026-05-14")
    log = identity.one_log(question.log)
    as_of, position = await find_position(services, question, question.as_of)
    device = await services.projections.feeds.device(log, id)
    if as_of is not None and device.first > as_of:
        raise NotFound(f"there is no device {id!r} in log {log!r} at position {as_of}")
    thresholds = changed(services.settings.thresholds, question.thresholds)
    start, stop = day_span(question.day, question.timezone)
    asked = _Asked(id, as_of, start * NS, stop * NS, thresholds)
    rows = await _sessions(services, log, asked) if start < stop else []
    heard = [one for row in rows if (one := await _listening(services, row, asked)) is not None]
    day = day_document(device_day(heard, asked.start, asked.stop, thresholds))
    for session in day["sessions"]:
        session["links"] = {"replay": _replay_of(session["session"], log, as_of)}
    document: dict[str, Any] = {
        "device": id,
        "log": log,
        "day": question.day.isoformat(),
        "timezone": question.timezone.key,
        "as_of": as_of,
        "thresholds": msgspec.structs.asdict(thresholds),
        **day,
    }
    return Answer(document, position)


class _Asked(msgspec.Struct, frozen=True):
    """A device's day, from `start` to `stop` (nanoseconds since the epoch), as of a position."""

    device: str
    as_of: int | None
    start: int
    stop: int
    thresholds: Thresholds


def _replay_of(session: str, log: str, as_of: int | None) -> str:
    return with_query(item_path("sessions", session, "replay"), [("log", log), ("as_of", as_of)])


async def _sessions(services: Services, log: str, asked: _Asked) -> list[SessionRow]:
    """The sessions that a device took part in of which something may sound on a day.

    That is as far around their events as the durations that they were told may reach. Where a listen may go on
    after the last event, to the end of its recording, it is looked for as long as it may linger.
    """
    start, stop = asked.start // NS, asked.stop // NS
    wanted = SessionFilter(log=log, device=asked.device, since=start - LINGERS, until=stop - 1, reaching=True)
    found: list[SessionRow] = []
    before: int | None = None
    while True:
        page = await services.projections.timelines.list(wanted, before, MOST_SESSIONS)
        found += [row for row in page.sessions if _may_sound(row, start, asked.as_of)]
        before = page.next
        if len(found) > MOST_SESSIONS or sum(row.events for row in found) > MOST_EVENTS:
            raise TooLarge(
                "day",
                f"the device has more than {MOST_SESSIONS} sessions around that day, or {MOST_EVENTS:,} events in"
                " them",
            )
        if before is None:
            return found


def _may_sound(row: SessionRow, start: int, as_of: int | None) -> bool:
    """Whether something of a session may sound at a moment (microseconds UTC) or later, as known at a position.

    After its last event and all durations, that is only where its end was not known or came before that event.
    """
    if row.last_time + row.longest >= start or row.ended is None or row.ended_time is None:
        return True
    return row.ended_time < row.last_time or (as_of is not None and row.ended > as_of)


async def _listening(services: Services, row: SessionRow, asked: _Asked) -> Listening | None:
    gather = services.projections.timelines.gather

    def make(evidence: Evidence) -> Listening | None:
        session = reconstruct(evidence, thresholds=asked.thresholds)
        return listening_of(session, asked.device, asked.start, asked.stop)

    try:
        if row.events <= LONG:
            return make(await gather(row.log, row.session, asked.as_of))
        async with services.folding:
            evidence = await gather(row.log, row.session, asked.as_of)
            return await to_its_end(lambda: make(evidence))
    except (NotFound, Erased):  # not known by then, or erased since it was listed
        return None
