"""Laws of what happens between any two steps of a reading: nothing is lost, and no answer vouches for another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections import Projections
from projections.timelines import SessionFilter
from replay.envelope import Event
from replay.errors import Erased, NotFound
from replay.log import MemoryLog
from replay.outline import Outline, outline
from replay.playback import Score, score_of
from replay.session import reconstruct
from server.access import ROLES, Identity
from server.api.following import follow
from server.playing import playing as listener
from server.playing.playing import open_playing
from server.playing.questions import PLAYBACK
from server.questions.sessions import AsOf, ReplayQuestion, SessionsQuestion
from server.reads import replays
from server.reads.outlined import list_sessions
from server.services import Services
from server.services.selection import Selection
from server.settings import Settings
from tests.projections.between import Steps, between
from tests.projections.house import event, keeper_of

ANYBODY = Identity("test", "a test", frozenset(ROLES))
_numbers = count()

laws = settings(
    max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


class Life(msgspec.Struct, frozen=True):
    """What happens: some events, and while something is read after that, more of them, or an erasure.

    `erased` says which of the events by their number. What happens `late` reaches the views only afterwards.
    """

    before: list[dict[str, Any]]
    more: list[dict[str, Any]]
    erased: list[int]
    when: int
    late: bool


_told = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["listen-started", "listen-ended", "heartbeat", "asset-described"]),
        "at": st.integers(0, 20),
        "session": st.sampled_from(["s1", "s1", "s2", None]),
        "device": st.sampled_from(["d1", "d1", "d2"]),
        "sequence": st.none() | st.integers(1, 4),
        "asset": st.sampled_from("ab"),
    }
)
lives = st.builds(
    Life,
    before=st.lists(_told, min_size=1, max_size=5),
    more=st.lists(_told, max_size=2),
    erased=st.lists(st.integers(0, 4), max_size=2),
    when=st.integers(1, 14),
    late=st.booleans(),
)


ONE_OF_ITS_OWN = {
    "type": "heartbeat",
    "at": 1,
    "session": "s1",
    "device": "d1",
    "sequence": None,
    "asset": "a",
}


class World:
    """One log of a house that many examples share, and what is asked of it."""

    def __init__(self, services: Services, log: MemoryLog) -> None:
        self.services = services
        self.positions: list[int] = []
        self.marks: list[str] = []
        self.erased: list[str] = []
        self.name = f"log-{next(_numbers)}"
        self._log = log

    async def tell(self, told: list[dict[str, Any]]) -> None:
        receipts = await self._log.append([self._event(one) for one in told])
        self.positions += [receipt.position for receipt in receipts]

    def _event(self, told: dict[str, Any]) -> Event:
        asset, number = told["asset"], next(_numbers)
        self.marks.append(f"mark-{number}.")
        data = {"asset": asset, "duration": 3.0, "note": self.marks[-1]}
        if told["type"] == "listen-started":
            data["listen"] = self.marks[-1]
        return event(
            **{name: value for name, value in told.items() if name != "asset"}, data=data, log=self.name
        )

    async def happen(self, life: Life) -> None:
        await self.tell(life.more)
        erased = [at for at in life.erased if at < len(life.before)]
        if erased:
            await self.services.erase(self.name, [self.positions[at] for at in erased], "asked for")
            self.erased += [self.marks[at] for at in erased]
        if not life.late:
            await self.services.projections.catch_up()


def _come_along(projections: Projections) -> None:
    """Have the views come as far as the outlines wait for, and no further of themselves."""
    outliner = projections.outlining.afterwards.__self__  # type: ignore[attr-defined]

    async def wait_for(position: int, seconds: float) -> bool:
        if projections.position < position:
            await projections.catch_up()
        return True

    outliner._wait_for = wait_for


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[Services, MemoryLog]]:
    log = MemoryLog()
    projections = await Projections.open(folder, log)
    try:
        await projections.catch_up()
        _come_along(projections)
        yield (
            Services(settings=Settings(data=folder, wait=0, write_wait=0), log=log, projections=projections),
            log,
        )
    finally:
        await projections.close()


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Services, MemoryLog]]:
    """Services over a log in memory, whose views follow when they are told to."""
    monkeypatch.setattr(listener, "LOOK_EVERY", 1_000)
    async with opened(tmp_path) as found:
        yield found


async def replayed(services: Services, log: str, as_of: int | None = None) -> replays.Replay | str:
    """A replay, or what there is instead of it."""
    asked = ReplayQuestion(log=log, as_of=None if as_of is None else AsOf(position=as_of))
    try:
        return await replays.replay(services, ANYBODY, "s1", asked)
    except (NotFound, Erased) as error:
        return type(error).__name__


def last_of(answer: replays.Replay) -> int:
    """The position of the last record that contributed to a replay."""
    return int(msgspec.json.decode(answer.body)["position"])


@laws
@given(life=lives, warmed=st.booleans())
async def test_an_entity_tag_stands_for_the_same_bytes_whatever_happens_while_they_are_read(
    place: tuple[Services, MemoryLog], life: Life, warmed: bool
) -> None:
    services, log = place
    world = World(services, log)
    readers = keeper_of(services.projections).readers
    await world.tell(life.before)
    await services.projections.catch_up()
    answers = [await replayed(services, world.name)] if warmed else []
    with between(life.when, lambda: world.happen(life), log, readers) as steps:
        meanwhile = await replayed(services, world.name)
    await steps.happen_now()
    soon = await replayed(services, world.name)
    await services.projections.catch_up()
    later = await replayed(services, world.name)
    fresh = await replayed(
        Services(settings=services.settings, log=log, projections=services.projections), world.name
    )
    assert later == fresh
    bodies: dict[str, bytes] = {}
    for answer in (*answers, meanwhile, soon, later):
        if isinstance(answer, replays.Replay):
            assert bodies.setdefault(answer.etag, answer.body) == answer.body
    for answer in (soon, later):
        if isinstance(answer, replays.Replay):
            assert not [mark for mark in world.erased if mark in answer.body.decode()]
    if isinstance(meanwhile, replays.Replay):
        promised = await replayed(services, world.name, meanwhile.position)
        if isinstance(promised, replays.Replay):
            assert last_of(promised) <= last_of(meanwhile)


async def outlined(services: Services, log: str) -> dict[str, Outline | None]:
    """The outlines that a list of sessions shows."""
    page = await list_sessions(services, SessionFilter(log=log), SessionsQuestion(log=log))
    return {one.row.session: one.outline for one in page.sessions}


async def as_they_are(services: Services, log: str) -> dict[str, Outline]:
    """The outlines of sessions that are gathered and folded now."""
    timelines = services.projections.timelines
    rows = (await timelines.list(SessionFilter(log=log))).sessions
    return {row.session: outline(reconstruct(await timelines.gather(log, row.session))) for row in rows}


@laws
@given(life=lives, listing=st.booleans(), behind=st.integers(0, 2))
async def test_a_list_shows_outlines_as_they_are_or_none_whatever_happens_while_they_are_made_or_read(
    place: tuple[Services, MemoryLog], life: Life, listing: bool, behind: int
) -> None:
    services, log = place
    projections = services.projections
    world = World(services, log)
    await world.tell(life.before[: len(life.before) - behind])
    await projections.catch_up()
    await world.tell(life.before[len(life.before) - behind :])
    if listing:
        await projections.outlining.catch_up()
    readers = (keeper_of(projections).readers, projections.outlining.readers)
    with between(life.when, lambda: world.happen(life), *readers) as steps:
        if listing:
            await outlined(services, world.name)
        else:
            await projections.outlining.catch_up()
    await steps.happen_now()
    await projections.catch_up()
    there = await as_they_are(services, world.name)
    soon = await outlined(services, world.name)
    assert {name: one for name, one in soon.items() if one is not None and one != there[name]} == {}
    await projections.outlining.catch_up()
    assert await outlined(services, world.name) == there


QUIET = 4
"""Looks without news after which no more are waited for."""


class Patient:
    """A clock that passes while somebody sleeps by it, and lets others run."""

    time = 0

    def now(self) -> int:
        return self.time

    async def sleep(self, nanoseconds: int) -> None:
        self.time += max(0, nanoseconds)
        await asyncio.sleep(0)


@laws
@given(life=lives, ends=st.booleans())
async def test_who_follows_a_playback_hears_of_whatever_happens_while_it_is_read(
    place: tuple[Services, MemoryLog], life: Life, ends: bool
) -> None:
    services, log = place
    services.ticker = Patient()
    world = World(services, log)
    await world.tell([ONE_OF_ITS_OWN, *life.before])
    await services.projections.catch_up()

    async def happen() -> None:
        await world.happen(life)
        if ends:
            await world.tell([ONE_OF_ITS_OWN | {"type": "session-ended", "at": 30}])
        await services.projections.catch_up()

    with between(life.when, happen, log, keeper_of(services.projections).readers) as steps:
        try:
            score, ended = await followed(services, world.name, steps)
        except Erased:
            ended = False
    if world.erased:
        return  # an erasure ends what is played, and who comes back hears what is left
    assert ended == ends, "who follows hears of the end, and of nothing that is none"
    fresh = await services.projections.timelines.gather(world.name, "s1")
    assert score.check == score_of(reconstruct(fresh)).check


async def followed(services: Services, log: str, steps: Steps) -> tuple[Score, bool]:
    """What a follower has heard when nothing comes any more, and whether it was told of the session's end."""
    asked = PLAYBACK.parse(f"log={log}&follow=true&speed=max")
    playing = await open_playing(services, ANYBODY, "s1", asked, None, paced=True)
    assert playing is not None
    quiet = 0
    async with aclosing(playing.batches()) as batches:
        async for batch in batches:
            quiet = 0 if batch else quiet + 1
            if quiet == QUIET and steps.happened:
                return playing.score, False
            if quiet == QUIET:
                quiet = 0
                await steps.happen_now()
    return playing.score, True


@laws
@given(life=lives, before=st.integers(0, 3))
async def test_who_follows_the_events_of_a_session_is_given_each_once_and_in_order(
    place: tuple[Services, MemoryLog], life: Life, before: int
) -> None:
    services, log = place
    world = World(services, log)
    await world.tell(life.before)
    after = world.positions[0] - 1 + before
    selection = Selection(frozenset({world.name}), "s1")
    given: list[int] = []
    with between(life.when, lambda: world.happen(life), log) as steps:
        async with follow(services, selection, after) as follower:
            quiet = 0
            while quiet < QUIET:
                batch = await follower.next(0.001)
                assert batch is not None
                given += [record.position for record in batch.records if selection.shows(record)]
                assert not given or given[-1] <= batch.passed
                quiet = quiet + 1 if not batch.records and steps.happened else 0
                if not batch.records:
                    await steps.happen_now()
    there = [record for record in await log.read(after, 100) if selection.shows(record)]
    gone = {world.positions[at] for at in life.erased if at < len(life.before)}
    assert given == sorted(set(given))
    assert [position for position in given if position not in gone] == [one.position for one in there]
