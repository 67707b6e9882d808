"""How a comparison says amounts: for sentences only, never to reckon with."""

from __future__ import annotations

from replay.clock import to_seconds


def seconds(nanoseconds: int) -> str:
    """A length or an offset: `12 s`, `2.5 s`, `-0.04 s`."""
    return f"{number(to_seconds(nanoseconds))} s"


def number(value: float) -> str:
    """A number to the thousandth, without zeros at its end."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def later(nanoseconds: int) -> str:
    """By how much something is later, or earlier."""
    return f"{seconds(abs(nanoseconds))} {'later' if nanoseconds > 0 else 'earlier'}"


def longer(nanoseconds: int) -> str:
    """By how much something is longer, or shorter."""
    return f"{seconds(abs(nanoseconds))} {'longer' if nanoseconds > 0 else 'shorter'}"
