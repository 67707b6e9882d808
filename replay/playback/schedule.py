"""A session as a score to be played: what begins, ends and happens, in order. Pure.

Rule 1: whatever begins has its end, and comes before it. At one moment, what lasted ends first, then marks,
        then what begins, then what has no length ends, then findings; a jump comes last.
Rule 2: a jump stands where nothing is to be heard for a while: neither a clip nor a stall, and not for want of
        data. It is told only to who skips. Everything else is the same for those who do and those who do not.
Rule 3: a step is known again in another schedule of the session by its `identity`: what begins by what it is
        and when.
Rule 4: what is drawn only to the end of what is known, as nobody told its end, is `provisional`: it may go on.
        So is a finding about that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from typing import Literal

import msgspec

from replay.findings import Finding
from replay.session import Session
from replay.timeline import Clip, Hold, Mark, Stretch, Timeline
from replay.timeline.stretches import Span, gaps, union

KINDS: dict[str, str] = {
    "clip-started": "a recording begins to sound: `clip`, as in the replay",
    "clip-ended": "it stops, and `clip` says how its end is known",
    "pause-started": "playback pauses: one listen, or the session",
    "pause-ended": "it goes on, or the session is over; `closed` in `pause`: somebody told so",
    "stall-started": "playback stalls: one listen, or the session",
    "stall-ended": "it goes on, or the session is over",
    "silence-started": "nothing sounds from here on, and that is known",
    "silence-ended": "the silence is over",
    "unknown-started": "nobody knows what sounds from here on",
    "unknown-ended": "it is known again",
    "mark": "another event of the session",
    "finding": "something wrong begins here: `finding`, as in the replay",
    "jump": "what is quiet from here `to` there is skipped; told with `skip_silence` only",
}

Item = Clip | Hold | Stretch | Mark | Finding
Where = Literal["started", "ended", "at"]

ENDED, MARK, STARTED, ENDED_AT_ONCE, FINDING, JUMP = range(6)


class Step(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Something that happens at a `moment` (nanoseconds since the epoch).

    `number` counts the items of its sort from 1: a clip's is its `sequence` in the replay. `partner` is the index
    of the step that ends, or began, the same.
    """

    moment: int
    kind: str
    item: Item
    number: int
    identity: Hashable
    provisional: bool = False
    partner: int | None = None


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """The steps in order, and the stretches in which nothing is to be heard."""

    steps: tuple[Step, ...]
    quiet: tuple[Span, ...]


def schedule(session: Session) -> Schedule:
    """The steps of a session."""
    quiet = quiet_spans(session.timeline)
    drafts = sorted(_drafts(session, quiet), key=lambda draft: (draft[0].moment, draft[1]))
    where = {(step.kind.partition("-")[0], step.number, step.kind): n for n, (step, _) in enumerate(drafts)}
    seen: Counter[Hashable] = Counter()
    steps = []
    for step, _ in drafts:
        name, _, verb = step.kind.partition("-")
        other = f"{name}-{'ended' if verb == 'started' else 'started'}"
        seen[step.identity] += 1
        identity = (step.identity, seen[step.identity])
        partner = where.get((name, step.number, other)) if verb else None
        steps.append(msgspec.structs.replace(step, identity=identity, partner=partner))
    return Schedule(steps=tuple(steps), quiet=tuple(quiet))


def quiet_spans(timeline: Timeline) -> list[Span]:
    """Where nothing is to be heard: silences, and pauses while nothing else sounds."""
    heard = [
        *((clip.start, clip.stop) for clip in timeline.clips),
        *((stall.start, stall.stop) for stall in timeline.stalls),
        *((stretch.start, stretch.stop) for stretch in timeline.unknown),
    ]
    return gaps(timeline.start, timeline.stop, union(heard), [])


Draft = tuple[Step, int]
"""A step, and its rank among those of its moment."""


def _drafts(session: Session, quiet: list[Span]) -> Iterator[Draft]:
    timeline = session.timeline
    for number, clip in enumerate(timeline.clips, 1):
        open_ended = clip.end == "open" and clip.cut is None
        yield from _span("clip", number, clip, open_ended, clip.listen)
    for name, holds in (("pause", timeline.pauses), ("stall", timeline.stalls)):
        for number, hold in enumerate(holds, 1):
            yield from _span(name, number, hold, not hold.closed and not timeline.ended, hold.listen)
    for number, stretch in enumerate(timeline.silences, 1):
        yield from _span("silence", number, stretch, False, None)
    for number, stretch in enumerate(timeline.unknown, 1):
        yield from _span("unknown", number, stretch, _is_at_the_edge(stretch, timeline), None)
    for number, mark in enumerate(timeline.marks, 1):
        yield _step("mark", mark.time, mark, number, mark.position), MARK
    for number, finding in enumerate(session.findings, 1):
        about = (finding.rule, finding.positions)
        at_the_edge = finding.stop == timeline.stop and not timeline.ended
        yield _step("finding", finding.start, finding, number, about, at_the_edge), FINDING
    for number, (start, stop) in enumerate(quiet, 1):
        yield _step("jump", start, Stretch(start, stop), number, None), JUMP


def _is_at_the_edge(stretch: Stretch, timeline: Timeline) -> bool:
    """Whether a stretch ends because no more is known, rather than by what begins there."""
    if timeline.ended or stretch.stop != timeline.stop:
        return False
    return not any(clip.start == stretch.stop for clip in reversed(timeline.clips))


def _span(
    name: str, number: int, item: Clip | Hold | Stretch, provisional: bool, about: Hashable
) -> Iterator[Draft]:
    """Where something begins, and where it ends."""
    rank = ENDED if item.stop > item.start else ENDED_AT_ONCE
    yield _step(f"{name}-started", item.start, item, number, about), STARTED
    yield _step(f"{name}-ended", item.stop, item, number, about, provisional), rank


def _step(
    kind: str, moment: int, item: Item, number: int, about: Hashable, provisional: bool = False
) -> Step:
    return Step(
        moment=moment,
        kind=kind,
        item=item,
        number=number,
        identity=(kind, moment, about),
        provisional=provisional,
    )
