"""Sessions that are kept warm: made once, given out as long as nothing has changed them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections.timelines import Stamp
from replay.document import sequence
from replay.errors import Erased, NotFound, TooLarge
from replay.session import Session, reconstruct
from replay.timeline import Evidence
from server.services.kept import Key
from server.services.warm import Warm
from tests.projections.house import House, event, events_of_two_sessions, open_house

WALK = Key("default", "s1", None, "device")


class Counting:
    """`reconstruct`, counted."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, evidence: Evidence, *more: Any, **named: Any) -> Session:
        self.made += 1
        return reconstruct(evidence, *more, **named)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting = Counting()
    monkeypatch.setattr("server.services.warm.reconstruct", counting)
    return counting


@pytest.fixture
async def house(tmp_path: Path) -> Any:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
def warm(house: House) -> Warm:
    return Warm(house.timelines, asyncio.Semaphore(2))


async def ask(warm: Warm, house: House, key: Key = WALK) -> Session:
    return (await warm.session(key, house.projections.position)).session


async def test_a_session_asked_for_twice_is_made_once(warm: Warm, house: House, counting: Counting) -> None:
    await house.tell(event("listen-started", data={"asset": "a"}))
    assert await ask(warm, house) is await ask(warm, house)
    assert counting.made == 1


async def test_what_is_asked_for_twice_at_once_is_made_once(
    warm: Warm, house: House, counting: Counting
) -> None:
    await house.tell(event())
    first, second = await asyncio.gather(ask(warm, house), ask(warm, house))
    assert first is second
    assert counting.made == 1


async def test_who_knows_of_more_does_not_join_a_making_that_began_before(
    warm: Warm, house: House, counting: Counting
) -> None:
    [before] = await house.tell(event())
    early = asyncio.ensure_future(warm.session(WALK, before))
    await asyncio.sleep(0)
    await warm.session(WALK, before + 1)
    await early
    assert counting.made == 2


class Turns(asyncio.Semaphore):
    """Turns at folding that tell how often one was asked for."""

    def __init__(self, value: int) -> None:
        super().__init__(value)
        self.asked = asyncio.Queue[None]()

    async def acquire(self) -> Literal[True]:
        self.asked.put_nowait(None)
        return await super().acquire()


async def test_a_making_that_nobody_waits_for_is_given_up_before_its_turn(
    house: House, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.warm.LONG", 0)
    turns = Turns(1)
    warm = Warm(house.timelines, turns)
    await house.tell(event(), event(session="s2"))
    others = WALK._replace(session="s2")
    async with turns:
        first, second, third = (asyncio.ensure_future(ask(warm, house, key)) for key in (WALK, WALK, others))
        for _ in range(3):  # the test itself, and two sessions
            await turns.asked.get()
        for leaving in (first, third):
            leaving.cancel()
        await asyncio.wait({first, third})
    assert (await second).timeline.session == "s1"
    assert counting.made == 1
    assert (await ask(warm, house, others)).timeline.session == "s2"


async def test_a_making_that_was_begun_goes_on_for_who_comes_back(
    warm: Warm, house: House, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.tell(event())
    begun, free = asyncio.Event(), asyncio.Event()
    gather = house.timelines.gather

    async def gather_slowly(*asked: Any) -> Evidence:
        begun.set()
        await free.wait()
        return await gather(*asked)

    monkeypatch.setattr(house.timelines, "gather", gather_slowly)
    first = asyncio.ensure_future(ask(warm, house))
    await begun.wait()
    first.cancel()
    await asyncio.wait({first})
    second = asyncio.ensure_future(ask(warm, house))
    free.set()
    assert (await second).timeline.session == "s1"
    assert counting.made == 1


async def test_what_changes_while_a_session_is_gathered_is_not_taken_for_known(
    warm: Warm, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.tell(event())
    gather = house.timelines.gather

    async def gather_and_be_late(*asked: Any) -> Evidence:
        evidence = await gather(*asked)
        await house.tell(event("heartbeat", at=9))
        return evidence

    with monkeypatch.context() as patched:
        patched.setattr(house.timelines, "gather", gather_and_be_late)
        kept = await warm.session(WALK, house.projections.position)
    assert len(kept.session.evidence.records) == 1
    assert kept.stamp != await house.timelines.stamp("default", "s1", kept.needs)
    assert len((await ask(warm, house)).evidence.records) == 2


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(event("heartbeat", at=9), id="an event of its own"),
        pytest.param(
            event("asset-described", session=None, device=None, data={"asset": "a", "duration": 7}),
            id="a description of what it plays",
        ),
        pytest.param(event(session="s2", sequence=2), id="a number that it lacks"),
    ],
)
async def test_what_may_change_a_session_has_it_made_again(
    warm: Warm, house: House, counting: Counting, change: Any
) -> None:
    await house.tell(
        event("listen-started", sequence=1, data={"asset": "a"}), event("session-ended", at=9, sequence=3)
    )
    before = await ask(warm, house)
    await house.tell(change)
    after = await ask(warm, house)
    assert counting.made == 2
    assert sequence(after) != sequence(before)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(event(session="s2"), id="an event of another session of the device"),
        pytest.param(event(device="d2", session="s2"), id="an event of another device"),
        pytest.param(
            event("asset-described", session=None, data={"asset": "b", "duration": 7}), id="another asset"
        ),
        pytest.param(event(log="other"), id="another log"),
    ],
)
async def test_what_cannot_change_a_session_leaves_it_warm(
    warm: Warm, house: House, counting: Counting, other: Any
) -> None:
    await house.tell(event("listen-started", sequence=1, data={"asset": "a"}))
    before = await ask(warm, house)
    await house.tell(other)
    assert await ask(warm, house) is before
    assert counting.made == 1


