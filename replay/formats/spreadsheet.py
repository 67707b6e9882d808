"""CSV (RFC 4180): all that a timeline holds, a row each, in the order it happened.

Rule 1: one table with a `kind`: clip, silence, unknown, paused, stalled, mark, finding. A column that a kind has no
        use for is empty.
Rule 2: a cell that a spreadsheet would take for a formula begins with an apostrophe, which it shows as text.
        https://owasp.org/www-community/attacks/CSV_Injection
Rule 3: numbers are numbers: offsets may be negative, and no stranger writes them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from replay.clock import format_time
from replay.formats.decimal import seconds
from replay.formats.naming import one_line, title
from replay.session import Session
from replay.timeline.model import Clip, Timeline

COLUMNS = (
    *("kind", "start", "offset", "duration", "name", "detail", "severity"),
    *("listen", "asset", "end", "cut", "in", "rate", "gain", "session_gain", "pan", "loop", "lane", "row"),
    *("device", "user", "positions"),
)
FORMULA = re.compile(r"\s*[=+@\-\uff1d\uff0b\uff20\uff0d]")
"""How a formula may begin; some read the full-width signs as such too."""

Row = dict[str, Any]

_encode = msgspec.json.Encoder(order="sorted").encode


def write(session: Session) -> bytes:
    """The table, under a line of headings."""
    zero = session.timeline.zero
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, restval="")
    table.writeheader()
    for start, stop, row in sorted(_rows(session), key=lambda row: row[:2]):
        placed = {"start": format_time(start // 1000), "offset": seconds(start - zero)}
        table.writerow({**placed, "duration": seconds(stop - start), **row})
    return text.getvalue().encode()


def safe(text: str | None) -> str:
    """A stranger's text as a cell that no spreadsheet runs."""
    line = one_line(text or "")
    return f"'{line}" if FORMULA.match(line) else line


def _rows(session: Session) -> Iterator[tuple[int, int, Row]]:
    timeline = session.timeline
    for clip in timeline.clips:
        yield clip.start, clip.stop, _clip(timeline, clip)
    for kind, stretches in (("silence", timeline.silences), ("unknown", timeline.unknown)):
        for stretch in stretches:
            yield stretch.start, stretch.stop, {"kind": kind}
    for hold in (*timeline.pauses, *timeline.stalls):
        row = {"kind": hold.kind, "listen": safe(hold.listen), "positions": _listed(hold.positions)}
        yield hold.start, hold.stop, {**row, "end": "observed" if hold.closed else "open"}
    for mark in timeline.marks:
        row = {"kind": "mark", "name": safe(mark.type), "detail": safe(_encode(mark.data).decode())}
        yield mark.time, mark.time, {**row, "device": safe(mark.device), "positions": mark.position}
    for finding in session.findings:
        row = {"kind": "finding", "name": finding.rule, "detail": safe(finding.message)}
        row = {**row, "severity": finding.severity, "positions": _listed(finding.positions)}
        yield finding.start, finding.stop, row


def _clip(timeline: Timeline, clip: Clip) -> Row:
    return {
        "kind": "clip",
        "name": safe(title(timeline, clip)),
        "detail": clip.reason or "",
        "listen": safe(clip.listen),
        "asset": safe(clip.asset),
        "end": clip.end,
        "cut": clip.cut or "",
        "in": seconds(clip.media_in),
        "rate": clip.rate,
        "gain": clip.gain,
        "session_gain": clip.session_gain,
        "pan": clip.pan,
        "loop": "true" if clip.loop else "false",
        "lane": safe(clip.lane),
        "row": clip.row,
        "device": safe(clip.device),
        "user": safe(clip.user),
        "positions": _listed(clip.positions),
    }


def _listed(positions: tuple[int, ...]) -> str:
    return " ".join(map(str, positions))
