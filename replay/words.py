"""How sentences say lengths and counts: findings, explanations and comparisons alike."""

from __future__ import annotations

SECOND = 1_000_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND


def lasting(nanoseconds: int) -> str:
    """A length in the two units that tell it best: `0.06 s`, `12 s`, `35 min 20 s`, `21 h 37 min`, `3 days 2 h`."""
    length = abs(nanoseconds)
    if length < 2 * MINUTE:
        return f"{length / SECOND:.3f}".rstrip("0").rstrip(".") + " s"
    for whole, part, names in ((DAY, HOUR, ("days", "h")), (HOUR, MINUTE, ("h", "min"))):
        if length >= 2 * whole:
            return _two(length, whole, part, names)
    return _two(length, MINUTE, SECOND, ("min", "s"))


def number(count: int, thing: str) -> str:
    """`1 event`, `2 events`, `10,000 events`."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def _two(length: int, whole: int, part: int, names: tuple[str, str]) -> str:
    wholes, parts = divmod((length + part // 2) // part, whole // part)
    return f"{wholes:,} {names[0]}" + (f" {parts} {names[1]}" if parts else "")
