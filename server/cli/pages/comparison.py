"""A comparison as a page of text: the verdict, what differs, and for one session the story of how it came.

Rule: it says what the document says, in its order; what follows alike is told once with its number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from server.cli.documents import Document
from server.cli.output import table
from server.cli.pages.event_line import type_style
from server.cli.pages.palette import PALETTE, severity
from server.cli.pages.timescale import clock
from server.cli.text import flow, plural, printable

MEANINGS = {
    **dict.fromkeys(("missing", "truncated"), "error"),
    **dict.fromkeys(("extra", "longer", "reordered", "shifted", "held", "rate", "in"), "warning"),
    **dict.fromkeys(("gain", "pan", "lane"), "info"),
}
"""How a kind of difference is coloured: as what it says of what was heard."""

STATES = {"heard": "clip", "silent": "silence", "paused": "pause", "stalled": "stall", "unknown": "unknown"}
SHOWN = 8
"""Positions that are told of one change."""


def comparison_report(document: Document, width: int) -> Iterator[RenderableType]:
    """Everything about a comparison, to be printed one after another."""
    yield from _sides(document)
    yield Text(printable(_sentence(document["message"])), "" if document["same"] else "bold")
    if document["compared"] == "sessions":
        yield from _part("differences", _differences(document))
    else:
        yield from _part("what changed", _changes(document))
        yield from _steps(document)
    yield from _part("findings", _findings(document))
    yield ""
    yield from flow(_totals(document), width)


def _sides(document: Document) -> Iterator[Text]:
    for name in ("a", "b"):
        side = document[name]
        text = Text(f"{name}  session ").append(printable(side["session"]), "bold")
        text.append(f"   log {printable(side['log'])}")
        text.append(
            f"   0:00 is {side['zero']}   as known at position {side.get('as_of', side['position'])}", "dim"
        )
        yield text


def _part(title: str, rows: Table) -> Iterator[RenderableType]:
    if rows.row_count:
        yield ""
        yield Text(title.capitalize(), "bold")
        yield Padding(rows, (0, 0, 0, 1), expand=False)


def _differences(document: Document) -> Table:
    """What differs, play by play; a run of plays that are shifted alike is one row."""
    rows = table(("in a", "right"), ("in b", "right"), ("what", "whole"), "how")
    for _, run in groupby(enumerate(document["differences"]), _alike):
        found = [difference for _, difference in run]
        first = found[0]
        how = Text(printable(first["message"]))
        if len(found) > 1:
            how.append(f", and {plural(len(found) - 1, 'play')} after it alike", "dim")
        kind = Text(first["kind"], PALETTE[MEANINGS[first["kind"]]].style)
        rows.add_row(_at(first["a"]), _at(first["b"]), kind, how)
    return rows


def _alike(numbered: tuple[int, Document]) -> object:
    """What a run of rows has in common; nothing but shifts make one."""
    number, difference = numbered
    return round(difference["amount"], 3) if difference["kind"] == "shifted" else ("one", number)


def _at(play: Document | None) -> str:
    return "" if play is None else clock(play["offset"])


def _changes(document: Document) -> Table:
    """What changed in all, and which records brought it."""
    rows = table(("at", "right"), ("what", "whole"), "how", "by position")
    for change in document["changes"]:
        positions = ", ".join(map(str, change["positions"][:SHOWN]))
        more = ", ..." if len(change["positions"]) > SHOWN else ""
        rows.add_row(clock(change["offset"]), _what(change), _how(change), positions + more or "?")
    return rows


def _steps(document: Document) -> Iterator[RenderableType]:
    """How it came: each event that changed something, and what it changed."""
    for number, step in enumerate(document["steps"]):
        yield ""
        if not number:
            yield Text("How it came", "bold")
            yield ""
        yield _step_heading(step)
        rows = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
        rows.add_column(justify="right", no_wrap=True)
        rows.add_column(no_wrap=True)
        rows.add_column(overflow="fold")
        for change in step["changes"]:
            rows.add_row(clock(change["offset"]), _what(change), _how(change))
        yield Padding(rows, (0, 0, 0, 3), expand=False)
        if step["changed"] > len(step["changes"]):
            yield Text(f"   and {step['changed'] - len(step['changes']):,} more", "dim")


def _step_heading(step: Document) -> Text:
    event = step["event"]
    if event is None:
        return Text(
            f" positions {step['after'] + 1} to {step['position']}, {plural(step['records'], 'record')}"
        )
    text = Text(f" {step['position']}  ", "dim")
    if event.get("erased"):
        return text.append("erased on request", PALETTE["erased"].style)
    text.append(printable(event["type"]), type_style(event["type"]))
    text.append(f"   of {printable(event['time'][:23].replace('T', ' '))}")
    return text.append(f"   recorded {event['recordedtime'][:23].replace('T', ' ')}", "dim")


def _what(change: Document) -> Text:
    """A kind of change, in the colour of what it is about."""
    kind = change["kind"]
    if kind == "became":
        return Text(kind, _state_style(change["now"]))
    if kind.startswith("finding-"):
        return Text(kind, severity((change["now"] or change["was"])["severity"]).style)
    name = kind.partition("-")[0]
    return Text(kind, PALETTE[name].style if name in PALETTE else "")


def _how(change: Document) -> Text:
    """A change's sentence; the states of a stretch in their colours."""
    text = Text(printable(change["message"]))
    if change["kind"] == "became":
        for state in (change["was"], change["now"]):
            text.highlight_words([f" {state}"], _state_style(state))
    return text


def _state_style(state: str) -> str:
    return PALETTE[STATES[state]].style if state in STATES else ""


def _findings(document: Document) -> Table:
    """How often each rule found something, where that differs."""
    rows = table("rule", ("a", "right"), ("b", "right"))
    for rule, counts in document["findings"].items():
        if counts["a"] != counts["b"]:
            rows.add_row(printable(rule), str(counts["a"]), str(counts["b"]))
    return rows


def _totals(document: Document) -> Sequence[Text]:
    """What was heard, silent, paused, stalled, unknown in either, where there is any."""
    texts = []
    for name, sums in document["totals"].items():
        if sums["a"] or sums["b"]:
            text = Text(name, _state_style(name)).append(f" {clock(sums['a'])}")
            if sums["difference"]:
                sign = "+" if sums["difference"] > 0 else ""
                text.append(f" -> {clock(sums['b'])} ({sign}{clock(sums['difference'])})")
            texts.append(text)
    return texts


def _sentence(message: str) -> str:
    return f"{message[0].upper()}{message[1:]}."
