"""`playhead play`: a session as it happened, line by line."""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing

import click
import msgspec

from server.cli.documents import Document, Query
from server.cli.options import Place, as_of_option, clock_option, log_option, seconds, takes_place
from server.cli.output import remark, stdout
from server.cli.pages.playing import playing_lines
from server.cli.places.source import one_log, open_source
from server.cli.program import Command


@click.command(
    cls=Command,
    examples=[
        ("As it happened", "playhead play walk-1 --data kept"),
        (
            "Eight times as fast from 1:15 on, without what is silent",
            "playhead play walk-1 --data kept --speed 8 --from 1:15 --skip-silence",
        ),
        (
            "A session that still runs",
            "playhead play walk-1 --url http://127.0.0.1:8642 --token ph_... --follow",
        ),
        ("All at once, for a script", "playhead play walk-1 --data kept --speed max --json"),
    ],
)
@click.argument("session")
@takes_place
@log_option
@as_of_option
@clock_option
@click.option("--speed", metavar="0.25..64|max", help="How many times as fast as it happened. [default: 1]")
@click.option("--from", "start", metavar="M:SS|TIME", help="Begin at this moment of the session.")
@click.option("--skip-silence", is_flag=True, help="Jump over silences and pauses.")
@click.option("--follow", is_flag=True, help="Wait for what comes, while the session has not ended.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a message a line.")
def play(
    session: str,
    place: Place,
    log: str | None,
    as_of: str | None,
    clock: str | None,
    speed: str | None,
    start: str | None,
    skip_silence: bool,
    follow: bool,
    as_json: bool,
) -> None:
    """Play a session in the terminal.

    What began to sound and what stopped, pauses, stalls, silences, marks and what was found wrong: each line
    when it happened, counted from --from.
    """
    query: Query = {
        "log": log,
        "as_of": as_of,
        "clock": clock,
        "speed": speed,
        "from": None if start is None else _moment(start),
        "skip_silence": "true" if skip_silence else None,
        "follow": "true" if follow else None,
    }
    asyncio.run(_play(place, session, query, _Printer(as_json)))


def _moment(text: str) -> str:
    """A moment as HTTP takes it: a time of a session in seconds, anything else as it stands."""
    return text if "T" in text.upper() else f"{seconds(text):.9f}"


async def _play(place: Place, session: str, query: Query, printer: _Printer) -> None:
    async with open_source(place) as source:
        with one_log(str(query["log"]) if query["log"] else None):
            async with aclosing(source.play(session, query, remark)) as messages:
                async for message in messages:
                    printer.show(message)


class _Printer:
    """Prints messages one by one, each at once."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._console = stdout()

    def show(self, message: Document) -> None:
        """Print one message."""
        if self._as_json:
            sys.stdout.write(msgspec.json.encode(message).decode() + "\n")
        else:
            ascii_only = self._console.options.ascii_only
            for line in playing_lines(message, ascii_only=ascii_only):
                self._console.print(line, soft_wrap=True)
        sys.stdout.flush()
