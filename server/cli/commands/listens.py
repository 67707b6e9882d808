"""`playhead listens`: what a session played, play by play."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import click
from rich.console import RenderableType
from rich.text import Text

from server.cli.documents import Document, Query
from server.cli.options import Place, as_of_option, clock_option, json_option, log_option, takes_place
from server.cli.output import Column, remark, show, show_json, table
from server.cli.pages.palette import PALETTE
from server.cli.pages.report import how_ended, recording_name
from server.cli.pages.timescale import clock
from server.cli.places.source import one_log, open_source
from server.cli.program import Command
from server.cli.text import plural, printable
from server.reads.session_listens import MAX_LISTENS

GOES_ON = ("as_of", "cursor")
"""What of a document's `next` tells where the list goes on."""


@click.command(
    cls=Command,
    examples=[
        ("What was played, and how much of it was heard", "playhead listens walk-1 --data kept"),
        ("As it was known before a late upload", "playhead listens walk-1 --data kept --as-of 1204"),
        ("For a script", "playhead listens walk-1 --data kept --json"),
    ],
)
@click.argument("session")
@takes_place
@log_option
@as_of_option
@clock_option
@click.option(
    "--limit",
    type=click.IntRange(1, MAX_LISTENS),
    default=100,
    metavar="N",
    show_default=True,
    help="The most that are listed.",
)
@click.option("--cursor", metavar="CURSOR", help="Go on after a page: the cursor that it ended with.")
@json_option
def listens(session: str, place: Place, log: str | None, as_json: bool, **query: str | int | None) -> None:
    """List the listens of a session: each play of a recording, in the order they began.

    When it was meant to begin, when it did, how long it lasted and how much of that was heard, and how it ended.
    """
    document = asyncio.run(_listens(place, session, log, {"log": log, **query}))
    if as_json:
        show_json(document)
        return
    show(*_report(document))
    if document["next"]:
        onward = parse_qs(urlsplit(document["next"]).query)
        flags = " ".join(f"--{name.replace('_', '-')} {onward[name][0]}" for name in GOES_ON)
        remark(f"There are more: raise --limit, or go on with {flags}.")


def _report(document: Document) -> Iterator[RenderableType]:
    if not document["listens"]:
        yield "no listens"
        return
    numbers: list[Column] = [(name, "right") for name in ("at", "late", "for", "heard")]
    rows = table(*numbers, "lane", "recording", ("from", "right"), "how it ended", ("position", "right"))
    for one in document["listens"]:
        planned = one["planned"]
        rows.add_row(
            clock(one["offset"]),
            clock(planned["late"]) if planned else "",
            clock(one["duration"]),
            clock(one["heard"]),
            printable(one["lane"]),
            recording_name(one),
            clock(one["in"]),
            Text(how_ended(one), PALETTE["open"].style if one["end"] == "open" else ""),
            str(one["position"]),
        )
    yield rows
    yield ""
    yield plural(document["count"], "listen")


async def _listens(place: Place, session: str, log: str | None, query: Query) -> Document:
    async with open_source(place) as source:
        with one_log(log):
            return await source.listens(session, query)
