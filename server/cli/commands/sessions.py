"""`playhead sessions`: which sessions there are."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click
from rich.table import Table
from rich.text import Text

from server.cli.documents import Document, Query
from server.cli.options import Place, json_option, log_option, takes_place
from server.cli.output import Column, remark, show, show_json, stdout, table
from server.cli.pages.palette import PALETTE
from server.cli.pages.timescale import clock
from server.cli.places.source import open_source
from server.cli.program import Command
from server.cli.text import moment, printable
from server.questions.sessions import MAX_SESSIONS

WIDE = 100
"""Columns of a terminal from which on the client is shown too."""


@click.command(
    cls=Command,
    examples=[
        ("The newest ones", "playhead sessions --data kept"),
        (
            "One device's, on one day",
            "playhead sessions --data kept --device phone-7 --since 2026-05-01T00:00:00Z",
        ),
        ("What goes on now", "playhead sessions --url http://127.0.0.1:8642 --token ph_... --state live"),
    ],
)
@takes_place
@log_option
@click.option("--device", metavar="DEVICE", help="Those that this device took part in.")
@click.option("--user", metavar="USER", help="Those that this user took part in.")
@click.option("--state", type=click.Choice(["live", "open", "ended"]), help="Those in this state.")
@click.option("--since", metavar="TIME", help="Those that had not ended by then (RFC 3339).")
@click.option("--until", metavar="TIME", help="Those that had begun by then (RFC 3339).")
@click.option("--text", metavar="TEXT", help="Those with this text in their ids or client.")
@click.option("--finding", metavar="RULE", help="Those in which this rule found something: gap, overlap, ...")
@click.option(
    "--severity", type=click.Choice(["error", "warning", "info"]), help="Those with findings that bad."
)
@click.option(
    "--limit",
    type=click.IntRange(1, MAX_SESSIONS),
    default=20,
    metavar="N",
    show_default=True,
    help="The most that are listed.",
)
@click.option("--before", metavar="CURSOR", help="Go on after a page: the cursor that it ended with.")
@json_option
def sessions(place: Place, as_json: bool, **filters: Any) -> None:
    """List sessions, newest first.

    Newest by the position of their first event, so that a list is stable while events arrive.
    """
    document = asyncio.run(_sessions(place, filters))
    if as_json:
        show_json(document)
        return
    show(_table(document["sessions"], stdout().width) if document["sessions"] else "no sessions")
    if document["next"]:
        (before,) = parse_qs(urlsplit(document["next"]).query)["before"]
        remark(f"There are more: raise --limit, or go on with --before {before}.")


def _table(sessions: list[Document], width: int) -> Table:
    """A row for each session; its client too, where the width allows it."""
    columns: list[Column] = ["session", ("log", "whole"), ("state", "whole"), ("began (UTC)", "whole")]
    columns += [(name, "right") for name in ("lasted", "listens", "events", "found")]
    wide = width >= WIDE
    rows = table(*columns, "client") if wide else table(*columns)
    for row in sessions:
        cells: list[str | Text] = [
            printable(row["session"]),
            printable(row["log"]),
            Text(row["state"], PALETTE[row["state"]].style),
            moment(row["zero"]),
            clock(row["duration"], 0),
            f"{row['listens']:,}",
            f"{row['events']:,}",
            _found(row["outline"]),
        ]
        rows.add_row(*cells, *([printable(row["client"] or "")] if wide else []))
    return rows


def _found(seen: Document | None) -> Text:
    """How many findings there are of the worst severity; nothing while nobody has looked."""
    if seen is None:
        return Text("")
    if seen["fault"] is not None:
        return Text("cannot be folded", PALETTE["error"].style)
    for severity in ("error", "warning", "info"):
        if count := seen["severities"][severity]:
            return Text(f"{count:,} {severity}", PALETTE[severity].style)
    return Text("-")


async def _sessions(place: Place, query: Query) -> Document:
    async with open_source(place) as source:
        return await source.sessions(query)
