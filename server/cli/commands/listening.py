"""`playhead listening`: a device's day, and whether the wall clock allows it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import click
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from replay.days import time_zone
from server.cli.documents import Document, Query
from server.cli.options import Place, as_of_option, json_option, log_option, takes_place, threshold_option
from server.cli.output import Column, show, show_json, table
from server.cli.pages.palette import PALETTE
from server.cli.pages.report import finding_table
from server.cli.pages.timescale import clock
from server.cli.places.source import one_log, open_source
from server.cli.program import Command
from server.cli.text import moment, printable


@click.command(
    cls=Command,
    examples=[
        ("How long was it listened to?", "playhead listening car-7f3a 2026-05-14 --data kept"),
        (
            "By Berlin's midnights",
            "playhead listening car-7f3a 2026-05-14 --timezone Europe/Berlin --data kept",
        ),
        ("For a script", "playhead listening car-7f3a 2026-05-14 --data kept --json"),
    ],
)
@click.argument("device")
@click.argument("day", metavar="YYYY-MM-DD")
@takes_place
@log_option
@click.option(
    "--timezone", default="UTC", metavar="ZONE", show_default=True, help="Whose day: Europe/Berlin, ..."
)
@as_of_option
@threshold_option
@json_option
def listening(
    device: str,
    day: str,
    place: Place,
    log: str | None,
    timezone: str,
    as_of: str | None,
    thresholds: Query,
    as_json: bool,
) -> None:
    """Say how long a device was listened to on a day, session by session.

    More than the wall clock allows is impossible: then it says which sessions sounded at once, and why each may be
    told to be longer than it was: never ended, pauses counted, totals sent as durations.
    """
    query = {"log": log, "day": day, "timezone": timezone, "as_of": as_of, **thresholds}
    document = asyncio.run(_listening(place, device, log, query))
    if as_json:
        show_json(document)
    else:
        show(*_report(document))


def _report(document: Document) -> Iterator[RenderableType]:
    if not document["sessions"]:
        yield "nothing sounded that day"
        return
    numbers: tuple[Column, ...] = (("sounded", "right"), ("claimed", "right"))
    zone = time_zone(document["timezone"])
    rows = table("session", f"from ({zone.key})", f"to ({zone.key})", *numbers, "why it may be less")
    for one in document["sessions"]:
        state = Text(printable(one["session"]), "" if one["ended"] else PALETTE["open"].style)
        begun, ended = moment(one["start"], zone), moment(one["stop"], zone)
        why = printable("; ".join(one["why"]))
        rows.add_row(state, begun, ended, clock(one["listening"], 0), clock(one["claimed"], 0), why)
    yield rows
    yield ""
    yield (
        Text("listened ")
        .append(clock(document["listening"], 0), "bold")
        .append(
            f" in {clock(document['wall'], 0)} by the wall clock; the listens claim {clock(document['claimed'], 0)}"
        )
    )
    found = finding_table(document)
    if found is not None:
        yield ""
        yield Text("Findings", "bold")
        yield Padding(found, (0, 0, 0, 1), expand=False)


async def _listening(place: Place, device: str, log: str | None, query: Query) -> Document:
    async with open_source(place) as source:
        with one_log(log):
            return await source.listening(device, query)
