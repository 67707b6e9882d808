"""One listener: where it is in a score, and what it is told when. Knows no HTTP.

Rule 1: a listener is an index into a score that all share; nothing is queued for it.
Rule 2: what is due at once is told together, in batches of at most `BATCH` steps and about `PIECE` bytes; nor does
        a message list more. Who does not read keeps no more than that in memory.
Rule 3: a batch comes at least once a second, empty when there is nothing to tell, so that whoever passes it on
        can look around.
Rule 4: the id of a message names the place behind it: who comes back with it goes on there, and misses nothing.
        Late steps are told within one message, because they have no place of their own to go on from.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import msgspec

from replay.clock import NANOSECONDS, format_time, to_seconds
from replay.playback import PIECE, Pace, Score
from server.access import Identity
from server.playing.desk import Desk, desk_of
from server.playing.ids import Mark, parse_id
from server.playing.questions import From, PlaybackQuestion
from server.questions.sessions import AsOf
from server.reads.documents import item_path, log_query
from server.services import Services

BATCH = 256
LOOK_EVERY = NANOSECONDS
"""Between two batches, at most."""

_encode = msgspec.json.Encoder().encode


class Told(NamedTuple):
    """One message: its name, the id of the place behind it (None: it has none), and its document as JSON."""

    name: str
    id: str | None
    body: bytes


class Manner(NamedTuple):
    """How a session is played. A `speed` of None is as fast as can be."""

    speed: Fraction | None
    skip: bool
    follow: bool


async def open_playing(
    services: Services,
    identity: Identity,
    id: str,
    question: PlaybackQuestion,
    last_id: str | None,
    *,
    paced: bool,
) -> Playing | None:
    """A listener, at the place that it asks for; None when it has heard all there is.

    Raises what a replay raises, `Invalid` for an id that is none, `Unavailable`.
    """
    erasures = services.scores.erasures
    mark = parse_id(last_id)
    asked = question.replay
    now = desk_of(services, identity, id, asked)
    desk = now
    if mark is not None and await _is_ours(services, mark):
        asked = asked.of_replay(as_of=AsOf(position=mark.position))
        desk = desk_of(services, identity, id, asked)
    score = await desk.score(asked)
    speed = None if question.speed == "max" or not paced else question.speed
    manner = Manner(speed, question.skip_silence, question.follow)
    playing = Playing(services, now, score, manner, erasures)
    if mark is None:
        playing.begin(question.from_)
    elif (mark.position, mark.check) != (score.position, score.check):
        playing.reset(question.from_)
    elif not playing.go_on(mark.step):
        return None
    return playing


async def _is_ours(services: Services, mark: Mark) -> bool:
    """Whether a place is one of this log's."""
    head = (await services.log.head()).position
    return mark.epoch == services.log.epoch and mark.position <= head


