"""A replay as a page of text: what it is, the drawing, the clips, what was found, the totals.

Rule: it says what the document says, in the document's order; seconds become clock times, nothing else changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from server.cli.documents import Document
from server.cli.pages.clocks import clock_lines
from server.cli.pages.drawing import draw, legend
from server.cli.pages.event_line import details
from server.cli.pages.palette import PALETTE, severity
from server.cli.pages.timescale import clock
from server.cli.text import flow, plural, printable

ENDINGS = {
    "observed": "ended",
    "length": "ended, by its length",
    "next": "ended, by the next start",
    "session": "ended, with the session",
    "open": "never ended",
}
TOTALS = {
    "heard": "clip",
    "overlapping": "clip",
    "silent": "silence",
    "paused": "pause",
    "stalled": "stall",
    "unknown": "unknown",
}

PLACED = ("clips", "silences", "unknown", "pauses", "stalls", "marks", "findings")
"""The lists of what has an offset."""


def report(
    document: Document,
    width: int,
    *,
    ascii_only: bool = False,
    window: tuple[float, float] | None = None,
    marks: bool = False,
) -> Iterator[RenderableType]:
    """Everything about a replay, to be printed one after another.

    `window` is the part to draw and to list, from and to in seconds; `marks` lists every mark of it.
    """
    part = within(document, window) if window else document
    yield heading(document)
    yield from clock_lines(document)
    yield ""
    yield from draw(document, width, ascii_only=ascii_only, window=window)
    key = legend(part, ascii_only=ascii_only)
    if key:
        yield ""
        yield from flow(key, width)
    for name, table in (
        ("clips", clip_table(part)),
        ("findings", finding_table(part)),
        ("marks", mark_table(part) if marks else mark_counts(part)),
    ):
        if table is not None:
            yield ""
            yield _title(name, len(part[name]), len(document[name]))
            yield Padding(table, (0, 0, 0, 1), expand=False)
    if document["erased"]:
        yield ""
        yield Text(f"Erased on request: {plural(len(document['erased']), 'event')}", PALETTE["erased"].style)
    yield ""
    if window:
        yield Text("The whole session", style="bold")
    yield from flow(totals(document), width)


def within(document: Document, window: tuple[float, float]) -> Document:
    """A document with no more of each list than what touches a part of the session, from and to in seconds."""
    return {
        **document,
        **{name: [item for item in document[name] if _touches(item, window)] for name in PLACED},
    }


def _touches(item: Document, window: tuple[float, float]) -> bool:
    start, end = window
    duration = item.get("duration", 0.0)
    if not duration:
        return bool(start <= item["offset"] <= end)
    return bool(item["offset"] < end and item["offset"] + duration > start)


def _title(name: str, shown: int, there: int) -> Text:
    text = Text(name.capitalize(), style="bold")
    return text if shown == there else text.append(f", {shown:,} of {there:,}", "not bold dim")


def heading(document: Document) -> Text:
    """The session, its log and state; its zero; the position that it is known at."""
    text = Text("session ").append(printable(document["session"]), "bold")
    text.append(f"   log {printable(document['log'])}")
    state = "ended" if document["ended"] else "open"
    text.append("   ").append("ended" if document["ended"] else "not ended", PALETTE[state].style)
    text.append(f"\n0:00 is {document['zero']}   as known at position {document['position']}", "dim")
    return text


def clip_table(document: Document) -> Table | None:
    """Every clip: its number, where it begins, how long it sounds, what it is, how it ended."""
    if not document["clips"]:
        return None
    table = _table(
        ("#", "right"), ("at", "right"), ("for", "right"), "lane", "recording", "from", "how it ended"
    )
    for clip in document["clips"]:
        table.add_row(
            str(clip["sequence"]),
            clock(clip["offset"]),
            clock(clip["duration"]),
            printable(clip["lane"]),
            recording_name(clip),
            clock(clip["in"]),
            Text(how_ended(clip), PALETTE["open"].style if clip["end"] == "open" and not clip["cut"] else ""),
        )
    return table


def finding_table(document: Document) -> Table | None:
    """What went wrong, with the positions of the records that show it."""
    if not document["findings"]:
        return None
    table = _table(("at", "right"), ("for", "right"), "severity", "rule", "what", "positions")
    for finding in document["findings"]:
        table.add_row(
            clock(finding["offset"]),
            clock(finding["duration"]) if finding["duration"] else "",
            Text(finding["severity"], severity(finding["severity"]).style),
            printable(finding["rule"]) + (f" x{finding['count']:,}" if finding["count"] > 1 else ""),
            printable(finding["message"]),
            _positions(finding["positions"]),
        )
    return table


def finding_counts(document: Document) -> Text:
    """How many cases there are of each severity, the worst first."""
    text = Text()
    for name, count in document["counts"].items():
        if count:
            text.append("   " if text else "").append(f"{count:,} {name}", severity(name).style)
    return text


def mark_table(document: Document) -> Table | None:
    """Every mark: when, what, by which device, and what it says."""
    if not document["marks"]:
        return None
    table = _table(("at", "right"), "what", "device", ("position", "right"), "details")
    for mark in document["marks"]:
        device = printable(mark["device"] or "")
        what, position = printable(mark["type"]), str(mark["position"])
        table.add_row(clock(mark["offset"]), what, device, position, details(mark["data"]))
    return table


def mark_counts(document: Document) -> Text | None:
    """How many marks there are of each type, the most frequent first."""
    if not document["marks"]:
        return None
    counts = Counter(printable(mark["type"]) for mark in document["marks"])
    return Text(
        ", ".join(f"{type_} x{count}" if count > 1 else type_ for type_, count in counts.most_common())
    )


def totals(document: Document) -> list[Text]:
    """How long the session lasted, and what of it was heard, silent, paused, stalled, unknown."""
    sums = document["totals"]
    texts = [Text().append("lasted ").append(clock(sums["duration"]), "bold")]
    for name, meaning in TOTALS.items():
        if sums[name] or name == "heard":
            share = _share(sums[name], sums["duration"])
            texts.append(Text().append(name, PALETTE[meaning].style).append(f" {clock(sums[name])}{share}"))
    return texts


def _share(part: float, whole: float) -> str:
    """A part in percent; never 0 or 100 % when it is not."""
    if not whole:
        return ""
    percent = round(100 * part / whole)
    if percent == 0 and part:
        return " (<1%)"
    return " (>99%)" if percent == 100 and part != whole else f" ({percent}%)"


def _table(*columns: str | tuple[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in columns:
        if isinstance(column, tuple):
            table.add_column(column[0], justify="right", no_wrap=True)
        else:
            table.add_column(column, overflow="fold")
    return table


def recording_name(clip: Document) -> Text:
    """What was played: its title with its id, or its id alone."""
    asset = printable(clip["asset"] or "?")
    text = Text(printable(clip["title"] or asset))
    if clip["title"]:
        text.append(f" ({asset})", "dim")
    return text


def how_ended(clip: Document) -> str:
    """How a clip or a listen ended, and why, as its sender says."""
    if clip.get("cut"):
        return str(clip["cut"])
    reason = f" ({printable(clip['reason'])})" if clip["reason"] else ""
    return ENDINGS[clip["end"]] + reason


def _positions(positions: list[int]) -> str:
    shown = ", ".join(map(str, positions[:5]))
    return shown + (", ..." if len(positions) > 5 else "")
