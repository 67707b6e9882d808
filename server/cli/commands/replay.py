"""`playhead replay`: one session, drawn, or written to a file in any format."""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing, nullcontext
from pathlib import Path
from typing import NamedTuple

import click

from server.cli.documents import Document, Query
from server.cli.keeping import new_file
from server.cli.loudspeaker import find_player, play
from server.cli.options import (
    Place,
    as_of_option,
    clock_option,
    json_option,
    log_option,
    seconds,
    takes_place,
)
from server.cli.output import PIPE_WIDTH, progress, remark, show_json, stdout
from server.cli.pages.drawing import MIN_WIDTH, extent
from server.cli.pages.report import report
from server.cli.places.source import one_log, open_source
from server.cli.program import Command
from server.exports.table import EXPORTS, Export, export_of
from server.sound.questions import written_lanes

ENDINGS = [row.extension for row in EXPORTS]


@click.command(
    cls=Command,
    examples=[
        ("Draw a session", "playhead replay walk-1 --data kept"),
        ("As it was known before a late upload", "playhead replay walk-1 --data kept --as-of 1204"),
        (
            "Half a minute of it, with every mark",
            "playhead replay walk-1 --data kept --from 1:15 --to 1:45 --marks",
        ),
        ("With a wrong clock set right", "playhead replay walk-1 --data kept --clock corrected"),
        (
            "A project for an editor; the file's ending says which format",
            "playhead replay walk-1 --data kept -o walk.otio",
        ),
        ("Hear it, from 1:15 on", "playhead replay walk-1 --data kept --from 1:15 --play"),
        (
            "Half a minute of it, to be kept",
            "playhead replay walk-1 --data kept --from 1:15 --to 1:45 -o walk.flac",
        ),
        (
            "One lane alone, or all but one",
            'playhead replay walk-1 --data kept --lane "guide, left" -o guide.flac',
        ),
        ("All of it, to take along", "playhead replay walk-1 --data kept -o walk.zip --recordings"),
        (
            "Its document, for a script",
            "playhead replay walk-1 --url http://127.0.0.1:8642 --token ph_... --json",
        ),
    ],
)
@click.argument("session")
@takes_place
@log_option
@as_of_option
@clock_option
@click.option(
    "--from", "start", type=seconds, metavar="M:SS", help="Draw and list, or hear, from this moment on."
)
@click.option("--to", "end", type=seconds, metavar="M:SS", help="Draw and list, or hear, up to this moment.")
@click.option("--marks", is_flag=True, help="List every mark with its data, in place of counts.")
@click.option(
    "--width",
    type=click.IntRange(MIN_WIDTH),
    metavar="COLUMNS",
    help=f"How wide to draw. [default: the terminal's, {PIPE_WIDTH} in a pipe]",
)
@click.option(
    "-o",
    "output",
    metavar="FILE",
    help=f"Write it to a file, which ends with one of: {', '.join(ENDINGS)}. - is stdout.",
)
@click.option(
    "--format",
    "extension",
    type=click.Choice(ENDINGS),
    metavar="ENDING",
    help="The format, whatever the file is called.",
)
@click.option("--lane", "lanes", multiple=True, metavar="LANE", help="Hear this lane; may be repeated.")
@click.option(
    "--mute", "muted", multiple=True, metavar="LANE", help="Hear all but this lane; may be repeated."
)
@click.option("--play", "aloud", is_flag=True, help="Play its sound, with a program that this machine has.")
@click.option("--recordings", is_flag=True, help="Put the recordings themselves into a zip.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@json_option
def replay(
    session: str,
    place: Place,
    log: str | None,
    as_of: str | None,
    clock: str | None,
    start: float | None,
    end: float | None,
    marks: bool,
    width: int | None,
    output: str | None,
    extension: str | None,
    lanes: tuple[str, ...],
    muted: tuple[str, ...],
    aloud: bool,
    recordings: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Draw what a session sounded like.

    Its clips on their lanes, silences, pauses, stalls, marks. What nobody knows is hatched: it is not
    silence. Below the drawing each clip is listed with how its end is known, then what was found wrong,
    then the totals.

    With -o it is written to a file instead, in the format that the file's name ends with. With --play it is heard.
    """
    query = {"log": log, "as_of": as_of, "clock": clock}
    cut = _Part(start, end, lanes, muted)
    if aloud:
        if output is not None or extension is not None:
            raise click.UsageError("--play is heard, -o is written: choose one.")
        row = _row(None, "wav")
        asyncio.run(_play(place, session, query | cut.of(row), row))
        return
    if output is not None or extension is not None:
        row = _row(output, extension)
        if recordings:
            query["recordings"] = _with_recordings(row)
        query |= cut.of(row)
        asyncio.run(_write(place, session, query, row, output or "-", force))
        return
    if lanes or muted:
        raise click.UsageError("--lane and --mute are for a sound: name a file with -o, or use --play.")
    document = asyncio.run(_replay(place, session, query))
    if as_json:
        show_json(document)
        return
    console = stdout(width)
    window = _window(document, start, end)
    ascii_only = console.options.ascii_only
    for part in report(document, console.width, ascii_only=ascii_only, window=window, marks=marks):
        console.print(part)


async def _replay(place: Place, session: str, query: Query) -> Document:
    async with open_source(place) as source:
        with one_log(query["log"]):
            return await source.replay(session, query)


async def _play(place: Place, session: str, query: Query, row: Export) -> None:
    player = find_player()
    async with open_source(place) as source, aclosing(source.export(session, row, query)) as chunks:
        with one_log(query["log"]):
            await play(chunks, player)


async def _write(place: Place, session: str, query: Query, row: Export, output: str, force: bool) -> None:
    if output == "-" and not row.text and sys.stdout.isatty():
        raise click.UsageError(f"{row.extension} is not for a terminal: name a file with -o, or pipe it on.")
    with nullcontext(sys.stdout.buffer) if output == "-" else new_file(Path(output), force=force) as file:
        async with open_source(place) as source, aclosing(source.export(session, row, query)) as chunks:
            with one_log(query["log"]), progress(of_bytes=True) as bars:
                task = bars.add_task(row.meaning.partition(",")[0], total=None)
                async for chunk in chunks:
                    file.write(chunk)
                    bars.advance(task, len(chunk))
    if output != "-":
        remark(f"{output}: {row.meaning}")


def _with_recordings(row: Export) -> str:
    if "recordings" not in row.parameters.readers:
        raise click.UsageError(f"--recordings is for a zip: {row.extension} cannot hold them.")
    return "yes"


class _Part(NamedTuple):
    """What of a session is taken, in seconds and by lanes; of a sound it can be a part, a document is whole."""

    start: float | None
    end: float | None
    lanes: tuple[str, ...]
    muted: tuple[str, ...]

    def of(self, row: Export) -> dict[str, str]:
        """The parameters that ask a format for it."""
        cut = {"start": self.start, "end": self.end}
        given = {name: f"{seconds:.9f}" for name, seconds in cut.items() if seconds is not None}
        if given and "start" not in row.parameters.readers:
            raise click.UsageError(
                f"--from and --to cut a drawing or a sound: {row.extension} holds the whole session."
            )
        if "" in (*self.lanes, *self.muted):
            raise click.UsageError("--lane and --mute take the name of a lane, and none has an empty one.")
        chosen = {"lanes": written_lanes(self.lanes), "muted": written_lanes(self.muted)}
        heard = {name: names for name, names in chosen.items() if names is not None}
        if heard and "lanes" not in row.parameters.readers:
            raise click.UsageError(f"--lane and --mute are for a sound: {row.extension} holds every lane.")
        return given | heard


def _row(output: str | None, extension: str | None) -> Export:
    """The format that is meant: the one named, else the one of the file's ending; JSON on stdout."""
    found = export_of(f".{extension}" if extension else "replay.json" if output == "-" else output or "")
    if found is None:
        raise click.UsageError(f"{output} does not end as a format of ours does: {', '.join(ENDINGS)}.")
    return found


def _window(document: Document, start: float | None, end: float | None) -> tuple[float, float] | None:
    if start is None and end is None:
        return None
    first, last = extent(document)
    window = (first if start is None else start, last if end is None else end)
    if window[0] >= window[1]:
        raise click.UsageError(f"--from {window[0]:g} is not before --to {window[1]:g} (in seconds).")
    return window