class Playing:
    """A listener of one session.

    `score` is what it hears, `erasures` how many there had been before it was asked for.
    """

    def __init__(self, services: Services, desk: Desk, score: Score, manner: Manner, erasures: int) -> None:
        self._services = services
        self._erasures = erasures
        self._desk = desk
        self._manner = manner
        self._index = 0
        self._moment = score.zero
        self._reached_at = 0
        self._opening: list[Told] = []
        self._jumped: Told | None = None
        self.score = score

    @property
    def position(self) -> int:
        """Where the views stood that it was read from."""
        return max(self._desk.position, self.score.position)

    def begin(self, place: From | None) -> None:
        """Begin at a place, or with the first step.

        A place before the first step is there, and one behind the last is at its end: nobody waits for what is
        known not to come, and who follows from there on hears all that is news.
        """
        score = self.score
        self._moment = score.moments[0]
        if place is not None:
            asked = place.moment(score.zero)
            self._moment = min(max(asked, self._moment), score.moments[-1])
            self._index = score.first_at(asked)
            self._jumped = self._jump()

    def reset(self, place: From | None) -> None:
        """Begin again, and say so first: the place that the listener came with is none of this score."""
        self._opening.append(Told("reset", None, _encode({"position": self.score.position})))
        self.begin(place)

    def go_on(self, step: int) -> bool:
        """Go on behind a step; False when there is nothing to come any more."""
        score = self.score
        if step > len(score) and (score.ended or not self._manner.follow):
            return False
        self._index = min(step, len(score))
        self._moment = score.moments[max(self._index - 1, 0)]
        return True

    async def batches(self) -> AsyncGenerator[list[Told], None]:
        """What it is told, to the end. One that follows ends with the session.

        It stops short of the end once anything is erased, as that may be what would be told next.
        """
        async for batch in self._all():
            if self._erasures != self._services.scores.erasures:
                return
            yield batch

    async def _all(self) -> AsyncGenerator[list[Told], None]:
        """Everything from the header to the end."""
        self._reached_at = self._services.ticker.now()
        jumps = [] if self._jumped is None else [self._jumped]
        yield [*self._opening, self._header(), *jumps]
        async for batch in self._rest():
            yield batch
        yield [self._end()]

    async def _rest(self) -> AsyncGenerator[list[Told], None]:
        """All that is to be told from here on; what is news too, for who follows."""
        while True:
            async for batch in self._play():
                yield batch
            while self._waits:
                yield []
                yield await self._look_for_news()
            if self._index == len(self.score):
                return

    @property
    def _waits(self) -> bool:
        """Whether all is told that is known, and more may come."""
        return self._manner.follow and not self.score.ended and self._index == len(self.score)

    async def _play(self) -> AsyncGenerator[list[Told], None]:
        """The steps from here to the end of the score, each when it is due."""
        ticker = self._services.ticker
        pace = Pace(self._manner.speed, self._reached_at, self._playing(self._moment))
        while self._index < len(self.score):
            yield self._due(pace, ticker.now())
            if self._index < len(self.score):
                until = pace.due(self._playing(self.score.moments[self._index]))
                await ticker.sleep(min(until - ticker.now(), LOOK_EVERY))
        self._reached_at = pace.due(self._playing(self._moment))

    def _due(self, pace: Pace, now: int) -> list[Told]:
        """The steps that are due, as many as a batch holds."""
        score = self.score
        batch: list[Told] = []
        size = 0
        while self._index < len(score) and len(batch) < BATCH and size < PIECE:
            moment = score.moments[self._index]
            if not pace.is_due(self._playing(moment), now):
                break
            if self._is_told(self._index):
                batch.append(Told("step", self._id(self._index + 1), score.bodies[self._index]))
                size += len(score.bodies[self._index])
            self._index += 1
            self._moment = max(self._moment, moment)
        return batch

    def _is_told(self, index: int) -> bool:
        if self.score.kinds[index] == "jump":
            return self._manner.skip
        return not (self._manner.follow and index in self.score.provisional)

    def _playing(self, moment: int) -> int:
        """The playing time of a moment."""
        return moment - (self.score.quiet.before(moment) if self._manner.skip else 0)

    async def _look_for_news(self) -> list[Told]:
        """What is known now of what was played, if that is more."""
        newer = await self._desk.newer(self.score, LOOK_EVERY / NANOSECONDS)
        if newer is None:
            return []
        old, self.score = self.score, newer
        found = self._desk.news(old, newer, self._moment)
        self._index = found.following
        return [Told("news", self._id(self._index), self._news(old, found.late, found.withdrawn))]

    def _news(self, old: Score, late: Sequence[int], withdrawn: int) -> bytes:
        path, score = item_path("sessions", self.score.header["session"]), self.score
        query = f"{log_query(score.header['log'])}&as_of={old.position}&as_of_b={score.position}"
        return _encode(
            {
                **score.header,
                "late": score.some(late),
                "late_count": len(late),
                "withdrawn": withdrawn,
                "compare": f"{path}/compare/{path.rpartition('/')[2]}{query}",
            }
        )

    def _header(self) -> Told:
        manner, score = self._manner, self.score
        under_way = score.under_way(self._index)
        document: dict[str, Any] = {
            **score.header,
            "speed": "max" if manner.speed is None else float(manner.speed),
            "skip_silence": manner.skip,
            "follow": manner.follow,
            "from": to_seconds(self._moment - score.zero),
            "next": self._index + 1,
            "under_way": score.some(reversed(under_way))[::-1],
            "under_way_count": len(under_way),
        }
        return Told("header", None, _encode(document))

    def _jump(self) -> Told | None:
        """The jump out of a quiet stretch that a listener begins in the middle of."""
        quiet = self.score.quiet.around(self._moment) if self._manner.skip else None
        if quiet is None:
            return None
        zero, here, there = self.score.zero, self._moment, quiet[1]
        lies = {"offset": to_seconds(here - zero), "duration": to_seconds(there - here)}
        document = {
            "step": None,
            "kind": "jump",
            "offset": lies["offset"],
            "time": format_time(here // 1000),
            "jump": {**lies, "to": to_seconds(there - zero)},
        }
        return Told("step", None, _encode(document))

    def _end(self) -> Told:
        score = self.score
        document = {"position": score.position, "ended": score.ended, "stop": score.header["stop"]}
        return Told("end", self._id(len(score) + 1), _encode(document))

    def _id(self, step: int) -> str:
        return str(Mark(self._services.log.epoch, self.score.position, step, self.score.check))
