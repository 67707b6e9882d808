"""Audacity's labels: start, end and text, a line each, apart by tabs.

https://manual.audacityteam.org/man/importing_and_exporting_labels.html

Rule 1: a label is one line of plain text: tabs and line ends within it become spaces.
Rule 2: a label that lies before zero is kept as it is: Audacity takes negative times, and leaves out no label.
"""

from __future__ import annotations

from collections.abc import Iterator

from replay.formats.decimal import seconds
from replay.formats.naming import title
from replay.session import Session

Label = tuple[int, int, str]
"""(start, stop, text), in nanoseconds since the epoch."""


def write(session: Session) -> bytes:
    """All that a timeline holds, in time order: clips, silences, unknown, pauses, stalls, marks and findings."""
    zero = session.timeline.zero
    lines = (
        f"{seconds(start - zero, 6)}\t{seconds(stop - zero, 6)}\t{' '.join(text.split())}\n"
        for start, stop, text in sorted(labels(session), key=lambda label: label[:2])
    )
    return "".join(lines).encode()


def labels(session: Session) -> Iterator[Label]:
    """Every label, unsorted."""
    timeline = session.timeline
    for clip in timeline.clips:
        yield clip.start, clip.stop, title(timeline, clip)
    for stretch in timeline.silences:
        yield stretch.start, stretch.stop, "[silence]"
    for stretch in timeline.unknown:
        yield stretch.start, stretch.stop, "[unknown]"
    for hold in (*timeline.pauses, *timeline.stalls):
        yield hold.start, hold.stop, f"[{hold.kind}]"
    for mark in timeline.marks:
        yield mark.time, mark.time, mark.type
    for finding in session.findings:
        yield finding.start, finding.stop, f"{finding.severity.upper()} {finding.rule}: {finding.message}"