async def test_a_prefix_stays_as_it_was_until_something_is_erased(
    warm: Warm, house: House, counting: Counting
) -> None:
    first, second = await house.tell(event(), event(at=1))
    past = WALK._replace(as_of=second)
    before = await ask(warm, house, past)
    await house.tell(event(at=2))
    assert await ask(warm, house, past) is before
    await house.erase(first)
    assert (await ask(warm, house, past)).timeline.erased == (first,)
    assert counting.made == 2


async def test_a_prefix_that_lacks_nothing_of_what_is_known_now_is_not_made_again(
    warm: Warm, house: House, counting: Counting
) -> None:
    first, second, third = await house.tell(event(), event(at=1), event(at=2, session="s2"))
    now = await ask(warm, house)
    for as_of in (second, third):
        assert await ask(warm, house, WALK._replace(as_of=as_of)) is now
    assert counting.made == 1
    assert len((await ask(warm, house, WALK._replace(as_of=first))).evidence.records) == 1
    await house.tell(event(at=3))
    assert await ask(warm, house, WALK._replace(as_of=third)) is now
    assert len((await ask(warm, house, WALK._replace(as_of=third + 1))).evidence.records) == 3
    assert counting.made == 3


async def test_an_erasure_behind_the_end_of_a_prefix_is_no_part_of_it(warm: Warm, house: House) -> None:
    first, second = await house.tell(event(), event(at=1))
    await house.erase(second)
    assert (await ask(warm, house)).timeline.erased == (second,)
    assert (await ask(warm, house, WALK._replace(as_of=first))).timeline.erased == ()


async def test_each_clock_is_kept_for_itself(warm: Warm, house: House) -> None:
    await house.tell(event())
    assert (await ask(warm, house)).clock == "device"
    assert (await ask(warm, house, WALK._replace(clock="corrected"))).clock == "corrected"


async def test_what_was_told_is_kept_with_the_session(warm: Warm, house: House) -> None:
    await house.tell(event())
    position = house.projections.position
    told: list[Session] = []

    def tell(session: Session) -> bytes:
        told.append(session)
        return b"told"

    for _ in range(3):
        session, body = await warm.told(WALK, position, "a name", tell)
        assert body == b"told"
    assert told == [session]


async def test_what_many_ask_for_at_once_of_a_long_session_is_told_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.kept.LONG", 0)
    await house.tell(event())
    warm = Warm(house.timelines, asyncio.Semaphore(1))
    told: list[Session] = []

    def tell(session: Session) -> bytes:
        told.append(session)
        return b"told"

    asked = [warm.told(WALK, house.projections.position, "a name", tell) for _ in range(5)]
    assert {body for _, body in await asyncio.gather(*asked)} == {b"told"}
    assert len(told) == 1


