"""Clips at two positions: which appeared, vanished, moved, end elsewhere, or are otherwise.

Rule 1: a clip is the same as one of its listen that lies where it lay, else begins or ends there, else is the
        next.
Rule 2: what is drawn only (`row`) is no change, nor is more evidence for the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

import msgspec

from replay.clock import to_seconds
from replay.compare.change import Change, of_span
from replay.compare.pairing import pair
from replay.compare.words import later, number, seconds
from replay.document import title_of
from replay.timeline import Clip, Timeline

FIELDS: dict[str, str] = {
    "asset": "asset",
    "lane": "lane",
    "media_in": "place in the recording",
    "rate": "rate",
    "gain": "gain",
    "session_gain": "session gain",
    "pan": "pan",
    "changes": "moves of gain or pan",
    "fade_in": "fade in",
    "fade_out": "fade out",
    "loop": "loop",
    "device": "device",
    "user": "user",
}
"""What else of a clip may change, and what a sentence calls it."""

ENDS = {
    "observed": "its end was seen",
    "length": "inferred from its length",
    "next": "inferred from the next start",
    "session": "inferred from the session's end",
    "open": "no end is known",
}


def clip_changes(before: Timeline, after: Timeline) -> Iterator[Change]:
    """What is known otherwise of the clips `after`."""
    for was, now in pair(
        before.clips,
        after.clips,
        lambda clip: (clip.listen, clip.start, clip.stop),
        lambda clip: (clip.listen, clip.start),
        lambda clip: (clip.listen, clip.stop),
        lambda clip: clip.listen,
    ):
        if was is not None and now is not None:
            yield from _between(was, now, after)
        elif now is not None:
            told = f"{_name(now, after)} sounds {_span(now, after)}"
            yield _change("clip-appeared", now, told, None, now)
        elif was is not None:
            told = f"{_name(was, before)} does not sound {_span(was, after)}"
            yield _change("clip-vanished", was, told, was, None)


def told_of(clip: Clip) -> Hashable:
    """All of a clip that a change of it would tell."""
    return clip.listen, clip.start, clip.stop, _how(clip), *(getattr(clip, field) for field in FIELDS)


def _between(was: Clip, now: Clip, after: Timeline) -> Iterator[Change]:
    """What is known otherwise of one clip."""
    name, moved, stretched = _name(now, after), now.start - was.start, now.stop - was.stop
    if moved:
        told = f"{name} begins {later(moved)}, at {_at(now.start, after)}"
        yield _change("clip-moved", now, told, was, now, moved)
    if stretched != moved or _how(was) != _how(now):
        told = f"{name} {_ending(was, now, after)}"
        yield _change("clip-ended", now, told, was, now, stretched)
    fields = [field for field in FIELDS if getattr(was, field) != getattr(now, field)]
    if fields:
        told = f"{name} at {_at(now.start, after)}: {'; '.join(_field(field, was, now) for field in fields)}"
        change = _change("clip-changed", now, told, was, now)
        yield msgspec.structs.replace(change, fields=tuple(fields))


def _change(
    kind: str, clip: Clip, message: str, was: Clip | None, now: Clip | None, amount: int | None = None
) -> Change:
    return of_span(kind, f"listen {clip.listen}", clip, message, was, now, amount)


def _ending(was: Clip, now: Clip, after: Timeline) -> str:
    stretched, how, before = now.stop - was.stop, _how(now), _how(was)
    known = how if how == before else f"{how} (before: {before})"
    if not stretched:
        return f"ends at {_at(now.stop, after)} as before: {known}"
    return f"ends {later(stretched)}, at {_at(now.stop, after)}: {known}"


def _how(clip: Clip) -> str:
    """How a clip's end is known: why it was cut, else why it was over, else from what it is inferred."""
    return clip.cut or clip.reason or ENDS[clip.end]


def _field(field: str, was: Clip, now: Clip) -> str:
    """What else a clip has, as a sentence tells it."""
    if field == "changes":
        return f"other {FIELDS[field]}"
    return f"{FIELDS[field]} {_value(field, now)}, not {_value(field, was)}"


def _value(field: str, clip: Clip) -> str:
    value = getattr(clip, field)
    if value is None:
        return "unknown"
    if field in ("media_in", "fade_in", "fade_out"):
        return f"{number(to_seconds(value))} s"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value) if isinstance(value, float) else str(value)


def _name(clip: Clip, timeline: Timeline) -> str:
    return title_of(timeline, clip.asset) or clip.asset or f"the listen {clip.listen}"


def _at(moment: int, after: Timeline) -> str:
    return seconds(moment - after.zero)


def _span(clip: Clip, after: Timeline) -> str:
    return f"from {_at(clip.start, after)} to {_at(clip.stop, after)}"
