"""Events that contradict each other. The fold has decided which of them counts; these tell of it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from replay.findings.model import Case, Found
from replay.findings.words import titled
from replay.timeline import Hold, Listen
from replay.words import lasting, number


def played_while_paused(case: Case) -> Iterable[Found]:
    """Listens that start while all of the session is paused; one that finishes, though not over, while paused."""
    pauses = [hold for hold in case.timeline.pauses if hold.listen is None]
    begins = [(hold.start, hold.positions[0]) for hold in pauses]
    started: dict[int, list[Listen]] = defaultdict(list)
    for listen in case.timeline.listens:
        before = bisect_left(begins, (listen.start, listen.position)) - 1
        if before >= 0 and listen.position not in case.orphans and _holds(pauses[before], listen):
            started[before].append(listen)
    for index, listens in started.items():
        yield _started_in(case, pauses[index], listens)
    yield from _finished_while_paused(case)


def _started_in(case: Case, pause: Hold, listens: list[Listen]) -> Found:
    title = titled(case.timeline, listens[0].asset)
    more = f" and {number(len(listens) - 1, 'more listen')}" if len(listens) > 1 else ""
    message = (
        f"{title}{more} started while the session was paused: taken to sound, as the start is the later word"
    )
    positions = (*pause.positions, *(listen.position for listen in listens))
    return Found(listens[0].start, listens[-1].start, message, positions, len(listens))


def _finished_while_paused(case: Case) -> Iterable[Found]:
    least_left = case.ns("truncated")
    for listen in case.timeline.listens:
        if listen.held != "paused" or listen.reason != "finished" or listen.ended_by is None:
            continue
        left = 0 if listen.media_out is None else listen.media_out - listen.media_stop
        if left > least_left:
            message = (
                f"{titled(case.timeline, listen.asset)} finished while it was paused, with {lasting(left)} "
                "of it left: it may have played on"
            )
            yield Found(listen.stop, listen.stop, message, (listen.position, listen.ended_by))


def _holds(pause: Hold, listen: Listen) -> bool:
    """Whether a pause that began before a listen still lasts when it starts: one never resumed lasts for good."""
    resumed = pause.positions[-1] if len(pause.positions) > 1 else None
    return resumed is None or (listen.start, listen.position) < (pause.stop, resumed)


def started_before_session(case: Case) -> Iterable[Found]:
    """A listen that starts before the session's own start."""
    timeline = case.timeline
    if not timeline.started:
        return
    began = min(placed.position for placed in case.by_type["session-started"])
    for listen in timeline.listens:
        if listen.start < timeline.zero and listen.position not in case.orphans:
            message = (
                f"{titled(timeline, listen.asset)} started {lasting(timeline.zero - listen.start)} "
                "before its session did"
            )
            yield Found(listen.start, min(listen.stop, timeline.zero), message, (began, listen.position))


def ended_before_start(case: Case) -> Iterable[Found]:
    """A `listen-ended` without a start of its listen or asset at or before it."""
    timeline = case.timeline
    for mark in timeline.marks:
        if mark.position in case.orphans:
            message = "a listen ended that had not started: nothing can be drawn of it"
            yield Found(mark.time, mark.time, message, (mark.position,))
    for listen in timeline.listens:
        if listen.position in case.orphans:
            message = (
                f"a listen of {titled(timeline, listen.asset)} ended whose start is missing: "
                f"that it began {lasting(listen.stop - listen.start)} before is its own word"
            )
            yield Found(listen.start, listen.stop, message, (listen.position,))
        elif listen.ended_by is not None and listen.told_stop is not None and listen.told_stop < listen.start:
            message = (
                f"{titled(timeline, listen.asset)} ended, by its time, "
                f"{lasting(listen.start - listen.told_stop)} before it started; its duration counts"
            )
            yield Found(listen.told_stop, listen.start, message, (listen.position, listen.ended_by))


def duration_disagrees(case: Case) -> Iterable[Found]:
    """An end whose duration and time tell different moments; the duration counts."""
    limit = case.ns("duration_disagrees")
    for listen in case.timeline.listens:
        difference = _difference(listen)
        if listen.ended_by is not None and abs(difference) > limit:
            message = (
                f"{titled(case.timeline, listen.asset)} ended {lasting(difference)} "
                f"{'later' if difference > 0 else 'earlier'} by its duration than by its time; "
                "the duration counts"
            )
            yield Found(listen.start, listen.stop, message, (listen.position, listen.ended_by))


def impossible_time(case: Case) -> Iterable[Found]:
    """A listen that is told to have lasted longer than the clock of its own device went on meanwhile."""
    limit = case.ns("impossible_time")
    for listen in case.timeline.listens:
        if listen.ended_by is None or listen.told_duration is None or listen.told_stop is None:
            continue
        wall = listen.told_stop - listen.start
        excess = listen.told_duration - wall
        if (
            wall >= 0
            and excess > limit
            and case.thresholds.exceeds_percent("impossible_time_percent", excess, wall)
        ):
            message = (
                f"{titled(case.timeline, listen.asset)} is told to have lasted "
                f"{lasting(listen.told_duration)} within {lasting(wall)}: "
                f"{lasting(excess)} more than the clock allows"
            )
            yield Found(listen.start, listen.stop, message, (listen.position, listen.ended_by))


def _difference(listen: Listen) -> int:
    """By how much (ns) an end's duration puts it later than its time."""
    if listen.told_duration is None or listen.told_stop is None:
        return 0
    return listen.start + listen.told_duration - listen.told_stop
