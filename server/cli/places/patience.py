"""Asking a server that may be away: again and again, for as long as there is patience."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

from replay.errors import Unavailable
from server.cli.output import Notice

LONGEST_PAUSE = 10.0

T = TypeVar("T")


async def until_taken(ask: Callable[[], Awaitable[T]], patience: float, notice: Notice) -> T:
    """What a server answers, once it does.

    Raises its last `Unavailable` after `patience` seconds of waiting in all.
    """
    waits = _pauses(patience)
    while True:
        try:
            return await ask()
        except Unavailable as error:
            pause = next(waits, None)
            if pause is None:
                raise
            notice(f"{error.message}; trying again in {pause:g} s")
            await asyncio.sleep(pause)


def _pauses(patience: float) -> Iterator[float]:
    """How long to wait before each further attempt, in seconds, for so long in all."""
    pause = 0.25
    while patience > 0:
        yield min(pause, patience)
        patience -= pause
        pause = min(pause * 2, LONGEST_PAUSE)
