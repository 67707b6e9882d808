"""A replay's document drawn in the terminal: a ruler, a line for each row, a line of marks.

Rule 1: it draws what the document says and computes nothing of its own.
Rule 2: everything can be told apart without colour (`server.cli.pages.palette`).
Rule 3: later paint lies over earlier: unknown and silence, then clips, then pauses and stalls.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter

from rich.cells import cell_len
from rich.text import Text

from server.cli.documents import Document
from server.cli.pages.palette import BLOCK, ENDS, PALETTE, SEVERITIES, START, severity
from server.cli.pages.timescale import Scale
from server.cli.text import printable, shortened

GUTTER = 12
MIN_WIDTH = 40
HELD = {"pauses": "pause", "stalls": "stall"}
BLANK = {"unknown": "unknown", "silences": "silence"}


class Line:
    """One line of cells, each with a character and a style; a wide character takes two cells."""

    def __init__(self, cells: int) -> None:
        self._chars = [" "] * cells
        self._styles = [""] * cells

    def put(self, cell: int, char: str, style: str) -> None:
        """Paint one cell; half of a wide character that was there becomes a space."""
        if self._chars[cell] == "":
            self._chars[cell - 1] = " "
        if cell + 1 < len(self._chars) and self._chars[cell + 1] == "":
            self._chars[cell + 1] = " "
        self._chars[cell] = char
        self._styles[cell] = style

    def write(self, cell: int, text: str, style: str) -> None:
        """Paint a text from a cell on, as far as the line goes."""
        for char in text:
            width = cell_len(char)
            if cell + width > len(self._chars):
                return
            if width == 0:
                continue
            self.put(cell, char, style)
            if width == 2:
                self.put(cell + 1, " ", style)
                self._chars[cell + 1] = ""
            cell += width

    def fill(self, cells: range, char: str, style: str) -> None:
        """Paint a stretch with one character."""
        for cell in cells:
            self.put(cell, char, style)

    def text(self) -> Text:
        """The line, without blanks at its end."""
        text = Text(no_wrap=True, overflow="crop")
        for style, run in groupby(zip(self._styles, self._chars, strict=True), key=itemgetter(0)):
            text.append("".join(char for _, char in run), style or None)
        text.rstrip()
        return text


def draw(
    document: Document, width: int, *, ascii_only: bool = False, window: tuple[float, float] | None = None
) -> list[Text]:
    """The drawing of a replay in lines of at most `width` columns.

    `window` is the part to draw, from and to in seconds; without it, all.
    """
    cells = max(width, MIN_WIDTH) - GUTTER
    start, end = window or extent(document)
    scale = Scale(start, max(end - start, 0.001), cells)
    lines = [*_ruler(scale, ascii_only), *_rows(document, scale, ascii_only)]
    lines += _points(document, scale, ascii_only)
    return lines


def extent(document: Document) -> tuple[float, float]:
    """From the first to the last moment that the document speaks of, zero included."""
    stretches = [item for name in ("clips", *BLANK, *HELD) for item in document[name]]
    points = [item["offset"] for item in (*document["marks"], *document["findings"])]
    starts = [item["offset"] for item in stretches]
    ends = [item["offset"] + item["duration"] for item in stretches]
    return min([0.0, *starts, *points]), max([0.0, *ends, *points])


def legend(document: Document, *, ascii_only: bool = False) -> list[Text]:
    """What the characters of this drawing mean, one text each: only those that are in it."""
    present = {closing(clip) for clip in document["clips"]}
    entries = {char: (BLOCK, says) for char, says in ENDS.values() if char in present}
    for name, meaning in {**BLANK, **HELD}.items():
        if document[name]:
            row = PALETTE[meaning]
            entries[row.glyph(ascii_only)] = (row.style, meaning)
    return [Text().append(char, style).append(f" {says}") for char, (style, says) in entries.items()]


def closing(clip: Document) -> str:
    """The character that a clip ends with: how its end is known."""
    return ENDS["cut" if clip["cut"] else clip["end"]][0]


def _label(text: str, ascii_only: bool = False) -> Text:
    line = Line(GUTTER)
    line.write(0, shortened(printable(text), GUTTER - 1, "~" if ascii_only else "…"), "bold")
    label = line.text()
    label.pad_right(GUTTER - label.cell_len)
    return label


def _ruler(scale: Scale, ascii_only: bool) -> list[Text]:
    dash, tick = ("-", "+") if ascii_only else ("─", "┬")
    labels, rule = Line(scale.cells), Line(scale.cells)
    rule.fill(range(scale.cells), dash, "dim")
    for cell, label in scale.ticks():
        if cell + len(label) <= scale.cells:
            labels.write(cell, label, "")
        rule.put(cell, tick, "dim")
    return [_label("").append_text(labels.text()), _label("").append_text(rule.text())]


def _rows(document: Document, scale: Scale, ascii_only: bool) -> Iterable[Text]:
    rows: dict[int, list[Document]] = {}
    for clip in document["clips"]:
        rows.setdefault(clip["row"], []).append(clip)
    labelled: set[str] = set()
    for row in sorted(rows) or [0]:
        clips = rows.get(row, [])
        lane = clips[0]["lane"] if clips else ""
        label = "" if lane in labelled else f"lane {lane}" if clips else "nothing"
        labelled.add(lane)
        yield _label(label, ascii_only).append_text(_row(document, clips, scale, ascii_only).text())


def _row(document: Document, clips: Sequence[Document], scale: Scale, ascii_only: bool) -> Line:
    line = Line(scale.cells)
    for name, meaning in BLANK.items():
        for item in document[name]:
            _fill(line, scale, item, meaning, ascii_only)
    for clip in clips:
        _clip(line, scale.stretch(clip["offset"], clip["duration"]), clip, ascii_only)
    listens = {clip["listen"] for clip in clips}
    for name, meaning in HELD.items():
        for item in document[name]:
            if item["listen"] is None or item["listen"] in listens:
                _fill(line, scale, item, meaning, ascii_only)
    return line


def _fill(line: Line, scale: Scale, item: Document, meaning: str, ascii_only: bool) -> None:
    row = PALETTE[meaning]
    line.fill(scale.stretch(item["offset"], item["duration"]), row.glyph(ascii_only), row.style)


def _clip(line: Line, cells: range, clip: Document, ascii_only: bool) -> None:
    if not cells:
        return
    row = PALETTE["clip"]
    line.fill(cells, row.glyph(ascii_only), BLOCK)
    line.put(cells[0], START if len(cells) > 1 else closing(clip), BLOCK)
    line.put(cells[-1], closing(clip), BLOCK)
    title = printable(clip["title"] or clip["asset"] or "?")
    if len(cells) > 2:
        line.write(cells[1], shortened(title, len(cells) - 2, "~" if ascii_only else "…"), BLOCK)


def _points(document: Document, scale: Scale, ascii_only: bool) -> Iterable[Text]:
    if document["marks"]:
        row = PALETTE["mark"]
        offsets = [mark["offset"] for mark in document["marks"]]
        line = Line(scale.cells)
        for cell, count in _counted(offsets, scale).items():
            char = row.glyph(ascii_only) if count == 1 else str(count) if count < 10 else "+"
            line.put(cell, char, row.style)
        yield _label("marks").append_text(line.text())
    if document["findings"]:
        line = Line(scale.cells)
        for finding in sorted(document["findings"], key=_weight):
            row = severity(finding["severity"])
            cells = scale.stretch(finding["offset"], finding["duration"])
            line.fill(cells[:1], row.glyph(ascii_only), row.style)
        yield _label("findings").append_text(line.text())


def _counted(offsets: Iterable[float], scale: Scale) -> dict[int, int]:
    counts: dict[int, int] = {}
    for offset in offsets:
        if scale.start <= offset <= scale.end:
            cell = scale.cell(offset)
            counts[cell] = counts.get(cell, 0) + 1
    return counts


def _weight(finding: Document) -> int:
    return SEVERITIES.index(severity(finding["severity"]).name)
