"""An explanation as a page of text: the moment, the sentence, the records that show it, what else happened.

Rule: it says what the document says, in its order; seconds become clock times, nothing else changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from server.cli.documents import Document
from server.cli.output import table
from server.cli.pages.clocks import clock_lines
from server.cli.pages.event_line import details, type_style
from server.cli.pages.palette import PALETTE, severity
from server.cli.pages.timescale import clock
from server.cli.text import moment, printable

CAUSES = {
    "playing": "clip",
    "playing-open": "open",
    "gap": "silence",
    "stalled": "stall",
    "paused": "pause",
    "muted": "silence",
    "faded": "silence",
    "recording-over": "error",
    "recording-missing": "error",
    "before-start": "ended",
    "after-end": "ended",
}
"""How a cause is coloured; as `unknown` where it does not stand here."""


def explanation_report(document: Document) -> Iterator[RenderableType]:
    """Everything about an explanation, to be printed one after another."""
    yield _heading(document)
    yield from clock_lines(document)
    yield ""
    style = PALETTE[CAUSES.get(document["cause"], "unknown")].style
    yield Text(printable(document["cause"]), style).append(
        f": {printable(document['sentence'])}", "not bold default"
    )
    if document["late"]:
        yield Text("late", PALETTE["warning"].style).append(
            f": {printable(document['late']['sentence'])}", "not bold default"
        )
    yield from _listed("shown by", document["records"])
    yield from _listed("in that time also", document["others"])
    yield from _findings(document["findings"])


def _findings(findings: Sequence[Document]) -> Iterator[RenderableType]:
    if findings:
        yield ""
        yield Text("Found wrong here", "bold")
    for finding in findings:
        style = severity(finding["severity"]).style
        yield Text.assemble(
            " ",
            (finding["severity"], style),
            f"  {printable(finding['rule'])}: {printable(finding['message'])}",
        )


def _heading(document: Document) -> Text:
    text = Text("session ").append(printable(document["session"]), "bold")
    text.append(f"   log {printable(document['log'])}   at ").append(clock(document["offset"]), "bold")
    text.append(f"   {printable(document['at'])}")
    return text.append(f"\n0:00 is {document['zero']}   as known at position {document['position']}", "dim")


def _listed(title: str, records: Sequence[Document]) -> Iterator[RenderableType]:
    if records:
        yield ""
        yield Text(title.capitalize(), "bold")
        yield Padding(_records(records), (0, 0, 0, 1), expand=False)


def _records(records: Sequence[Document]) -> Table:
    rows = table(("at", "right"), "what", "device", ("position", "right"), "recorded (UTC)", "details")
    for record in records:
        rows.add_row(
            "" if record["offset"] is None else clock(record["offset"]),
            Text(printable(record["type"]), type_style(record["type"])),
            printable(record["device"] or ""),
            str(record["position"]),
            moment(record.get("recordedtime")),
            details(record["data"]),
        )
    return rows
