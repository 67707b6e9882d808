"""Replay documents for tests of the drawing: the fewest fields that say something."""

from __future__ import annotations

from typing import Any


def clip(
    offset: float,
    duration: float,
    title: str | None = None,
    *,
    lane: str = "0",
    row: int = 0,
    listen: str = "l",
    end: str = "observed",
    cut: str | None = None,
    reason: str | None = None,
    asset: str | None = "asset",
) -> dict[str, Any]:
    """A clip, from an offset in seconds."""
    return {
        "offset": offset,
        "duration": duration,
        "title": title,
        "asset": asset,
        "listen": listen,
        "lane": lane,
        "row": row,
        "end": end,
        "cut": cut,
        "reason": reason,
        "in": 0.0,
        "rate": 1.0,
        "gain": 1.0,
        "pan": 0.0,
        "device": "d",
        "positions": [1],
    }


def stretch(offset: float, duration: float) -> dict[str, Any]:
    """A silence, or an unknown."""
    return {"offset": offset, "duration": duration}


def hold(offset: float, duration: float, listen: str | None = None) -> dict[str, Any]:
    """A pause, or a stall."""
    return {"offset": offset, "duration": duration, "listen": listen, "closed": True, "positions": [1]}


def mark(
    offset: float, type_: str = "location-changed", *, data: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Something else that happened."""
    return {"offset": offset, "type": type_, "position": 7, "device": "phone", "data": data or {}}


def finding(offset: float, severity: str, rule: str = "gap", count: int = 1) -> dict[str, Any]:
    """Something wrong."""
    return {
        "offset": offset,
        "duration": 2.0,
        "severity": severity,
        "rule": rule,
        "count": count,
        "message": f"this is a {rule}",
        "positions": [4, 5],
    }


def replay(*clips: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A replay's document of these clips; `parts` replace what is empty otherwise."""
    for number, item in enumerate(clips, 1):
        item["sequence"] = number
    names = ("silences", "unknown", "pauses", "stalls", "marks", "erased", "findings")
    seconds = ("duration", "heard", "overlapping", "silent", "paused", "stalled", "unknown")
    return {
        "session": "walk",
        "log": "default",
        "zero": "2026-05-01T14:55:00.000000Z",
        "clock": "device",
        "clocks": [],
        "position": 38,
        "started": True,
        "ended": True,
        "clips": list(clips),
        **{name: [] for name in names},
        "totals": dict.fromkeys(seconds, 0.0),
        **parts,
    }
