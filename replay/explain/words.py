"""How an explanation is worded: names and moments. Times of day are UTC."""

from __future__ import annotations

from collections.abc import Sequence

from replay.clock import format_time
from replay.explain.model import Edge, Explanation, Late, Playing
from replay.words import lasting

NS = 1000
NOTHING_KNOWN = "Nothing was known of the session."
MOST_NAMED = 3
"""How many recordings are named before the rest are counted."""

KNOWN = {
    "observed": "as was told",
    "length": "by the recording's length",
    "next": "inferred from the next start",
    "session": "inferred from the session's end",
    "open": "drawn to the newest event",
    None: "which nobody told",
}


def clock(moment: int, beside: int | None = None) -> str:
    """A moment as a time of day, `14:58:04.25`; with its date where it is on another day than `beside`."""
    date, _, time = format_time(moment // NS).removesuffix("Z").partition("T")
    time = time.rstrip("0").removesuffix(".") if "." in time else time
    if beside is None or format_time(beside // NS)[:10] == date:
        return time
    return f"{date} {time}"


def name(title: str | None, asset: str | None, listen: str | None = None) -> str:
    """A recording as people call it."""
    if title or asset:
        return f'"{title or asset}"'
    return f"listen {listen}" if listen else "a recording"


def names(playing: Sequence[Playing]) -> str:
    """Recordings that sound together: `"A"`, `"A" and "B"`, `"A", "B", "C" and 4 more`."""
    told = list(dict.fromkeys(name(one.title, one.clip.asset, one.clip.listen) for one in playing))
    if len(told) > MOST_NAMED:
        told = [*told[:MOST_NAMED], f"{len(told) - MOST_NAMED} more"]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def was(playing: Sequence[Playing]) -> str:
    """`was` for one, `were` for several."""
    return "was" if len(playing) == 1 else "were"


def late(late: Late, before: Explanation | None) -> str:
    """When a late thing became known, and what was believed until then."""
    recorded = format_time(late.recordedtime)[:19].replace("T", " ")
    known = NOTHING_KNOWN if before is None else before.sentence
    return f"This is known only since {recorded}, {lasting(late.by)} after it happened. Until then: {known}"


def ended(edge: Edge, beside: int) -> str:
    """What came to its end: `"Steps" ended at 14:58:04 (as was told)`."""
    at = clock(edge.at, beside)
    match edge.what:
        case "listen":
            return f"{name(edge.title, edge.asset, edge.listen)} ended at {at} ({KNOWN.get(edge.known)})"
        case "session":
            return f"the session began at {at}"
        case "stalled":
            return f"the stall ended at {at}"
        case _:
            return f"the pause ended at {at}"


def began(edge: Edge, beside: int) -> str:
    """What began: `"Marimba" began at 14:58:16 (as was told)`."""
    at = clock(edge.at, beside)
    match edge.what:
        case "listen":
            return f"{name(edge.title, edge.asset, edge.listen)} began at {at} ({KNOWN.get(edge.known)})"
        case "session":
            return f"the session ended at {at}"
        case "stalled":
            return f"playback stalled at {at}"
        case _:
            return f"playback was paused at {at}"
