"""Pages of a feed, held against a plain list: bounds, ordinals, `remaining`, and `next` while events arrive."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections import Moment
from replay.envelope import Event
from replay.log.contract import Record
from replay.timeline.evidence import Placed, place
from tests.projections.house import ZERO, House, event, open_house

HOUR = 3600


def moment(at: float, ordinal: int = 0) -> Moment:
    """A moment `at` seconds after `ZERO`."""
    return Moment((ZERO + round(at * 1_000_000)) // 1000, ordinal)


async def test_a_page_is_newest_first_by_millisecond_and_position(house: House) -> None:
    late, early, tie, finer = await house.tell(event(at=2), event(at=1), event(at=1.0004), event(at=1.0002))
    page = await house.feeds.page("default", "d1")
    assert page.positions == (late, finer, tie, early)
    assert (page.next, page.remaining) == (None, 0)
    page = await house.feeds.page("default", "d1", ascending=True)
    assert page.positions == (early, tie, finer, late)


async def test_since_excludes_and_until_includes_their_millisecond(house: House) -> None:
    one, two, three = await house.tell(*(event(at=at) for at in (1, 2, 3.0009)))
    page = await house.feeds.page("default", "d1", since=moment(1), until=moment(3))
    assert page.positions == (three, two)
    page = await house.feeds.page("default", "d1", until=moment(2.999))
    assert page.positions == (two, one)
    for since, until in ((3, 1), (3, 3), (9, 7), (2 * HOUR, 0)):
        page = await house.feeds.page("default", "d1", since=moment(since), until=moment(until))
        assert (page.positions, page.next, page.remaining) == ((), None, 0)


async def test_bounds_the_wrong_way_round_hold_nothing_even_at_the_first_of_all_milliseconds(
    house: House,
) -> None:
    await house.tell(*(event(at=(at - ZERO) / 1_000_000) for at in (0, 0, 1000, 2000)))
    for since, until in ((5, 0), (1, 0), (0, -1), (1, 1)):
        page = await house.feeds.page("default", "d1", since=Moment(since), until=Moment(until))
        assert (page.positions, page.remaining) == ((), 0)
    page = await house.feeds.page("default", "d1", since=Moment(0, 2), until=Moment(0, 1))
    assert (page.positions, page.remaining) == ((), 0)
    page = await house.feeds.page("default", "d1", since=Moment(0, 1), until=Moment(0, 2))
    assert (len(page.positions), page.remaining) == (1, 0)


async def test_next_names_the_next_event_by_its_ordinal(house: House) -> None:
    ties = await house.tell(*(event(at=1) for _ in range(5)))
    page = await house.feeds.page("default", "d1", limit=2)
    assert (page.positions, page.next, page.remaining) == ((ties[4], ties[3]), moment(1, 3), 3)
    await house.tell(event(at=1), event(at=0.5))
    page = await house.feeds.page("default", "d1", limit=2, until=page.next)
    assert (page.positions, page.next, page.remaining) == ((ties[2], ties[1]), moment(1, 1), 2)


async def test_the_ordinal_counts_events_of_every_type(house: House) -> None:
    a, _, b, _ = await house.tell(*(event(type, at=1) for type in ("a", "x", "a", "x")))
    page = await house.feeds.page("default", "d1", type="a", limit=1)
    assert (page.positions, page.next, page.remaining) == ((b,), moment(1, 1), 1)
    page = await house.feeds.page("default", "d1", type="a", limit=1, until=page.next)
    assert (page.positions, page.next) == ((a,), None)


async def test_a_wildcard_means_every_type_that_begins_so(house: House) -> None:
    types = ("rule-a", "rule", "rule-", "Rule-b", "rulex", "rule-a-b", "s")
    at = dict(
        zip(
            types, await house.tell(*(event(type, at=index) for index, type in enumerate(types))), strict=True
        )
    )
    await house.tell(event("rule-other", device="d2"))

    async def of(type: str) -> list[int]:
        return list((await house.feeds.page("default", "d1", type=type)).positions)

    assert await of("rule-*") == [at["rule-a-b"], at["rule-"], at["rule-a"]]
    assert await of("rule*") == [at["rule-a-b"], at["rulex"], at["rule-"], at["rule"], at["rule-a"]]
    assert await of("rule") == [at["rule"]]
    assert await of("*") == sorted(at.values(), reverse=True)
    assert await of("none-*") == []
    assert await of("%*") == []


async def test_an_empty_page_still_tells_how_many_there_are(house: House) -> None:
    first, second = await house.tell(event(at=1), event(at=2))
    page = await house.feeds.page("default", "d1", limit=0)
    assert (page.positions, page.next, page.remaining) == ((), moment(2, 1), 2)
    page = await house.feeds.page("default", "d1", limit=0, ascending=True)
    assert (page.positions, page.remaining) == ((), 2)
    page = await house.feeds.page("default", "d1", since=page.next, ascending=True)
    assert page.positions == (first, second)


async def test_remaining_counts_whole_hours_and_edges(house: House) -> None:
    at = [hour * HOUR + minute * 60 for hour in range(-3, 4) for minute in (0, 10, 59.999)]
    await house.tell(*(event(at=second) for second in at))
    for since in (-3 * HOUR, -2 * HOUR - 1, 0, HOUR):
        for until in (-HOUR, 0, 600, 2 * HOUR, 9 * HOUR):
            page = await house.feeds.page("default", "d1", since=moment(since), until=moment(until), limit=0)
            assert page.remaining == sum(since < second <= until for second in at), (since, until)


async def test_times_before_1970_are_rounded_down_too(house: House) -> None:
    micros = (-1, 0, 999, 1000, -1000, -1001, -3_600_000_000, -3_600_000_001)
    positions = dict(zip(micros, await house.tell(*(event(time=time) for time in micros)), strict=True))
    page = await house.feeds.page("default", "d1", until=Moment(-1))
    expected = sorted((m for m in micros if m < 0), key=lambda m: (m // 1000, positions[m]), reverse=True)
    assert page.positions == tuple(positions[m] for m in expected)
    await house.erase(positions[-3_600_000_001], positions[-1001])
    page = await house.feeds.page("default", "d1", until=Moment(-1), limit=0)
    assert page.remaining == 3


class Asked(NamedTuple):
    """What a page is asked for."""

    type: str | None
    since: Moment | None
    until: Moment | None
    limit: int
    ascending: bool


milliseconds = st.sampled_from([0, 1, 2, 3_599_999, 3_600_000, 3_600_001, 10_800_000, -1, -3_600_000])
moments = st.none() | st.builds(Moment, milliseconds.map(lambda ms: ZERO // 1000 + ms), st.integers(0, 4))
told = st.builds(
    event,
    st.sampled_from(["a", "ab", "b"]),
    device=st.sampled_from(["d1", "d1", "d2"]),
    at=st.builds(lambda ms, micro: ms / 1000 + micro / 1e6, milliseconds, st.sampled_from([0, 999])),
)
asked = st.builds(
    Asked, st.sampled_from([None, "a", "a*", "b", "*"]), moments, moments, st.integers(0, 4), st.booleans()
)


class Shelf:
    """A device's feed as a plain list."""

    def __init__(self, records: Sequence[Record], device: str) -> None:
        self.placed = [placed for placed in map(place, records) if placed.event.device == device]
        self.placed.sort(key=lambda placed: (placed.time // 1000, placed.position))

    def moment(self, placed: Placed) -> Moment:
        ms = placed.time // 1000
        same = [one.position for one in self.placed if one.time // 1000 == ms]
        return Moment(ms, same.index(placed.position) + 1)

    def find(self, asked: Asked) -> list[int]:
        """All that lies in the bounds, in the page's order."""
        found = [placed.position for placed in self.placed if self._inside(placed, asked)]
        return found if asked.ascending else found[::-1]

    def _inside(self, placed: Placed, asked: Asked) -> bool:
        at = self.moment(placed)
        since, until, type = asked.since, asked.until, asked.type or "*"
        above = since is None or (at > since if since.ordinal else at.ms > since.ms)
        below = until is None or (at <= until if until.ordinal else at.ms <= until.ms)
        fits = placed.event.type.startswith(type[:-1]) if type.endswith("*") else placed.event.type == type
        return above and below and fits


@settings(max_examples=80)
@given(events=st.lists(told, min_size=1, max_size=25), questions=st.lists(asked, min_size=1, max_size=8))
def test_a_page_is_what_a_plain_list_gives(events: list[Event], questions: list[Asked]) -> None:
    async def check() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with open_house(Path(folder)) as house:
                await house.tell(event("a", at=0), *events)
                shelf = Shelf(await house.log.read(0, 100), "d1")
                for question in questions:
                    page = await house.feeds.page("default", "d1", **question._asdict())
                    expected = shelf.find(question)
                    assert list(page.positions) == expected[: question.limit]
                    assert page.remaining == len(expected) - len(page.positions)
                    assert (page.next is None) == (page.remaining == 0)

    asyncio.run(check())


@settings(max_examples=60)
@given(
    early=st.lists(told, min_size=1, max_size=20),
    late=st.lists(st.lists(told, max_size=5), max_size=4),
    asked=asked,
    limit=st.integers(1, 4),
)
def test_following_next_loses_and_repeats_nothing_while_events_arrive(
    early: list[Event], late: list[list[Event]], asked: Asked, limit: int
) -> None:
    async def check() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with open_house(Path(folder)) as house:
                await house.tell(event("a", at=0), *early)
                there = Shelf(await house.log.read(0, 100), "d1").find(asked)
                seen = await _follow(house, asked._replace(limit=limit), list(late))
                assert len(set(seen)) == len(seen)
                assert [position for position in seen if position in there] == there

    asyncio.run(check())


async def _follow(house: House, asked: Asked, late: list[list[Event]]) -> list[int]:
    seen: list[int] = []
    while True:
        page = await house.feeds.page("default", "d1", **asked._asdict())
        seen += page.positions
        if page.next is None:
            return seen
        asked = asked._replace(since=page.next) if asked.ascending else asked._replace(until=page.next)
        if late:
            await house.tell(*late.pop())


@pytest.mark.parametrize("kinds", [30])
async def test_a_wildcard_over_many_types_merges_them_in_order(house: House, kinds: int) -> None:
    positions = await house.tell(*(event(f"k{number % kinds}", at=number) for number in range(100)))
    page = await house.feeds.page("default", "d1", type="k*", limit=50)
    assert list(page.positions) == positions[::-1][:50]
    assert page.remaining == 50
