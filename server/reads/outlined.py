"""Sessions with their outlines: what a list shows of each, and what it is narrowed by.

Rule 1: an outline is shown only when nothing has changed the session since; else there is none (null).
Rule 2: what recordings are missing is found as the list is read (`server.reads.promised`), since they come and go
        without an event.
Rule 3: a list that is narrowed by findings has the sessions with one, and no others. A session that its outline
        does not decide is folded on the spot, `FOLDED` of them a request, and none once that took `FOLDING`; a page
        that is short for that reason still brings `next`.
Rule 4: a session that cannot be folded is let through, with its outline's `fault`: nobody can say that it is well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from projections.timelines import SessionFilter, SessionRow
from replay.clock import NANOSECONDS
from replay.errors import Erased, NotFound, TooLarge
from replay.findings import MISSING_AUDIO, Severity
from replay.outline import Outline, outline
from replay.session import reconstruct
from server.questions.sessions import SessionsQuestion
from server.reads.hearing import look_for_recordings
from server.reads.promised import Looking
from server.services import Services
from server.tasks import to_its_end

CHUNK = 200
"""How many sessions are looked at together."""

LOOKED_AT = 20_000
"""How many sessions one request looks at."""

FOLDED = 20
"""How many sessions one request folds."""

FOLDING = 2 * NANOSECONDS
"""How long one request goes on folding: a session of 100,000 records takes seconds by itself."""


class Outlined(msgspec.Struct, frozen=True):
    """A session and its outline, where there is one at hand."""

    row: SessionRow
    outline: Outline | None


class OutlinedPage(msgspec.Struct, frozen=True):
    """Sessions, newest first; `next` is the `before` of the next page; `position` is where the view stands."""

    sessions: tuple[Outlined, ...]
    next: int | None
    position: int


async def outline_at_hand(services: Services, row: SessionRow) -> Outline | None:
    """The outline of one session, where nothing has changed it since."""
    key = (row.log, row.session)
    found = (await services.projections.outlines.of([key])).get(key)
    if found is None:
        return None
    looking = Looking(services)
    await looking.look([(row.log, found)])
    return looking.told(row.log, found)


async def list_sessions(
    services: Services, wanted: SessionFilter, question: SessionsQuestion
) -> OutlinedPage:
    """A page of the sessions that a question asks for."""
    return await _Listing(services, question).page(wanted)


async def _with_outlines(services: Services, rows: Sequence[SessionRow]) -> list[Outlined]:
    at_hand = await services.projections.outlines.of((row.log, row.session) for row in rows)
    return [Outlined(row, at_hand.get((row.log, row.session))) for row in rows]


class _Listing:
    """One page of sessions, narrowed to those that have a finding where the question asks for one."""

    def __init__(self, services: Services, question: SessionsQuestion) -> None:
        self._services = services
        self._question = question
        self._narrowed = question.finding is not None or question.severity is not None
        self._looking = Looking(services)
        self._found: list[Outlined] = []
        self._folded = 0
        self._folding = 0
        self._looked_at = 0

    async def page(self, wanted: SessionFilter) -> OutlinedPage:
        before, position = self._question.before, None
        size = CHUNK if self._narrowed else self._question.limit
        while True:
            chunk = await self._services.projections.timelines.list(wanted, before, size)
            position = chunk.position if position is None else position
            stopped = await self._sift(chunk.sessions)
            before = chunk.next if stopped is None else stopped
            if not self._narrowed or stopped is not None or before is None or self._looked_at >= LOOKED_AT:
                return OutlinedPage(tuple(self._found), before, position)

    async def _sift(self, rows: Sequence[SessionRow]) -> int | None:
        """Take what fits; where it had to stop, the `before` that goes on."""
        outlined = await _with_outlines(self._services, rows)
        await self._looking.look(
            (one.row.log, one.outline) for one in outlined if one.outline and self._may_fit(one.outline)
        )
        for number, one in enumerate(outlined):
            if not self._has_room(one):
                return rows[number - 1].first if number else one.row.first + 1
            self._looked_at += 1
            seen = await self._seen(one)
            if not self._narrowed or (seen.outline is not None and self._fits(seen.outline)):
                self._found.append(seen)
        return None

    def _has_room(self, one: Outlined) -> bool:
        """Whether a page that is not full may still take what another session costs."""
        if len(self._found) == self._question.limit:
            return False
        seen = one.outline
        if seen is not None and self._may_fit(seen) and not self._looking.covers(one.row.log, seen):
            return False
        return not self._undecided(self._told(one)) or (self._folded < FOLDED and self._folding < FOLDING)

    async def _seen(self, one: Outlined) -> Outlined:
        told = self._told(one)
        return await self._fold(one.row) if self._undecided(told) else Outlined(one.row, told)

    def _told(self, one: Outlined) -> Outline | None:
        """The outline of a session, with what is missing of it where that may let it through."""
        if one.outline is None or not self._may_fit(one.outline):
            return one.outline
        return self._looking.told(one.row.log, one.outline)

    async def _fold(self, row: SessionRow) -> Outlined:
        """A session with the outline that it has now; how many there were, and how long it took, is kept."""
        began = self._services.ticker.now()
        try:
            return await self._made(row)
        finally:
            self._folded += 1
            self._folding += self._services.ticker.now() - began

    async def _made(self, row: SessionRow) -> Outlined:
        thresholds = self._services.settings.thresholds
        try:
            evidence = await self._services.projections.timelines.gather(row.log, row.session)
            async with self._services.folding:
                session = await to_its_end(lambda: reconstruct(evidence, thresholds=thresholds))
            heard = await look_for_recordings(self._services, session)
            return Outlined(row, await asyncio.to_thread(lambda: outline(heard.of(session))))
        except (NotFound, Erased):
            return Outlined(row, None)
        except TooLarge as error:
            return Outlined(row, Outline(position=0, fault=error.message))

    def _undecided(self, told: Outline | None) -> bool:
        """Whether only a fold tells if a session fits."""
        if not self._narrowed:
            return False
        return told is None or (told.promised_more and self._asks_for_missing() and not self._fits(told))

    def _may_fit(self, outline: Outline) -> bool:
        """Whether a session fits, or would if a recording that it played were missing."""
        if not self._narrowed or self._fits(outline):
            return True
        return bool(outline.promised or outline.undescribed) and self._asks_for_missing()

    def _asks_for_missing(self) -> bool:
        return self._matches(MISSING_AUDIO.id, MISSING_AUDIO.severity)

    def _fits(self, seen: Outline) -> bool:
        return seen.fault is not None or any(
            self._matches(found.rule, found.severity) for found in seen.findings
        )

    def _matches(self, rule: str, severity: Severity) -> bool:
        return self._question.finding in (None, rule) and self._question.severity in (None, severity)
