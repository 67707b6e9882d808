"""What a cause says of a moment that it holds for."""

from __future__ import annotations

import msgspec


class Found(msgspec.Struct, frozen=True):
    """A sentence, the stretch it is true of (nanoseconds; None: no end there), and the records that show it."""

    sentence: str
    start: int | None
    stop: int | None
    positions: tuple[int, ...]
