"""Devices, and the numbers of their events."""

from __future__ import annotations

from typing import Any

import pytest

from projections import DeviceFilter
from replay.errors import NotFound
from tests.projections.house import ZERO, House, event


async def test_a_row_sums_its_device_up(house: House) -> None:
    first, _ = await house.tell(event(at=5), event(at=1))
    house.clock.move(60)
    [last] = await house.tell(event(at=3.000001, session=None))
    row = await house.feeds.device("default", "d1")
    assert (row.log, row.device, row.first, row.last, row.events) == ("default", "d1", first, last, 3)
    assert (row.first_time, row.last_time) == (ZERO + 1_000_000, ZERO + 5_000_000)
    assert row.recorded == ZERO + 60_000_000


async def test_an_unknown_device_is_not_found(house: House) -> None:
    await house.tell(event(log="other"), event(device=None))
    for question in (house.feeds.device("default", "d1"), house.feeds.page("default", "d1", type="a*")):
        with pytest.raises(NotFound, match="'d1' in log 'default'"):
            await question


async def devices(house: House, **wanted: Any) -> list[str]:
    page = await house.feeds.devices(DeviceFilter(**wanted))
    assert page.next is None
    return [row.device for row in page.devices]


async def test_devices_are_listed_newest_first_by_their_first_record(house: House) -> None:
    await house.tell(event(device="a", at=9), event(device="b", at=1), event(device="a", at=10))
    assert await devices(house) == ["b", "a"]


async def test_devices_are_filtered_by_log_and_text(house: House) -> None:
    await house.tell(
        event(device="Kiosk 1", log="one"),
        event(device="Phone_2", log="two"),
        event(device="Über", log="three"),
    )
    assert await devices(house, logs=frozenset(("one", "two"))) == ["Phone_2", "Kiosk 1"]
    assert await devices(house, log="two") == ["Phone_2"]
    assert await devices(house, log="two", logs=frozenset(("one",))) == []
    assert await devices(house, text="ph") == ["Phone_2"]
    assert await devices(house, text="_") == ["Phone_2"]
    assert await devices(house, text="üBER") == ["Über"]


async def numbers(house: House, low: int, high: int, up_to: int) -> list[tuple[int, int]]:
    return [pair async for pair in house.feeds.sequences("default", "d1", low, high, up_to)]


async def test_sequence_numbers_come_in_order_with_every_position(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.feeds.questions.CHUNK", 2)
    five, three, again = await house.tell(*(event(sequence=number) for number in (5, 3, 5)))
    six, zero = await house.tell(event(sequence=6), event(sequence=0))
    await house.tell(event(), event(device="d2", sequence=4), event(log="other", sequence=4))
    assert await numbers(house, 0, 9, zero) == [(0, zero), (3, three), (5, five), (5, again), (6, six)]
    assert await numbers(house, 3, 5, zero) == [(3, three), (5, five), (5, again)]
    assert await numbers(house, 3, 5, three) == [(3, three), (5, five)]


async def test_the_positions_of_a_device_are_named_in_order(house: House) -> None:
    own = await house.tell(event(at=9), event(at=1))
    await house.tell(event(device="d2"), event(log="other"))
    assert await house.feeds.positions("default", "d1") == tuple(own)
    assert await house.feeds.positions("default", "d9") == ()
