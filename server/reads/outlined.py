"""Sessions with their outlines: what a list shows of each, and what it is narrowed by.

Rule 1: an outline is shown only when nothing has changed the session since; else there is none (null).
Rule 2: a list that is narrowed by findings is exact. A session without an outline at hand is folded on the spot,
        `FOLDED` of them a request; a page that is short for that reason still brings `next`.
Rule 3: a session that cannot be folded is let through, with its outline's `fault`: nobody can say that it is well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from projections.outlines import Fresh
from projections.timelines import SessionFilter, SessionRow
from replay.errors import Erased, NotFound, TooLarge
from replay.findings import Severity
from replay.outline import Outline, outline
from replay.session import reconstruct
from server.questions import SessionsQuestion
from server.services import Services

CHUNK = 200
"""How many sessions are looked at together."""

LOOKED_AT = 20_000
"""How many sessions one request looks at."""

FOLDED = 20
"""How many sessions one request folds."""


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
    return _at_hand(await services.projections.outlines.of([(row.log, row.session)]), row)


async def list_sessions(
    services: Services, wanted: SessionFilter, question: SessionsQuestion
) -> OutlinedPage:
    """A page of the sessions that a question asks for."""
    if question.finding is None and question.severity is None:
        page = await services.projections.timelines.list(wanted, question.before, question.limit)
        return OutlinedPage(tuple(await _with_outlines(services, page.sessions)), page.next, page.position)
    return await _Narrowing(services, question).page(wanted)


async def _with_outlines(services: Services, rows: Sequence[SessionRow]) -> list[Outlined]:
    fresh = await services.projections.outlines.of((row.log, row.session) for row in rows)
    return [Outlined(row, _at_hand(fresh, row)) for row in rows]


def _at_hand(fresh: Fresh, row: SessionRow) -> Outline | None:
    return fresh.outlines.get((row.log, row.session)) if fresh.through >= row.last else None


class _Narrowing:
    """One page of sessions that have a finding."""

    def __init__(self, services: Services, question: SessionsQuestion) -> None:
        self._services = services
        self._question = question
        self._found: list[Outlined] = []
        self._folded = 0
        self._looked_at = 0

    async def page(self, wanted: SessionFilter) -> OutlinedPage:
        before, position = self._question.before, None
        while True:
            chunk = await self._services.projections.timelines.list(wanted, before, CHUNK)
            position = chunk.position if position is None else position
            stopped = await self._sift(chunk.sessions)
            before = chunk.next if stopped is None else stopped
            if stopped is not None or before is None or self._looked_at >= LOOKED_AT:
                return OutlinedPage(tuple(self._found), before, position)

    async def _sift(self, rows: Sequence[SessionRow]) -> int | None:
        """Take what fits; where it had to stop, the `before` that goes on."""
        for number, one in enumerate(await _with_outlines(self._services, rows)):
            if len(self._found) == self._question.limit or (one.outline is None and self._folded == FOLDED):
                return rows[number - 1].first if number else one.row.first + 1
            self._looked_at += 1
            seen = one if one.outline is not None else await self._fold(one.row)
            if seen.outline is not None and self._fits(seen.outline):
                self._found.append(seen)
        return None

    async def _fold(self, row: SessionRow) -> Outlined:
        self._folded += 1
        try:
            evidence = await self._services.projections.timelines.gather(row.log, row.session)
            async with self._services.folding:
                return Outlined(row, await asyncio.to_thread(lambda: outline(reconstruct(evidence))))
        except (NotFound, Erased):
            return Outlined(row, None)
        except TooLarge as error:
            return Outlined(row, Outline(position=0, fault=error.message))

    def _fits(self, seen: Outline) -> bool:
        return seen.fault is not None or any(
            self._matches(found.rule, found.severity) for found in seen.findings
        )

    def _matches(self, rule: str, severity: Severity) -> bool:
        return self._question.finding in (None, rule) and self._question.severity in (None, severity)
