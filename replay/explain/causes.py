"""The causes, as a table, and what goes through it.

Rule 1: the first row that holds for a moment is its cause. Rows are ordered by how much they know: what sounded,
        then why what was under way could not be heard, then what is known of a stretch with nothing in it.
Rule 2: adding a cause is one function and one row here.
Rule 3: an explanation is a function of a session, a moment, and what is there of the recordings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice

import msgspec

from replay.explain import lateness, sounding, stillness
from replay.explain.found import Found
from replay.explain.model import Explanation, Known, State
from replay.explain.scene import NS, Scene
from replay.findings import Finding
from replay.session import Session
from replay.timeline import Description, Placed, in_fold_order

MOST_RECORDS = 100
"""How many records that an explanation rests on, and others, are told: those nearest to the moment."""
MOST_FINDINGS = 20


class Cause(msgspec.Struct, frozen=True):
    """A row: the cause's id, the state it means, its definition, and the code that looks for it."""

    id: str
    state: State
    definition: str
    look: Callable[[Scene], Found | None]


CAUSES = (
    Cause("playing", "sounding", "a clip sounds whose end is known", sounding.playing),
    Cause(
        "playing-open", "sounding", "a clip sounds as far as is known: nothing tells its end", sounding.open_
    ),
    Cause("recording-missing", "unknown", "a clip's recording is not there, or is broken", sounding.missing),
    Cause("recording-over", "silent", "a clip goes on, and its recording was over", sounding.over),
    Cause("muted", "silent", "a clip's gain, or the session's, was 0", sounding.muted),
    Cause("faded", "silent", "a ramp had brought a clip's gain, or the session's, to 0", sounding.faded),
    Cause("stalled", "silent", "playback had stalled", stillness.stalled),
    Cause("paused", "silent", "playback was paused", stillness.paused),
    Cause("gap", "silent", "a silence between two moments that are known", stillness.gap),
    Cause("before-start", "outside", "before all that is known of the session", stillness.before_start),
    Cause("after-end", "outside", "the session had ended", stillness.after_end),
    Cause("sequence-hole", "unknown", "events of that time were never received", stillness.sequence_hole),
    Cause("not-told", "unknown", "nothing tells what happened then", stillness.not_told),
)


def explain(session: Session, at: int, recordings: Mapping[str, Known] | None = None) -> Explanation:
    """What was playing at a moment (nanoseconds since the epoch), or why nothing was.

    `recordings` tells what is there of each asset; one that it does not name is taken to be there.
    """
    scene = Scene(session, at, recordings or {})
    cause, found = next((cause, found) for cause in CAUSES if (found := cause.look(scene)) is not None)
    records = scene.records(found.positions)
    return Explanation(
        at=at,
        cause=cause.id,
        state=cause.state,
        sentence=found.sentence,
        start=found.start,
        stop=found.stop,
        playing=scene.playing,
        holds=scene.holds,
        before=scene.before,
        after=scene.after,
        records=_nearest(records, at),
        descriptions=tuple(_described(scene, found.positions)),
        others=_others(scene, found),
        findings=_findings(scene, found),
        late=lateness.of(session, records),
    )


def _nearest(records: Sequence[Placed], at: int) -> tuple[Placed, ...]:
    """The records nearest to a moment, in fold order."""
    nearest = sorted(records, key=lambda placed: (abs(placed.time * NS - at), placed.position))[:MOST_RECORDS]
    return tuple(in_fold_order(nearest))


def _described(scene: Scene, positions: Iterable[int]) -> Iterable[Description]:
    """The descriptions among the positions that an explanation rests on."""
    wanted = frozenset(positions)
    return (known for known in scene.timeline.descriptions.values() if known.position in wanted)


def _others(scene: Scene, found: Found) -> tuple[Placed, ...]:
    """What else happened within the stretch: the marks that the explanation does not rest on."""
    told = frozenset(found.positions)
    inside = (
        mark.position
        for mark in scene.timeline.marks
        if mark.position not in told and _within(mark.time, mark.time, found)
    )
    return _nearest(scene.records(inside), scene.at)


def _findings(scene: Scene, found: Found) -> tuple[Finding, ...]:
    """What was found wrong over the moment, or at a moment within the stretch."""
    over = (
        finding
        for finding in scene.session.findings
        if finding.start <= scene.at < finding.stop
        or (finding.start == finding.stop and _within(finding.start, finding.stop, found))
    )
    return tuple(islice(over, MOST_FINDINGS))


def _within(start: int, stop: int, found: Found) -> bool:
    """Whether something lies within a stretch, its ends included."""
    return (found.start is None or found.start <= start) and (found.stop is None or stop <= found.stop)
