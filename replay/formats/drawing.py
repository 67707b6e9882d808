"""An SVG drawing: a row a track, what was not heard hatched or shaded, findings and marks below.

Rule 1: every text is escaped, and nothing is asked for from outside: no script, style sheet, font or picture.
Rule 2: places are whole hundredths of a pixel, by integer arithmetic.
Rule 3: what each shape is, is told by its tooltip too: no meaning is in a colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from replay.clock import NANOSECONDS
from replay.formats.decimal import clock
from replay.formats.labels import labels
from replay.formats.media import tracks
from replay.formats.naming import one_line, title
from replay.session import Session
from replay.timeline.model import Clip

WIDTH = 1200
GUTTER = 130
RIGHT = 20
TALLEST, LOWEST, MOST_HIGH = 26, 2, 4000
"""A row's height in pixels, at most and at least; about how high all rows may be together."""
BAND = 22
LETTER = 7
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400)
"""Seconds between two ticks of the ruler."""

STYLE = """
svg text{font:12px system-ui,sans-serif;fill:#22262b}svg .ruler text{fill:#5b636d}.ruler path{stroke:#d8dce1}
.clip{fill:#1d5f9e}.open,.session,.next{fill:#5d8fbf}svg .on{fill:#fff;pointer-events:none}
.silence{fill:#e4e7eb}.unknown{fill:url(#unknown)}.paused{fill:#c8b273}.stalled{fill:#d55e00}
.mark{fill:#56b4e9}.error,.warning,.info{stroke:#fff;stroke-width:.6}.error{fill:#d7263d}.warning{fill:#e69f00}.info{fill:#56b4e9}.at{stroke:#d7263d;stroke-width:1.5;pointer-events:none}
""".strip()


def write(session: Session) -> bytes:
    """The drawing, as a file of its own."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{draw(session)}\n'.encode()


def draw(session: Session) -> str:
    """The drawing, as an element."""
    return "\n".join(_Drawing(session).lines())


class _Drawing:
    """One session on paper."""

    def __init__(self, session: Session) -> None:
        self._session = session
        timeline = session.timeline
        told = [label for label in labels(session) if label.kind != "clip"]
        self._begin = min([timeline.start, *(label.start for label in told)])
        self._length = max([timeline.stop, *(label.stop for label in told), self._begin + 1]) - self._begin
        self._told = told
        self._tracks = tracks(timeline)
        self._row = max(LOWEST, min(TALLEST, MOST_HIGH // max(len(self._tracks), 1)))
        self._high = BAND + max(len(self._tracks), 1) * self._row

    def lines(self) -> Iterator[str]:
        """The element, line by line."""
        high = self._high + 2 * BAND + 10
        name = escape(one_line(self._session.timeline.session))
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" width="{WIDTH}" height="{high}"'
            f' role="img" data-begin="{self._begin - self._session.timeline.zero}" data-length="{self._length}"'
            f' data-left="{GUTTER}" data-right="{WIDTH - RIGHT}">'
        )
        yield f"<title>Session {name}</title><style>{STYLE}</style>"
        yield (
            '<defs><pattern id="unknown" width="6" height="6" patternUnits="userSpaceOnUse">'
            '<rect width="6" height="6" fill="#f6ecf6"/><path d="M0 6L6 0" stroke="#b06fb3"/></pattern></defs>'
        )
        yield from self._ruler()
        yield from self._quiet()
        for number, (track, clips) in enumerate(self._tracks):
            top = BAND + number * self._row
            if self._row >= 12:
                yield f'<text x="4" y="{top + self._row - 8}">{escape(one_line(track)[:18])}</text>'
            yield from (line for clip in clips for line in self._clip(clip, top))
        yield from self._below()
        yield "</svg>"

    def _ruler(self) -> Iterator[str]:
        zero = self._session.timeline.zero
        step = next((s for s in STEPS if self._length <= 12 * s * NANOSECONDS), 0) * NANOSECONDS
        step = step or self._length // 12
        yield '<g class="ruler">'
        for count in range(-((zero - self._begin) // step), (self._begin + self._length - zero) // step + 1):
            x = self._x(zero + count * step)
            yield f'<path d="M{x} 16V{self._high}"/><text x="{x}" y="12">{told_time(count * step)}</text>'
        yield "</g>"

    def _quiet(self) -> Iterator[str]:
        for label in self._told:
            if label.kind not in ("mark", "finding"):
                yield self._rect(label.start, label.stop, BAND, self._high - BAND, label.kind, label.text)
                if self._room(label.start, label.stop) > len(label.kind):
                    yield f'<text x="{self._x(label.start)}" dx="4" y="{self._high - 8}">{label.kind}</text>'

    def _clip(self, clip: Clip, top: int) -> Iterator[str]:
        name = title(self._session.timeline, clip)
        told = f"{name}, lane {clip.lane}, end: {clip.end}, positions {' '.join(map(str, clip.positions))}"
        yield self._rect(clip.start, clip.stop, top + 1, self._row - 2, f"clip {clip.end}", told)
        room = self._room(clip.start, clip.stop)
        if room > 2 and self._row >= 12:
            shown = name if len(name) <= room else f"{name[: room - 1]}…"
            x, y = self._x(clip.start), top + self._row - 8
            yield f'<text class="on" x="{x}" dx="4" y="{y}">{escape(shown)}</text>'

    def _below(self) -> Iterator[str]:
        """Findings and marks, the longest first: what is short lies on top."""
        told = sorted(self._told, key=lambda label: label.start - label.stop)
        for line, kind in enumerate(("finding", "mark")):
            top = self._high + 4 + line * BAND
            yield f'<text x="4" y="{top + 13}">{kind}s</text>'
            for label in told:
                if label.kind == kind:
                    yield self._rect(
                        label.start, label.stop, top, BAND - 6, label.severity or label.kind, label.text
                    )

    def _rect(self, start: int, stop: int, top: int, high: int, kind: str, told: str) -> str:
        wide = max(_hundredths(stop - start, self._length), 200)
        begins = told_time(start - self._session.timeline.zero)
        return (
            f'<rect class="{kind}" x="{self._x(start)}" y="{top}" width="{_pixels(wide)}" height="{high}">'
            f"<title>{begins} {escape(one_line(told))}</title></rect>"
        )

    def _room(self, start: int, stop: int) -> int:
        """About how many letters have room in a stretch."""
        return (stop - start) * (WIDTH - GUTTER - RIGHT) // self._length // LETTER - 1

    def _x(self, moment: int) -> str:
        return _pixels(GUTTER * 100 + _hundredths(moment - self._begin, self._length))


def _hundredths(length: int, whole: int) -> int:
    return length * (WIDTH - GUTTER - RIGHT) * 100 // whole


def _pixels(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


def told_time(nanoseconds: int) -> str:
    """Hours, minutes and seconds from zero, no more of them than it takes."""
    text = clock(abs(nanoseconds)).removesuffix(".000").removeprefix("00:")
    return f"-{text}" if nanoseconds < 0 else text