async def test_the_sessions_asked_for_last_are_kept(
    warm: Warm, house: House, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.warm.MOST_RECORDS", 2)
    await house.tell(*(event(session=name) for name in "abc"))
    for name in "ababcb":
        await ask(warm, house, WALK._replace(session=name))
    assert counting.made == 3
    await ask(warm, house, WALK._replace(session="a"))
    assert counting.made == 4


async def test_a_session_of_few_records_and_many_clips_takes_the_room_of_its_clips(
    warm: Warm, house: House, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.warm.MOST_RECORDS", 55)
    plays = [event("listen-started", data={"asset": f"a{n}"}) for n in range(30)]
    pauses = [event(f"playback-{what}", at=n + 1) for n, what in enumerate(["paused", "resumed"] * 10)]
    await house.tell(*plays, *pauses, event("listen-started", session="s2", data={"asset": "a"}))
    brief = WALK._replace(session="s2")
    await ask(warm, house, brief)
    assert len((await ask(warm, house)).timeline.clips) > 55 * 5
    await ask(warm, house, brief)
    assert counting.made == 3


async def test_no_more_bytes_are_kept_than_is_said(
    warm: Warm, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.warm.MOST_BYTES", 5)
    await house.tell(event())
    for name, size in (("a", 3), ("b", 3), ("c", 2)):
        await warm.told(WALK, house.projections.position, name, lambda session, size=size: bytes(size))  # type: ignore[misc]
    assert sorted((await warm.session(WALK, 0)).made) == ["a", "c"]


async def test_after_an_erasure_nothing_is_kept(warm: Warm, house: House, counting: Counting) -> None:
    await house.tell(event())
    await ask(warm, house)
    warm.forget()
    await ask(warm, house)
    assert counting.made == 2


async def test_what_was_being_made_when_something_was_erased_is_not_kept(
    warm: Warm, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = await house.tell(event(), event(at=1))
    gather = house.timelines.gather

    async def gather_and_be_late(*asked: Any) -> Evidence:
        evidence = await gather(*asked)
        await house.log.erase([first], "asked for")  # the views have yet to hear of it
        warm.forget()
        return evidence

    with monkeypatch.context() as patched:
        patched.setattr(house.timelines, "gather", gather_and_be_late)
        await ask(warm, house)
    assert (await ask(warm, house)).timeline.erased == (first,)


async def test_what_is_kept_is_not_given_out_when_something_is_erased_as_it_is_looked_at(
    warm: Warm, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = await house.tell(event(), event(at=1))
    await ask(warm, house)
    stamp = house.timelines.stamp

    async def stamp_and_be_late(*asked: Any) -> Stamp:
        found = await stamp(*asked)
        await house.log.erase([first], "asked for")
        warm.forget()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(house.timelines, "stamp", stamp_and_be_late)
        session = await ask(warm, house)
    assert session.timeline.erased == (first,)


async def test_a_session_that_is_not_there_is_asked_for_each_time(warm: Warm, house: House) -> None:
    for _ in range(2):
        with pytest.raises(NotFound):
            await ask(warm, house)
    await house.tell(event())
    assert (await ask(warm, house)).timeline.session == "s1"


class Refusing:
    """A work that finds too much, counted."""

    def __init__(self) -> None:
        self.tried = 0

    def __call__(self, *_asked: Any, **_named: Any) -> Any:
        self.tried += 1
        raise TooLarge("session", "too much")


async def refused(warm: Warm, house: House, key: Key = WALK) -> None:
    with pytest.raises(TooLarge, match=r"too much|more than 0 MiB") as told:
        await ask(warm, house, key)
    assert told.value.field == "session"


async def test_what_is_too_large_is_found_out_once_until_something_changes_it(
    warm: Warm, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = Refusing()
    monkeypatch.setattr("server.services.warm.reconstruct", refusing)
    past = WALK._replace(as_of=1)
    first, _ = await house.tell(event(), event(at=1))
    for key in (WALK, past, WALK, past):
        await refused(warm, house, key)
    assert refusing.tried == 2
    await house.tell(event(at=2))
    for key in (WALK, past):
        await refused(warm, house, key)
    assert refusing.tried == 3
    await house.erase(first + 1)
    for key in (WALK, past):
        await refused(warm, house, key)
    assert refusing.tried == 5


async def test_a_session_of_too_many_bytes_is_not_gathered_again_before_some_are_erased(
    warm: Warm, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.timelines.gather.MOST_BYTES", 1000)
    [long] = await house.tell(event("note", data={"text": "so long" * 200}))
    await refused(warm, house)
    await house.tell(event(at=1))
    with monkeypatch.context() as patched:
        patched.setattr(house.timelines, "gather", None)
        await refused(warm, house)
    await house.erase(long)
    assert len((await ask(warm, house)).evidence.records) == 1


some_events = events_of_two_sessions(max_size=4)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(some_events, st.lists(st.integers(1, 12), max_size=1)), max_size=5))
async def test_a_warm_answer_is_what_a_fold_of_now_gives(
    tmp_path_factory: pytest.TempPathFactory, life: list[tuple[list[Any], list[int]]]
) -> None:
    async with open_house(tmp_path_factory.mktemp("life")) as house:
        warm = Warm(house.timelines, asyncio.Semaphore(2))
        for events, erased in life:
            await house.tell(*events)
            if erased:
                await house.erase(*erased)
            for as_of in (None, min(3, house.projections.position), house.projections.position):
                try:
                    fresh = sequence(reconstruct(await house.timelines.gather("default", "s1", as_of)))
                except (NotFound, Erased) as error:
                    with pytest.raises(type(error)):
                        await ask(warm, house, WALK._replace(as_of=as_of))
                else:
                    assert sequence(await ask(warm, house, WALK._replace(as_of=as_of))) == fresh
