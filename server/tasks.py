"""Work that is seen to its end: tasks, and what is done in threads, which cannot be cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from projections.waiting import until_ended

__all__ = ["to_its_end", "until_ended"]

T = TypeVar("T")


def _go_on() -> None:
    """What work is told that cannot be told to stop."""


async def to_its_end(work: Callable[[], T], stop: Callable[[], object] = _go_on) -> T:
    """What some work in a thread gives.

    Who is cancelled meanwhile has it told to `stop`, and goes once it has ended, however often it is cancelled: a
    turn that is held for it is held until then.
    """
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        stop()
        await until_ended(task)
        raise
