"""`playhead replay`: one session, drawn."""

from __future__ import annotations

import asyncio

import click

from server.cli.drawing import MIN_WIDTH, Document, extent
from server.cli.options import Place, json_option, log_option, seconds, takes_place
from server.cli.output import PIPE_WIDTH, show_json, stdout
from server.cli.program import Command
from server.cli.report import report
from server.cli.source import one_log, open_source


@click.command(
    cls=Command,
    examples=[
        ("Draw a session", "playhead replay walk-1 --data kept"),
        ("As it was known before a late upload", "playhead replay walk-1 --data kept --as-of 1204"),
        (
            "Half a minute of it, with every mark",
            "playhead replay walk-1 --data kept --from 1:15 --to 1:45 --marks",
        ),
        (
            "Its document, for a script",
            "playhead replay walk-1 --url http://127.0.0.1:8642 --token ph_... --json",
        ),
    ],
)
@click.argument("session")
@takes_place
@log_option
@click.option(
    "--as-of", metavar="POSITION|TIME", help="As it was known at a position, or at a recorded time."
)
@click.option("--from", "start", type=seconds, metavar="M:SS", help="Draw and list from this moment on.")
@click.option("--to", "end", type=seconds, metavar="M:SS", help="Draw and list up to this moment.")
@click.option("--marks", is_flag=True, help="List every mark with its data, in place of counts.")
@click.option(
    "--width",
    type=click.IntRange(MIN_WIDTH),
    metavar="COLUMNS",
    help=f"How wide to draw. [default: the terminal's, {PIPE_WIDTH} in a pipe]",
)
@json_option
def replay(
    session: str,
    place: Place,
    log: str | None,
    as_of: str | None,
    start: float | None,
    end: float | None,
    marks: bool,
    width: int | None,
    as_json: bool,
) -> None:
    """Draw what a session sounded like.

    Its clips on their lanes, silences, pauses, stalls, marks. What nobody knows is hatched: it is not
    silence. Below the drawing each clip is listed with how its end is known, then what was found wrong,
    then the totals.
    """
    document = asyncio.run(_replay(place, session, log, as_of))
    if as_json:
        show_json(document)
        return
    console = stdout(width)
    window = _window(document, start, end)
    ascii_only = console.options.ascii_only
    for part in report(document, console.width, ascii_only=ascii_only, window=window, marks=marks):
        console.print(part)


async def _replay(place: Place, session: str, log: str | None, as_of: str | None) -> Document:
    async with open_source(place) as source:
        with one_log(log):
            return await source.replay(session, {"log": log, "as_of": as_of})


def _window(document: Document, start: float | None, end: float | None) -> tuple[float, float] | None:
    if start is None and end is None:
        return None
    first, last = extent(document)
    window = (first if start is None else start, last if end is None else end)
    if window[0] >= window[1]:
        raise click.UsageError(f"--from {window[0]:g} is not before --to {window[1]:g} (in seconds).")
    return window
