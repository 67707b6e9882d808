"""CSV (RFC 4180): a row a clip.

Rule 1: a cell that a spreadsheet would take for a formula begins with an apostrophe, which it shows as text.
        https://owasp.org/www-community/attacks/CSV_Injection
Rule 2: numbers are numbers: offsets may be negative, and no stranger writes them.
"""

from __future__ import annotations

import csv
import io
import re

from replay.clock import format_time
from replay.formats.decimal import seconds
from replay.formats.naming import title
from replay.session import Session
from replay.timeline.model import Clip, Timeline

FORMULA = re.compile(r"\s*[=+@\-\uff1d\uff0b\uff20\uff0d]")
"""How a formula may begin; some read the full-width signs as such too."""

COLUMNS = (
    "sequence",
    "start",
    "offset",
    "duration",
    "end",
    "cut",
    "asset",
    "title",
    "listen",
    "in",
    "rate",
    "gain",
    "session_gain",
    "pan",
    "loop",
    "lane",
    "row",
    "device",
    "user",
    "reason",
    "positions",
)


def write(session: Session) -> bytes:
    """The clips in the order they sound, under a line of headings."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    timeline = session.timeline
    for number, clip in enumerate(timeline.clips, start=1):
        rows.writerow([number, *_cells(timeline, clip)])
    return text.getvalue().encode()


def safe(text: str | None) -> str:
    """A stranger's text as a cell that no spreadsheet runs."""
    return f"'{text}" if text and FORMULA.match(text) else text or ""


def _cells(timeline: Timeline, clip: Clip) -> list[str | float | int]:
    return [
        format_time(clip.start // 1000),
        seconds(clip.start - timeline.zero),
        seconds(clip.stop - clip.start),
        clip.end,
        clip.cut or "",
        safe(clip.asset),
        safe(title(timeline, clip)),
        safe(clip.listen),
        seconds(clip.media_in),
        clip.rate,
        clip.gain,
        clip.session_gain,
        clip.pan,
        "true" if clip.loop else "false",
        safe(clip.lane),
        clip.row,
        safe(clip.device),
        safe(clip.user),
        clip.reason or "",
        " ".join(map(str, clip.positions)),
    ]
