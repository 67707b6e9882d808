"""Waiting for the views to reach a position, and finishing what must not be cut off.

Rule 1: a commit wakes only those it satisfies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Waiting:
    """Those who wait for a position. Everything happens on one event loop."""

    def __init__(self) -> None:
        self._positions: dict[asyncio.Future[bool], int] = {}

    async def until(self, position: int, seconds: float) -> bool:
        """Wait until `reached` is told of the position (True), or for some seconds, or `give_up` (False)."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._positions[future] = position
        try:
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError:
            return False
        finally:
            del self._positions[future]

    def reached(self, position: int) -> None:
        """Wake everyone who waits for this position or a lower one."""
        self._wake(position, True)

    def give_up(self) -> None:
        """Wake everyone: there is nothing to wait for now."""
        self._wake(max(self._positions.values(), default=0), False)

    def _wake(self, up_to: int, answer: bool) -> None:
        for future, position in self._positions.items():
            if position <= up_to and not future.done():
                future.set_result(answer)


async def finish(work: Coroutine[Any, Any, T]) -> T:
    """Await work that is finished even when the caller is cancelled: a cancelled commit would still commit."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await until_ended(task)
        raise


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
