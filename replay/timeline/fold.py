"""The fold: one session's records -> its timeline.

Rule 1: pure. The same evidence gives the same timeline, in whatever order its records are handed over; a
        prefix's timeline needs nothing that came later.
Rule 2: no record is lost: each is evidence of a clip or a hold, or it is a mark.
Rule 3: written once. The live timeline and every replay, as of any position, are this function.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

import msgspec

from replay.timeline.evidence import Description, Evidence, Placed
from replay.timeline.holds import session_holds
from replay.timeline.holes import Counter, counters
from replay.timeline.listens import Heard, Listens, Session
from replay.timeline.model import Clip, Hold, Mark, Timeline
from replay.timeline.rows import assign_rows
from replay.timeline.sorting import NS, Sorted, sort
from replay.timeline.stretches import Edges, gaps, measure, take_up, tell_apart


def fold(evidence: Evidence) -> Timeline:
    """The timeline of a session. Raises ValueError without records, `TooLarge` above `MAX_STEPS`."""
    if not evidence.records:
        raise ValueError("a session without records has no timeline")
    heaps = sort(evidence)
    session = _session(heaps)
    zero = _zero(heaps)
    heard = list(Listens(heaps, session, evidence.descriptions).play())
    clips = _in_rows(heard)
    holds = session_holds(heaps.wide, session) + [hold for one in heard for hold in one.holds]
    holds.sort(key=lambda hold: (hold.start, hold.positions))
    start, stop = _extent(zero, session, (*clips, *holds))
    taken = take_up(clips, holds)
    free = gaps(start, stop, taken.all, [zero] if session.stop is None else [zero, session.stop])
    counted = counters(evidence)
    holes = [hole for counter in counted for hole in counter.holes()]
    edges = _edges(heaps, session, zero, clips, holds)
    silences, unknown = tell_apart(free, edges, [(hole.start, hole.stop) for hole in holes])
    descriptions = _descriptions(evidence, heard)
    return Timeline(
        log=evidence.log,
        session=evidence.session,
        zero=zero,
        start=start,
        stop=stop,
        position=_last_contributing(heaps.records, counted, descriptions),
        started=bool(heaps.sessions_started),
        ended=session.stop is not None,
        clips=tuple(clips),
        listens=tuple(one.listen for one in heard),
        pauses=tuple(hold for hold in holds if hold.kind == "paused"),
        stalls=tuple(hold for hold in holds if hold.kind == "stalled"),
        silences=tuple(silences),
        unknown=tuple(unknown),
        marks=tuple(_marks(heaps, clips, holds)),
        holes=tuple(holes),
        orphans=tuple(end.placed.position for end in heaps.orphans),
        erased=tuple(sorted(evidence.erased)),
        descriptions=descriptions,
        totals=measure(start, stop, clips, taken, silences, unknown),
    )


def _session(heaps: Sorted) -> Session:
    """The session's newest moment and its end: of several, the one at the highest position."""
    newest = heaps.records[-1].time * NS
    ended = max(heaps.sessions_ended, key=lambda placed: placed.position, default=None)
    if ended is None:
        return Session(newest, None, None)
    return Session(newest, ended.time * NS, ended.position)


def _zero(heaps: Sorted) -> int:
    """The time of the session-started with the lowest position, else the earliest time."""
    began = min(heaps.sessions_started, key=lambda placed: placed.position, default=heaps.records[0])
    return began.time * NS


def _in_rows(heard: Sequence[Heard]) -> list[Clip]:
    """Every clip with its row, in the order they sound; those that begin together in the order of their listens."""
    rows = assign_rows([one.listen for one in heard])
    clips = [
        clip if clip.row == row else msgspec.structs.replace(clip, row=row)
        for one, row in zip(heard, rows, strict=True)
        for clip in one.clips
    ]
    clips.sort(key=lambda clip: clip.start)
    return clips


def _extent(zero: int, session: Session, lasting: Iterable[Clip | Hold]) -> tuple[int, int]:
    """What the totals cover: from zero or what began before it, to the end, the newest event or what lasted."""
    told = session.newest if session.stop is None else session.stop
    spans = [(one.start, one.stop) for one in lasting]
    return min([zero, *(start for start, _ in spans)]), max([zero, told, *(stop for _, stop in spans)])


def _edges(heaps: Sorted, session: Session, zero: int, clips: Sequence[Clip], holds: Sequence[Hold]) -> Edges:
    """The moments that may bound a silence."""
    derived = {end.placed.position for end in heaps.orphans}
    uncertain = {clip.stop for clip in clips if clip.end not in ("observed", "length")}
    uncertain |= {hold.stop for hold in holds if not hold.closed}
    ends = {clip.stop for clip in clips} | {hold.stop for hold in holds}
    starts = {clip.start for clip in clips if not derived or not derived.issuperset(clip.positions)}
    starts |= {hold.start for hold in holds}
    ends -= uncertain
    if heaps.sessions_started:
        ends.add(zero)
    if session.stop is not None:
        starts.add(session.stop)
        ends.discard(session.stop)
    return Edges(frozenset(ends), frozenset(starts))


def _descriptions(evidence: Evidence, heard: Sequence[Heard]) -> dict[str, Description]:
    played = sorted({one.listen.asset for one in heard if one.listen.asset is not None})
    return {asset: evidence.descriptions[asset] for asset in played if asset in evidence.descriptions}


def _last_contributing(
    records: Sequence[Placed], counted: Sequence[Counter], descriptions: dict[str, Description]
) -> int:
    described = (description.position for description in descriptions.values())
    filling = (position for counter in counted for position in counter.filling())
    return max(chain((placed.position for placed in records), described, filling))


def _marks(heaps: Sorted, clips: Sequence[Clip], holds: Sequence[Hold]) -> Iterable[Mark]:
    """Every record that is not evidence of a clip or a hold, and the session's own start and end."""
    shown: set[int] = set()
    shown.update(*(clip.positions for clip in clips), *(hold.positions for hold in holds))
    shown.difference_update(placed.position for placed in (*heaps.sessions_started, *heaps.sessions_ended))
    for placed in heaps.records:
        if placed.position not in shown:
            event = placed.event
            yield Mark(
                time=placed.time * NS,
                type=event.type,
                position=placed.position,
                device=event.device,
                data=event.data,
            )
