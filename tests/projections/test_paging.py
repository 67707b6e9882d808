"""Following `next` loses nothing and repeats nothing, while events arrive."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections import DeviceFilter, SessionFilter
from replay.envelope import Event
from tests.projections.house import House, event, open_house

names = st.sampled_from("abcdefgh")
arrivals = st.lists(st.builds(event, session=names, device=names, at=st.integers(0, 9)), max_size=12)


async def _follow_sessions(
    house: House, wanted: SessionFilter, limit: int, late: list[list[Event]]
) -> list[str]:
    seen: list[str] = []
    before: int | None = None
    while True:
        page = await house.timelines.list(wanted, before, limit)
        assert len(page.sessions) <= limit
        seen += [row.session for row in page.sessions]
        if page.next is None:
            return seen
        before = page.next
        if late:
            await house.tell(*late.pop())


@settings(max_examples=60)
@given(early=arrivals, late=st.lists(arrivals, max_size=4), limit=st.integers(1, 4), device=st.none() | names)
def test_following_the_list_of_sessions_loses_and_repeats_nothing(
    early: list[Event], late: list[list[Event]], limit: int, device: str | None
) -> None:
    async def check() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with open_house(Path(folder)) as house:
                await house.tell(*early)
                there = [one for one in early if device in (None, one.device)]
                firsts = dict.fromkeys(one.session for one in early)
                expected = [name for name in reversed(firsts) if any(one.session == name for one in there)]
                seen = await _follow_sessions(house, SessionFilter(device=device), limit, late)
                assert len(set(seen)) == len(seen)
                assert [name for name in seen if name in expected] == expected

    asyncio.run(check())


@settings(max_examples=30)
@given(early=arrivals, late=arrivals, limit=st.integers(1, 4))
def test_following_the_list_of_devices_loses_and_repeats_nothing(
    early: list[Event], late: list[Event], limit: int
) -> None:
    async def check() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with open_house(Path(folder)) as house:
                await house.tell(*early)
                page = await house.feeds.devices(None, None, limit)
                seen = [row.device for row in page.devices]
                await house.tell(*late)
                while page.next is not None:
                    page = await house.feeds.devices(None, page.next, limit)
                    seen += [row.device for row in page.devices]
                assert seen == list(reversed(dict.fromkeys(one.device for one in early)))

    asyncio.run(check())


@pytest.fixture
def scan_of_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.listing.SCAN", 10)


@pytest.mark.usefixtures("scan_of_ten")
@pytest.mark.parametrize(
    "narrowed",
    [{}, {"log": "default"}, {"device": "d1"}, {"user": "u"}, {"logs": frozenset(("default", "x"))}],
)
async def test_a_page_that_looked_at_enough_is_short_and_goes_on(
    house: House, narrowed: dict[str, Any]
) -> None:
    await house.tell(*(event(session=f"{'rare' if n % 20 == 0 else 's'}{n}", user="u") for n in range(45)))
    wanted = SessionFilter(text="rare", **narrowed)
    sizes, seen, before = [], [], None
    while True:
        page = await house.timelines.list(wanted, before, 5)
        sizes.append(len(page.sessions))
        seen += [row.session for row in page.sessions]
        if page.next is None:
            break
        before = page.next
    assert seen == ["rare40", "rare20", "rare0"]
    assert sizes == [1, 0, 1, 0, 1]


@pytest.mark.usefixtures("scan_of_ten")
async def test_a_list_without_a_filter_is_never_cut_short(house: House) -> None:
    await house.tell(*(event(session=f"s{n}", device=f"d{n}") for n in range(30)))
    page = await house.timelines.list(None, None, 25)
    assert (len(page.sessions), page.next) == (25, page.sessions[-1].first)
    assert len((await house.feeds.devices(None, None, 25)).devices) == 25


@pytest.mark.usefixtures("scan_of_ten")
async def test_a_list_of_devices_looks_at_so_many_only(house: House) -> None:
    await house.tell(*(event(device="rare" if n == 0 else f"d{n}") for n in range(15)))
    page = await house.feeds.devices(DeviceFilter(text="RARE"), None, 5)
    assert page.devices == ()
    page = await house.feeds.devices(DeviceFilter(text="RARE"), page.next, 5)
    assert [row.device for row in page.devices] == ["rare"]
    assert page.next is None
