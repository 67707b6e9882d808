"""`playhead findings`: what is wrong with a session."""

from __future__ import annotations

import asyncio

import click

from replay.findings import BY_ID, SEVERITIES
from server.cli.documents import Document, Query
from server.cli.options import (
    Place,
    as_of_option,
    clock_option,
    json_option,
    log_option,
    takes_place,
    threshold_option,
)
from server.cli.output import show, show_json
from server.cli.pages.report import finding_counts, finding_table
from server.cli.places.source import one_log, open_source
from server.cli.program import Command


@click.command(
    cls=Command,
    examples=[
        ("What went wrong", "playhead findings walk-1 --data kept"),
        ("As it was known before a late upload", "playhead findings walk-1 --data kept --as-of 1204"),
        ("Silences above a second only", "playhead findings walk-1 --data kept --rule gap --threshold gap=1"),
    ],
)
@click.argument("session")
@takes_place
@log_option
@as_of_option
@clock_option
@click.option("--rule", type=click.Choice(sorted(BY_ID)), metavar="RULE", help="Those of one rule.")
@click.option("--severity", type=click.Choice(SEVERITIES), help="Those of one severity.")
@threshold_option
@json_option
def findings(
    session: str,
    place: Place,
    log: str | None,
    as_of: str | None,
    clock: str | None,
    rule: str | None,
    severity: str | None,
    thresholds: Query,
    as_json: bool,
) -> None:
    """List what is wrong with a session, with the records that show it.

    Gaps, overlaps, listens cut off or never ended, late and missing events, clocks that are off, and more. What
    each rule says is in docs/findings.md.
    """
    query = {"log": log, "as_of": as_of, "clock": clock, "rule": rule, "severity": severity, **thresholds}
    document = asyncio.run(_findings(place, session, log, query))
    if as_json:
        show_json(document)
        return
    table = finding_table(document)
    if table is None:
        show("no findings")
    else:
        show(table, "", finding_counts(document))


async def _findings(place: Place, session: str, log: str | None, query: Query) -> Document:
    async with open_source(place) as source:
        with one_log(log):
            return await source.findings(session, query)
