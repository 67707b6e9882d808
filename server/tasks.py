"""Tasks that are seen to their end."""

from __future__ import annotations

import asyncio
from typing import Any


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
