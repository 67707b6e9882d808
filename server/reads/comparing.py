"""Comparisons, as a function from a question to an answer: for the handler and for the command line.

Rule 1: two sessions are compared play by play; one session with itself at two positions, and each change is
        attributed to the record that brought it by looking at the positions in between.
Rule 2: what is compared is the session that is kept warm, by the thresholds that are set, as its replay is.
Rule 3: long sessions wait for each other, as all that are folded do, and are compared beside the event loop.
Rule 4: a missing recording is found wrong with a session, and never changed by a position: it is looked for now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, TypeVar

import msgspec

from replay.clock import to_nanoseconds
from replay.clocks import ClockChoice
from replay.compare import Known, Search, Step, compare_sessions, positions_document, sessions_document
from replay.errors import Invalid
from replay.session import Session, reconstruct
from replay.timeline import Evidence
from server.access import Identity
from server.questions.parameters import Parameters, name, seconds
from server.questions.read import READ
from server.questions.sessions import AsOf, ReplayQuestion, as_of, clock
from server.reads.answers import Answer
from server.reads.hearing import look_for_recordings
from server.reads.standing import Prefix, find_prefix
from server.services import Services
from server.services.collector import collector_held_off
from server.services.kept import LONG, Key
from server.tasks import to_its_end

T = TypeVar("T")


class CompareQuestion(ReplayQuestion, frozen=True, kw_only=True):
    """Two sessions of one log, each as of a moment of it; `tolerance` in seconds."""

    as_of_b: AsOf | None = None
    tolerance: float = 0.05

    @property
    def b(self) -> ReplayQuestion:
        """What is asked of the second session."""
        return self.of_replay(as_of=self.as_of_b)


MAX_TOLERANCE = 3600
COMPARE = Parameters(
    CompareQuestion,
    log=name,
    as_of=as_of,
    as_of_b=as_of,
    clock=clock,
    tolerance=seconds(MAX_TOLERANCE),
    **READ,
)


async def compare_known(
    services: Services, identity: Identity, a: str, b: str, question: CompareQuestion
) -> Answer:
    """What differs between two sessions of one log, or between two positions of one.

    Raises `NotFound` and `Erased` naming the session that is not there, `Invalid`, `TooLarge`.
    """
    log = identity.one_log(question.log)
    first = await find_prefix(services, log, a, question)
    second = await find_prefix(services, log, b, question.b, "as_of_b")
    if a == b and _end(first) > _end(second):
        raise Invalid(
            "as_of_b",
            f"as_of_b is position {_end(second)}, before as_of, {_end(first)}: name the earlier one first",
        )
    here = await _known(services, first, question.clock)
    there = await _known(services, second, question.clock)
    comparing = _Comparing(services, log, question.clock)
    async with AsyncExitStack() as stack:
        if await comparing.is_long(a, b):
            await stack.enter_async_context(services.folding)
            stack.enter_context(collector_held_off())
        if a == b:
            document = await comparing.positions(here, there)
        else:
            tolerance = to_nanoseconds(question.tolerance)
            document = await comparing.sessions(here.session, there.session, tolerance)
    return Answer(document, second.position)


def _end(prefix: Prefix) -> int:
    """The position that a prefix ends at."""
    return prefix.position if prefix.as_of is None else prefix.as_of


async def _known(services: Services, prefix: Prefix, clock: ClockChoice) -> Known:
    """The session of a prefix, from among those that are kept if it is one of them, and nothing beyond."""
    end = _end(prefix)
    kept = await services.warm.session(Key(prefix.log, prefix.session, prefix.as_of, clock), prefix.position)
    if kept.session.timeline.position > end:
        kept = await services.warm.session(Key(prefix.log, prefix.session, end, clock), prefix.position)
    return Known(end, kept.session)


class _Comparing:
    """One comparison in one log."""

    def __init__(self, services: Services, log: str, clock: ClockChoice) -> None:
        self._services = services
        self._timelines = services.projections.timelines
        self._thresholds = services.settings.thresholds
        self._log = log
        self._clock = clock
        self._long = False

    async def is_long(self, *sessions: str) -> bool:
        """Whether a session is too long to be folded on the event loop."""
        self._long = max([await self._timelines.size(self._log, session) for session in sessions]) > LONG
        return self._long

    async def sessions(self, a: Session, b: Session, tolerance: int) -> dict[str, Any]:
        """Two sessions, compared; each with the recordings that it lacks."""
        here, there = [(await look_for_recordings(self._services, one)).of(one) for one in (a, b)]
        return await self._work(lambda: sessions_document(compare_sessions(here, there, tolerance)))

    async def positions(self, before: Known, after: Known) -> dict[str, Any]:
        """One session at two positions, with what happened in between."""
        steps = await self._search(after.session.timeline.session, before, after)
        events = await self._events(step.position for step in steps if step.exact)
        return await self._work(lambda: positions_document(before, after, steps, events))

    async def _search(self, session: str, before: Known, after: Known) -> list[Step]:
        own = await self._timelines.positions(self._log, session)
        search = await self._work(lambda: Search(before, after, own))
        while search.wanted is not None:
            evidence = await self._timelines.gather(self._log, session, search.wanted)
            await self._work(partial(self._tell, search, evidence))
        return search.steps

    def _tell(self, search: Search, evidence: Evidence) -> None:
        search.tell(reconstruct(evidence, self._clock, thresholds=self._thresholds))

    async def _work(self, work: Callable[[], T]) -> T:
        return await to_its_end(work) if self._long else work()

    async def _events(self, positions: Iterable[int]) -> dict[int, Any]:
        """The records at some positions as their documents."""
        found = await self._services.log.get(list(positions))
        return {record.position: msgspec.Raw(record.encode()) for record in found}
