"""Work that is seen to its end: tasks, and what is done in threads, which cannot be cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


async def until_ended(task: asyncio.Task[Any]) -> None:
    """Wait until a task has ended, however often who waits is cancelled meanwhile; that is cancelled then.

    Raises nothing that the task does.
    """
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if not task.cancelled():
        task.exception()  # seen: who waits tells of it, or of why nobody is told
    if cancelled is not None:
        raise cancelled


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
