"""Work that is finished, whoever is cancelled."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from projections.waiting import finish


async def test_work_is_finished_however_often_its_caller_is_cancelled() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    done: list[str] = []

    async def work() -> None:
        begun.set()
        await go_on.wait()
        done.append("all of it")

    caller = asyncio.create_task(finish(work()))
    await begun.wait()
    for _ in range(3):
        caller.cancel()
        await asyncio.sleep(0)
    assert not caller.done()
    go_on.set()
    with suppress(asyncio.CancelledError):
        await caller
    assert (caller.cancelled(), done) == (True, ["all of it"])
