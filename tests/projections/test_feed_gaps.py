"""Places of erased records go on counting, so that no link into a feed shifts."""

from __future__ import annotations

from typing import Any

import pytest

from projections import Moment
from projections.feeds import gaps
from projections.feeds.gaps import Gaps, Place
from tests.projections.house import ZERO, House, event

AT = Moment(ZERO // 1000 + 1000)


async def erase(house: House, *positions: int) -> None:
    await house.feeds.keep_places(positions)
    await house.erase(*positions)


async def test_an_erasure_among_ties_shifts_no_bound_downwards(house: House) -> None:
    ties = await house.tell(*(event(at=1) for _ in range(6)))
    first = await house.feeds.page("default", "d1", limit=2)
    assert (first.positions, first.next) == ((ties[5], ties[4]), AT._replace(ordinal=4))
    await erase(house, ties[0], ties[4])
    page = await house.feeds.page("default", "d1", limit=2, until=first.next)
    assert (page.positions, page.next, page.remaining) == (
        (ties[3], ties[2]),
        AT._replace(ordinal=2),
        1,
    )
    await erase(house, ties[1])
    page = await house.feeds.page("default", "d1", limit=2, until=page.next)
    assert (page.positions, page.next, page.remaining) == ((), None, 0)


async def test_an_erasure_among_ties_shifts_no_bound_upwards(house: House) -> None:
    ties = await house.tell(*(event(at=1) for _ in range(5)))
    page = await house.feeds.page("default", "d1", limit=2, ascending=True)
    assert page.next == AT._replace(ordinal=2)
    await erase(house, ties[0], ties[1], ties[3])
    [late] = await house.tell(event(at=1))
    page = await house.feeds.page("default", "d1", since=page.next, limit=1, ascending=True)
    assert (page.positions, page.next, page.remaining) == ((ties[2],), AT._replace(ordinal=3), 2)
    page = await house.feeds.page("default", "d1", since=page.next, ascending=True)
    assert page.positions == (ties[4], late)


async def test_a_moment_of_which_all_is_erased_is_not_counted_from_one_again(house: House) -> None:
    ties = await house.tell(event(at=0), event(at=1), event(at=1))
    await erase(house, *ties[1:])
    [late] = await house.tell(event(at=1))
    page = await house.feeds.page("default", "d1", since=AT._replace(ordinal=2), ascending=True)
    assert page.positions == (late,)


async def test_a_place_whose_record_is_still_there_counts_once(house: House) -> None:
    """As it does between the note and the erasure, and after an erasure that failed."""
    ties = await house.tell(*(event(at=1) for _ in range(4)))
    await house.feeds.keep_places(ties[:2])
    page = await house.feeds.page("default", "d1", limit=1)
    assert page.next == AT._replace(ordinal=3)
    page = await house.feeds.page("default", "d1", until=page.next)
    assert page.positions == (ties[2], ties[1], ties[0])


async def test_gaps_are_of_one_device_and_one_log(house: House) -> None:
    ties = await house.tell(
        *(event(at=1, device=device, log=log) for log, device in (("a", "d1"), ("b", "d1"), ("a", "d2"))),
        *(event(at=1, log="a") for _ in range(2)),
    )
    await erase(house, *ties[1:3])
    page = await house.feeds.page("a", "d1", limit=1)
    assert page.next == AT._replace(ordinal=2)


async def test_a_page_that_an_erasure_overtook_is_read_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ties = await house.tell(*(event(at=1) for _ in range(4)))
    read = house.feeds._read
    reads = 0

    async def overtaken(*asked: Any) -> Any:
        nonlocal reads
        reads += 1
        if reads == 1:
            await erase(house, ties[0])
        return await read(*asked)

    monkeypatch.setattr(house.feeds, "_read", overtaken)
    page = await house.feeds.page("default", "d1", until=AT._replace(ordinal=2))
    assert (reads, page.positions) == (2, (ties[1],))


def test_the_newest_places_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaps, "MOST", 3)
    kept = Gaps()
    kept.note(Place("l", "d", ms, position) for position, ms in enumerate((1, 1, 2, 2, 2)))
    assert (kept.of("l", "d", 1), sorted(kept.of("l", "d", 2))) == ([], [2, 3, 4])
    kept.note([Place("l", "d", 2, 3), Place("l", "d", 3, 9)])
    assert (kept.of("l", "d", 2), kept.of("l", "d", 3), kept.changes) == ([], [9], 2)
