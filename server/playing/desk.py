"""Where a session's score is to be had: made when it is asked for and old, and shared by all who play it.

Rule 1: as of now a score is made at most once a second: who comes within that second plays what was known then,
        unless more was asked for. Nothing is given out that was erased since.
Rule 2: one score is made at a time; who waits for it gets it. Who waits for a position keeps nobody waiting.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from projections.timelines import Needs, Stamp
from replay.clock import NANOSECONDS
from replay.clocks import ClockChoice
from replay.playback import News, Score, news, score_of
from server.access import Identity
from server.questions.sessions import AsOf, ReplayQuestion
from server.reads.standing import find_prefix, view_position
from server.services import Services
from server.services.kept import Key as SessionKey

FRESH = NANOSECONDS
"""How long a score as of now is given to who comes, though more is known."""


class Key(NamedTuple):
    """Which session, in whose time, and as of when: None is now."""

    log: str
    session: str
    clock: ClockChoice
    as_of: AsOf | None


def desk_of(services: Services, identity: Identity, id: str, question: ReplayQuestion) -> Desk:
    """The desk where a session's score is to be had, as long as it is held. Raises `Forbidden`."""
    key = Key(identity.one_log(question.log), id, question.clock, question.as_of)
    desk: Desk = services.scores.desk(key, lambda: Desk(services, key))
    return desk


class Made(NamedTuple):
    """A score, when it was made, and what tells whether the session has changed since.

    `erasures` is how many there had been when its making began.
    """

    score: Score
    at: int
    stamp: Stamp
    needs: Needs
    erasures: int


class Desk:
    """One session's score."""

    def __init__(self, services: Services, key: Key) -> None:
        self._services = services
        self._key = key
        self._lock = asyncio.Lock()
        self._last: Made | None = None
        self._news: tuple[Score, Score, int, News] | None = None
        self.position = 0
        """Where the views stood when it was last looked at."""

    async def score(self, question: ReplayQuestion) -> Score:
        """The score, not older than a second. Raises what a replay raises, and `Unavailable`."""
        await view_position(self._services, question)
        async with self._lock:
            made = self._made
            if made is not None and await self._is_good(made, question):
                return made.score
            return await self._make(question)

    async def newer(self, old: Score, seconds: float) -> Score | None:
        """What is known now, once that is something else than `old`; None when it was not in time."""
        made = self._made
        if made is not None and _differs(made.score, old) and made.score.position >= old.position:
            return made.score
        if made is not None and not await self._comes(self.position + 1, seconds):
            return None
        async with self._lock:
            score = await self._now()
        return score if _differs(score, old) else None

    def news(self, old: Score, new: Score, reached: int) -> News:
        """What of `new` who heard `old` up to a moment has to be told: reckoned once for all who wait there."""
        if self._news is None or self._news[:3] != (old, new, reached):
            self._news = (old, new, reached, news(old, new, reached))
        return self._news[3]

    @property
    def _made(self) -> Made | None:
        """What was made last, unless something was erased since: the views may have yet to hear of it."""
        last = self._last
        return last if last is not None and last.erasures == self._services.scores.erasures else None

    async def _comes(self, position: int, seconds: float) -> bool:
        """Whether the views pass a position in time; all of that time goes by when they do not."""
        ticker = self._services.ticker
        until = ticker.now() + int(seconds * NANOSECONDS)
        passed = await self._services.projections.wait_for(position, seconds)
        if not passed:
            await ticker.sleep(until - ticker.now())
        return passed

    async def _now(self) -> Score:
        """The score of all that is known, made once a second at most."""
        made, ticker = self._made, self._services.ticker
        if made is not None:
            stands = self._services.projections.position
            if await self._stamp(made) == made.stamp:
                self.position = stands
                return made.score
            await ticker.sleep(made.at + FRESH - ticker.now())
        return await self._make(ReplayQuestion(log=self._key.log, clock=self._key.clock))

    async def _is_good(self, made: Made, question: ReplayQuestion) -> bool:
        """Whether what was made is what is asked for: nothing has changed, or nothing was erased for a moment."""
        if self.position == self._services.projections.position:
            return True
        now = await self._stamp(made)
        if now.erasure != made.stamp.erasure:
            return False
        enough = question.min_position is None or question.min_position <= self.position
        is_fresh = enough and self._services.ticker.now() - made.at < FRESH
        return self._key.as_of is not None or now == made.stamp or is_fresh

    async def _stamp(self, made: Made) -> Stamp:
        key = self._key
        return await self._services.projections.timelines.stamp(key.log, key.session, made.needs)

    async def _make(self, question: ReplayQuestion) -> Score:
        services, key = self._services, self._key
        erasures = services.scores.erasures
        prefix = await find_prefix(services, key.log, key.session, question)
        wanted = SessionKey(key.log, key.session, prefix.as_of, key.clock)
        kept = await services.warm.session(wanted, prefix.position)
        score = await kept.tell(score_of)
        if self._last is not None and not _differs(self._last.score, score):
            score = self._last.score
        else:
            services.scores.keep(score)
            self._news = None
        self._last = Made(score, services.ticker.now(), kept.stamp, kept.needs, erasures)
        self.position = prefix.position
        return score


def _differs(one: Score, other: Score) -> bool:
    """Whether two scores tell different things: a session may end without a step more."""
    return (one.check, one.ended) != (other.check, other.ended)
