"""Audacity's labels: start, end and text, a line each, apart by tabs.

https://manual.audacityteam.org/man/importing_and_exporting_labels.html

Rule 1: a label is one line of plain text: tabs and line ends within it become spaces.
Rule 2: time begins where the session's sound does, so that labels fit the sound; what lies before it is below 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from replay.findings.model import Severity
from replay.formats.decimal import seconds
from replay.formats.line import origin
from replay.formats.naming import one_line, title
from replay.session import Session


class Label(NamedTuple):
    """A text on a stretch of the timeline, in nanoseconds since the epoch."""

    start: int
    stop: int
    kind: Literal["clip", "silence", "unknown", "paused", "stalled", "mark", "finding"]
    text: str
    severity: Severity | None = None


def write(session: Session) -> bytes:
    """All that a timeline holds, in time order."""
    begin = origin(session.timeline)
    lines = (
        f"{seconds(label.start - begin)}\t{seconds(label.stop - begin)}\t{one_line(label.text)}\n"
        for label in sorted(labels(session), key=lambda label: label[:2])
    )
    return "".join(lines).encode()


def labels(session: Session) -> Iterator[Label]:
    """A label for each clip, silence, unknown stretch, pause, stall, mark and finding."""
    timeline = session.timeline
    for clip in timeline.clips:
        yield Label(clip.start, clip.stop, "clip", title(timeline, clip))
    for stretch in timeline.silences:
        yield Label(stretch.start, stretch.stop, "silence", "[silence]")
    for stretch in timeline.unknown:
        yield Label(stretch.start, stretch.stop, "unknown", "[unknown]")
    for hold in (*timeline.pauses, *timeline.stalls):
        yield Label(hold.start, hold.stop, hold.kind, f"[{hold.kind}]")
    for mark in timeline.marks:
        yield Label(mark.time, mark.time, "mark", mark.type)
    for finding in session.findings:
        text = f"{finding.severity.upper()} {finding.rule}: {finding.message}"
        yield Label(finding.start, finding.stop, "finding", text, finding.severity)
