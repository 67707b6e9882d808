"""The messages of a playback as lines of text, each when it is told.

Rule: a line is a moment of the session, the character of what it is, and what it says; a step that is told late
      says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.text import Text

from server.cli.documents import Document
from server.cli.pages.event_line import data_text, type_style
from server.cli.pages.palette import ENDS, PALETTE, START, severity
from server.cli.pages.timescale import clock
from server.cli.text import plural, printable

WIDTH = 11
"""Columns of a moment."""


def playing_lines(message: Document, *, ascii_only: bool = False) -> Iterator[Text]:
    """The lines of one message."""
    return LINES[message["event"]](message, ascii_only)


def _header(message: Document, ascii_only: bool) -> Iterator[Text]:
    text = Text("session ").append(printable(message["session"]), "bold")
    text.append(f"   log {printable(message['log'])}   0:00 is {message['zero']}")
    yield text.append(f"   as known at position {message['position']}", "dim")
    speed = message["speed"] if message["speed"] == "max" else f"{message['speed']:g}"
    how = f"speed {speed}   from {clock(message['from'])}   to {clock(message['stop'])}"
    yield Text(how + ("   without what is silent" if message["skip_silence"] else ""), "dim")
    if more := message["under_way_count"] - len(message["under_way"]):
        yield Text(f"{'':>{WIDTH}}  {plural(more, 'more thing')} under way", "dim")
    for step in message["under_way"]:
        yield _line(step, ascii_only).append("   under way", "dim")


def _step(message: Document, ascii_only: bool) -> Iterator[Text]:
    yield _line(message, ascii_only)


def _news(message: Document, ascii_only: bool) -> Iterator[Text]:
    text = Text(f"{'':>{WIDTH}}  as known at position {message['position']}", "dim")
    if message["withdrawn"]:
        text.append(f"   {plural(message['withdrawn'], 'thing')} told before known otherwise now")
    yield text
    for step in message["late"]:
        yield _line(step, ascii_only).append("   told late", "dim")
    if more := message["late_count"] - len(message["late"]):
        yield Text(f"{'':>{WIDTH}}  {plural(more, 'more thing')} told late", "dim")


def _reset(message: Document, ascii_only: bool) -> Iterator[Text]:  # noqa: ARG001 - as the others
    yield Text("What was told is known otherwise now: from the beginning.", "dim")


def _end(message: Document, ascii_only: bool) -> Iterator[Text]:  # noqa: ARG001 - as the others
    why = "the session is over" if message["ended"] else "no more is known"
    yield Text(f"{clock(message['stop']):>{WIDTH}}  ").append(why, "dim")


LINES: dict[str, Callable[[Document, bool], Iterator[Text]]] = {
    "header": _header,
    "step": _step,
    "news": _news,
    "reset": _reset,
    "end": _end,
}


def _line(step: Document, ascii_only: bool) -> Text:
    name, _, verb = step["kind"].partition("-")
    text = Text(f"{clock(step['offset']):>{WIDTH}}  ")
    return text.append_text(SAYS[name](step[name], verb, ascii_only))


def _clip(clip: Document, verb: str, ascii_only: bool) -> Text:  # noqa: ARG001 - as the others
    name, style = printable(clip["title"] or clip["asset"] or "?"), PALETTE["clip"].style
    if verb == "started":
        text = Text().append(f"{START} {name}", style).append(f"   lane {printable(clip['lane'])}", "dim")
        return text.append(f"   from {clock(clip['in'])} of it", "dim") if clip["in"] else text
    char, meaning = ENDS["cut" if clip["cut"] else clip["end"]]
    why = printable(clip["cut"] or clip["reason"] or meaning)
    return Text().append(f"{char} ", style).append(name).append(f"   {why}", "dim")


def _stretch(name: str, words: tuple[str, str]) -> Callable[[Document, str, bool], Text]:
    """The line of a pause, stall, silence or unknown stretch: where it begins, and where it ends."""

    def line(item: Document, verb: str, ascii_only: bool) -> Text:
        row = PALETTE[name]
        text = Text().append(f"{row.glyph(ascii_only)} ", row.style)
        text.append(words[0] if verb == "started" else words[1])
        return text.append(f"   {printable(item['listen'])}", "dim") if item.get("listen") else text

    return line


def _mark(mark: Document, verb: str, ascii_only: bool) -> Text:  # noqa: ARG001 - as the others
    text = Text().append(f"{PALETTE['mark'].glyph(ascii_only)} ", PALETTE["mark"].style)
    text.append(printable(mark["type"]), type_style(mark["type"])).append("   ")
    text.append_text(data_text(mark["data"]))
    text.rstrip()
    return text


def _finding(finding: Document, verb: str, ascii_only: bool) -> Text:  # noqa: ARG001 - as the others
    row = severity(finding["severity"])
    text = Text().append(f"{row.glyph(ascii_only)} {printable(finding['rule'])}", row.style)
    return text.append(f"   {printable(finding['message'])}")


def _jump(jump: Document, verb: str, ascii_only: bool) -> Text:  # noqa: ARG001 - as the others
    return Text(
        f"{'>>' if ascii_only else '»'} {clock(jump['duration'])} skipped, to {clock(jump['to'])}", "dim"
    )


SAYS: dict[str, Callable[[Document, str, bool], Text]] = {
    "clip": _clip,
    "pause": _stretch("pause", ("paused", "goes on")),
    "stall": _stretch("stall", ("stalled", "recovered")),
    "silence": _stretch("silence", ("silent", "the silence is over")),
    "unknown": _stretch("unknown", ("from here on nobody knows", "it is known again")),
    "mark": _mark,
    "finding": _finding,
    "jump": _jump,
}
