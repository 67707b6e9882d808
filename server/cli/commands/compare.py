"""`playhead compare`: two sessions, or two positions of one."""

from __future__ import annotations

import asyncio

import click

from server.cli.documents import Document, Query
from server.cli.options import Place, clock_option, json_option, log_option, takes_place
from server.cli.output import show, show_json, stdout
from server.cli.pages.comparison import comparison_report
from server.cli.places.source import one_log, open_source
from server.cli.program import Command


@click.command(
    cls=Command,
    examples=[
        ("What one session played and another did not", "playhead compare walk-1 walk-2 --data kept"),
        (
            "What a late upload changed, event by event",
            "playhead compare walk-1 --data kept --as-of 2026-05-15T00:00:00Z",
        ),
        ("Between two positions", "playhead compare walk-1 --data kept --as-of 228 --as-of-b 232"),
        (
            "For a script",
            "playhead compare walk-1 walk-2 --url http://127.0.0.1:8642 --token ph_... --json",
        ),
    ],
)
@click.argument("a", metavar="SESSION")
@click.argument("b", metavar="[OTHER]", required=False)
@takes_place
@log_option
@click.option(
    "--as-of", metavar="POSITION|TIME", help="SESSION as it was known at a position, or a recorded time."
)
@click.option("--as-of-b", metavar="POSITION|TIME", help="OTHER, likewise; without OTHER, SESSION later on.")
@click.option("--tolerance", metavar="SECONDS", help="Within which two moments are the same. [default: 0.05]")
@clock_option
@json_option
def compare(
    place: Place,
    a: str,
    b: str | None,
    log: str | None,
    as_of: str | None,
    as_of_b: str | None,
    tolerance: str | None,
    clock: str | None,
    as_json: bool,
) -> None:
    """Show what differs between two sessions.

    Plays are aligned by their recordings: missing, extra, in another order, shifted, truncated, and what else is
    different about them. Without OTHER one session is compared with itself at two positions of the log: what
    changed, and which event changed it.
    """
    query = {"log": log, "as_of": as_of, "as_of_b": as_of_b, "tolerance": tolerance, "clock": clock}
    document = asyncio.run(_compare(place, a, b or a, query))
    if as_json:
        show_json(document)
        return
    show(*comparison_report(document, stdout().width))


async def _compare(place: Place, a: str, b: str, query: Query) -> Document:
    async with open_source(place) as source:
        with one_log(str(query["log"]) if query["log"] else None):
            return await source.compare(a, b, query)
