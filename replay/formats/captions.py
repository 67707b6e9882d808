"""WebVTT (https://www.w3.org/TR/webvtt1/): a text track to the session's sound.

Rule 1: time begins where the sound does, at zero or at the first clip before it: WebVTT knows no time below 0. What
        lies before is shown at 0.
Rule 2: a cue lasts: what has no length is shown for a second, anything else for a millisecond at least.
Rule 3: cues are in order of their start, and may overlap. Each has a class: clip, silence, unknown, paused,
        stalled, mark, finding.
"""

from __future__ import annotations

import html

from replay.clock import format_time
from replay.formats.decimal import clock
from replay.formats.labels import Label, labels
from replay.formats.line import origin
from replay.formats.naming import one_line
from replay.session import Session

MILLISECOND = 1_000_000


def write(session: Session) -> bytes:
    """The track."""
    timeline = session.timeline
    begin = origin(timeline)
    head = f"WEBVTT\n\nNOTE\nsession {_escaped(timeline.session)} from {format_time(begin // 1000)}\n"
    cues = sorted((_cue(label, begin) for label in labels(session)), key=lambda cue: cue[0])
    return "".join([head, *(cue for _, cue in cues)]).encode()


def _cue(label: Label, begin: int) -> tuple[int, str]:
    start = max(label.start - begin, 0) // MILLISECOND
    length = (label.stop - label.start) // MILLISECOND if label.stop > label.start else 1000
    stop = start + max(length, 1)
    times = f"{clock(start * MILLISECOND)} --> {clock(stop * MILLISECOND)}"
    return start, f"\n{times}\n<c.{label.kind}>{_escaped(label.text)}</c>\n"


def _escaped(text: str) -> str:
    """Text without what ends a cue, and with what would begin a tag or an escape escaped."""
    return html.escape(one_line(text), quote=False)
