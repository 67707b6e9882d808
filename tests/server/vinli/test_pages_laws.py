"""The law of a feed's pages: whatever arrives and whatever is erased between two of them, in bursts of thousands
that share a millisecond, nothing is lost, nothing comes twice, and `remaining` is right on every page.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st

from replay.log import MemoryLog
from tests.server.conftest import open_over, patient, serve
from tests.server.vinli.device import NOON, USERS, Asked, Device, Reader

FEW = 5
MILLISECONDS = 5


class Step(NamedTuple):
    """The length of a page, and what happens after it: events at these milliseconds, erasures."""

    limit: int
    arriving: list[int]
    erased: list[int]
    erased_user: int | None


milliseconds = st.integers(0, MILLISECONDS - 1)
steps = st.builds(
    Step,
    st.integers(1, 100),
    st.lists(milliseconds, max_size=FEW),
    st.lists(st.integers(0, 10_000), max_size=FEW),
    st.none() | st.integers(0, USERS - 1),
)
bounds = st.none() | milliseconds
asked = st.builds(Asked, st.sampled_from([None, "a", "a*"]), bounds, bounds)
bursts = st.lists(st.sampled_from([1, 2, 99, 400, 1100]), min_size=MILLISECONDS, max_size=MILLISECONDS)
BUSY = [Step(40, [2] * FEW, [0, 1, 500, 999, 1500], None), Step(1, [1, 3], [], 3), Step(100, [], [5], 7)]


@settings(max_examples=10)
@given(burst=bursts, asked=asked, steps=st.lists(steps, min_size=1, max_size=8))
@example(burst=[0, 0, 3000, 0, 0], asked=Asked(), steps=BUSY)
def test_pages_lose_nothing_and_repeat_nothing(burst: list[int], asked: Asked, steps: list[Step]) -> None:
    async def check() -> None:
        with tempfile.TemporaryDirectory() as folder:
            log = MemoryLog(clock=_one_o_clock)
            settings = patient(Path(folder))
            async with open_over(log, settings, _one_o_clock) as services, serve(services) as api:
                device = Device(api)
                await device.tell([ms for ms, count in enumerate(burst) for _ in range(count)])
                await _page_both_ways(device, asked, steps)
            await log.close()

    asyncio.run(check())


async def _page_both_ways(device: Device, asked: Asked, steps: list[Step]) -> None:
    """Two readers, one down and one up, in turns with what happens, until both have read to the end."""
    began_with = set(device.there)
    readers = [Reader(device, asked, ascending=ascending) for ascending in (False, True)]
    turn = 0
    while not all(reader.finished for reader in readers):
        step = steps[turn] if turn < len(steps) else Step(100, [], [], None)
        for reader in readers:
            if not reader.finished:
                await reader.read(step.limit)
        await _happen(device, step)
        turn += 1
    stayed = {known for known in began_with.intersection(device.there) if asked.lets_through(known)}
    for reader in readers:
        assert len(set(reader.seen)) == len(reader.seen)
        assert stayed <= set(reader.seen)


async def _happen(device: Device, step: Step) -> None:
    if step.arriving:
        await device.tell(step.arriving)
    if step.erased_user is not None:
        await device.erase_user(f"u{step.erased_user}")
    for number in step.erased:
        # A device of which nothing is left is not known any more.
        if len(device.there) > 1:
            await device.erase(device.there[number % len(device.there)])


def _one_o_clock() -> int:
    return NOON + 3_600_000_000
