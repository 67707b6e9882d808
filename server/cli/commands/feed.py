"""`playhead feed`: one device's events, newest first."""

from __future__ import annotations

import asyncio
from typing import Any

import click
from rich.text import Text

from server.cli.documents import Document, Query
from server.cli.options import Place, json_option, log_option, takes_place
from server.cli.output import remark, show, show_json, table
from server.cli.pages.event_line import details, type_style
from server.cli.pages.timescale import clock
from server.cli.places.source import one_log, open_source
from server.cli.program import Command
from server.cli.text import plural, printable, shortened
from server.vinli.feed import MOST

LATE_MS = 60_000
"""An event that was stored so much later than it happened is shown as late."""
ID_WIDTH = 16


@click.command(
    cls=Command,
    examples=[
        ("What a device did last", "playhead feed phone-7 --data kept"),
        (
            "Its listens of one day",
            "playhead feed phone-7 --data kept --type 'listen-*' --since 2026-05-01T00:00:00Z",
        ),
        ("For a script", "playhead feed phone-7 --url http://127.0.0.1:8642 --token ph_... --json"),
    ],
)
@click.argument("device")
@takes_place
@log_option
@click.option("--type", metavar="TYPE", help="Events of this type; listen-* is every type that begins so.")
@click.option("--since", metavar="TIME", help="Events after this time (RFC 3339).")
@click.option("--until", metavar="TIME", help="Events up to this time (RFC 3339).")
@click.option(
    "--limit",
    type=click.IntRange(0, MOST),
    default=20,
    metavar="N",
    show_default=True,
    help="The most that are listed.",
)
@json_option
def feed(device: str, place: Place, as_json: bool, **filters: Any) -> None:
    """List a device's events, newest first.

    Newest by the time that they happened. With --json it is the page that Vinli's event service would give.
    """
    document = asyncio.run(_feed(place, device, filters))
    if as_json:
        show_json(document)
        return
    rows = table(("time (UTC)", "whole"), ("type", "whole"), ("late", "right"), "id", "details")
    for event in document["events"]:
        rows.add_row(
            printable(event["timestamp"][:23].replace("T", " ")),
            Text(printable(event["eventType"]), type_style(event["eventType"])),
            _late(event),
            Text(shortened(printable(event["id"]), ID_WIDTH), "dim"),
            _details(event),
        )
    show(rows if document["events"] else "no events")
    remaining = document["meta"]["pagination"]["remaining"]
    if remaining:
        remark(f"{plural(remaining, 'older event')}: raise --limit, or give --until.")


async def _feed(place: Place, device: str, query: Query) -> Document:
    async with open_source(place) as source:
        with one_log(query["log"]):
            return await source.feed(device, query)


def _late(event: Document) -> str:
    return clock(event["storageLatency"] / 1000, 0) if event["storageLatency"] > LATE_MS else ""


def _details(event: Document) -> Text:
    """What it is about, as `rule=<id>`, unless its data say so too; and its data."""
    about, meta = event["object"] or {}, event.get("meta", {})
    named = {str(about.get("type", "object")): about["id"]} if "id" in about else {}
    return details({**named, **meta})
