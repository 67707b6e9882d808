"""`playhead explain`: why was it silent here?"""

from __future__ import annotations

import asyncio
import re

import click

from server.cli.documents import Document, Query
from server.cli.options import (
    Place,
    as_of_option,
    clock_option,
    json_option,
    log_option,
    seconds,
    takes_place,
)
from server.cli.output import show, show_json
from server.cli.pages.explanation import explanation_report
from server.cli.places.source import one_log, open_source
from server.cli.program import Command

TIME_OF_DAY = re.compile(r"\d\d:\d\d:\d\d(\.\d+)?", re.ASCII)


def moment(text: str) -> str:
    """A moment as HTTP takes it. `2:34` and `1:02:34` are from the session's zero; `14:58:04`, with two digits of
    hours, `14:58Z` and RFC 3339 are times (UTC)."""
    if TIME_OF_DAY.fullmatch(text):
        return f"{text}Z"
    if "T" in text or text.endswith("Z"):
        return text
    return f"{seconds(text):.9f}".rstrip("0").rstrip(".")


@click.command(
    cls=Command,
    examples=[
        ("At a moment, as the drawing counts", "playhead explain walk-1 2:34 --data kept"),
        ("At a time of day (UTC)", "playhead explain walk-1 14:58:04 --data kept"),
        ("Before the session's zero", "playhead explain walk-1 --data kept -- -4"),
        (
            "As it was known before a late upload",
            "playhead explain walk-1 1:15 --data kept --as-of 2026-05-15T00:00:00Z",
        ),
        ("For a script", "playhead explain walk-1 75 --url http://127.0.0.1:8642 --token ph_... --json"),
    ],
)
@click.argument("session")
@click.argument("at", type=moment)
@takes_place
@log_option
@as_of_option
@clock_option
@json_option
def explain(
    session: str,
    at: str,
    place: Place,
    log: str | None,
    as_of: str | None,
    clock: str | None,
    as_json: bool,
) -> None:
    """Tell what was playing at a moment, or why nothing was.

    Paused, stalled, a gap, muted, a recording that is missing, not begun, over, or unknown because nothing
    tells; with the records that show it. Where they came late: when, and what was believed before.

    AT is M:SS or H:MM:SS from the session's zero, seconds, a time of day in UTC (HH:MM:SS), or RFC 3339.
    """
    document = asyncio.run(_explain(place, session, {"log": log, "at": at, "as_of": as_of, "clock": clock}))
    if as_json:
        show_json(document)
        return
    show(*explanation_report(document))


async def _explain(place: Place, session: str, query: Query) -> Document:
    async with open_source(place) as source:
        with one_log(str(query["log"]) if query["log"] else None):
            return await source.explain(session, query)
