"""How listens end: cut off, skipped, too long, or never told to have ended.

Rule 1: what is left of a recording is told by the place where it stopped and the length that is known of it;
        a looped listen, and one whose length nobody knows, has no natural end.
Rule 2: a recording that a session plays in parts (a listen begins, in the recording, beyond where an earlier
        one of its lane had stopped) has no natural end in each part: the turns of a call, cut from one
        recording.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from replay.findings.model import Case, Found
from replay.findings.words import titled
from replay.timeline import Listen
from replay.timeline.ratio import wall_of
from replay.words import lasting

BY_THE_LISTENER = ("skipped", "stopped")
INFERRED = {
    "length": "from its recording's length",
    "next": "from the next start on its lane",
    "session": "from the session's end",
    "open": "from nothing: it is drawn to the session's newest event",
}


def truncated(case: Case) -> Iterable[Found]:
    """A listen that was told to end before its recording was over, by nobody's wish."""
    limit = case.ns("truncated")
    broken_off = [
        listen
        for listen in case.timeline.listens
        if listen.end == "observed" and _left(listen) > limit and listen.reason not in BY_THE_LISTENER
    ]
    in_parts = _played_in_parts(case, limit) if broken_off else set()
    for listen in broken_off:
        if (listen.device, listen.lane, listen.asset) not in in_parts:
            why = f"({listen.reason})" if listen.reason else "(no reason was given)"
            message = (
                f"{titled(case.timeline, listen.asset)} broke off {why} with {lasting(_left(listen))} of it "
                "left, and the listener had not stopped it"
            )
            yield Found(listen.stop, listen.stop, message, _records(listen))


def skipped(case: Case) -> Iterable[Found]:
    """A listen that the listener ended early; or, where no end was told, one that the next start cut short."""
    least_left = case.ns("truncated")
    for listen in case.timeline.listens:
        left = _left(listen)
        if listen.reason == "skipped" or (listen.reason == "stopped" and left > least_left):
            rest = f" with {lasting(left)} of it left" if left > 0 else ""
            message = f"{titled(case.timeline, listen.asset)} was {listen.reason} by the listener{rest}"
            yield Found(listen.stop, listen.stop, message, _records(listen))
    yield from _skips_inferred(case)


def _skips_inferred(case: Case) -> Iterable[Found]:
    limit = case.ns("skipped")
    for listens in case.lanes.values():
        for listen, after in pairwise(one for one in listens if one.named_lane):
            early = listen.stop + wall_of(max(_left(listen), 0), listen.rate) - after.start
            if listen.end == "length" and early > limit:
                message = (
                    f"{titled(case.timeline, listen.asset)} was probably skipped: "
                    f"{titled(case.timeline, after.asset)} began on its lane {lasting(early)} before its "
                    "expected end, and no end was told"
                )
                yield Found(after.start, after.start, message, (listen.position, after.position))


def overrun(case: Case) -> Iterable[Found]:
    """A listen that was told to last longer than its recording, with its pauses and stalls."""
    limit = case.ns("overrun")
    for listen in case.timeline.listens:
        if listen.end != "observed" or listen.media_out is None or listen.held:
            continue
        excess = wall_of(-_left(listen), listen.rate)
        expected = listen.stop - listen.start - excess
        if excess > limit and case.thresholds.exceeds_percent("overrun_percent", excess, expected):
            message = (
                f"{titled(case.timeline, listen.asset)} was told to last {lasting(listen.stop - listen.start)}: "
                f"{lasting(excess)} longer than there is of it. What was heard then is not known"
            )
            yield Found(listen.stop - excess, listen.stop, message, _records(listen))


def never_ended(case: Case) -> Iterable[Found]:
    """A listen whose end nobody told though its session went on or is over; a session without an end.

    The session's stands at its beginning, so that it stays the same while events arrive.
    """
    timeline, limit = case.timeline, case.ns("never_ended")
    newest = case.records[-1].time * 1000
    for listen in timeline.listens:
        known = listen.start if listen.end == "open" else listen.stop
        if listen.end != "observed" and (timeline.ended or newest - known > limit):
            message = (
                f"nobody told that {titled(timeline, listen.asset)} ended: its end, after "
                f"{lasting(listen.stop - listen.start)}, is taken {INFERRED[listen.end]}"
            )
            yield Found(listen.start, listen.stop, message, (listen.position,))
    if not timeline.ended:
        began = [placed.position for placed in case.by_type["session-started"]]
        message = "nobody has told that the session ended: it is drawn to its newest event"
        position = min(began or [placed.position for placed in case.records])
        yield Found(timeline.zero, timeline.zero, message, (position,))


def _left(listen: Listen) -> int:
    """How much of the recording (ns of it) was left when a listen stopped; less than 0 beyond its end."""
    return 0 if listen.media_out is None else listen.media_out - listen.media_stop


def _played_in_parts(case: Case, limit: int) -> set[tuple[str | None, str, str | None]]:
    parts: set[tuple[str | None, str, str | None]] = set()
    reached: dict[tuple[str | None, str, str | None], int] = {}
    for (device, lane), listens in case.lanes.items():
        for listen in listens:
            part = (device, lane, listen.asset)
            if part in reached and listen.media_in > reached[part] + limit:
                parts.add(part)
            reached[part] = listen.media_stop
    return parts


def _records(listen: Listen) -> tuple[int, ...]:
    return (listen.position,) if listen.ended_by is None else (listen.position, listen.ended_by)
