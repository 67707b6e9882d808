"""`playhead import`: a bundle, taken in again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from shlex import quote

import click

from replay.errors import BadBundle
from server.cli.options import json_option, takes_settings
from server.cli.output import show, show_json
from server.cli.program import Command
from server.cli.text import plural, printable
from server.intake.importing import Imported, take_in
from server.settings import Settings


@click.command(
    cls=Command,
    name="import",
    examples=[
        ("A bundle that somebody sent", "playhead import walk-1.zip --data sent"),
        (
            "How it is made, with its recordings",
            "playhead replay walk-1 --data kept -o walk-1.zip --recordings",
        ),
    ],
)
@click.argument("bundle", type=click.Path(path_type=Path))
@takes_settings("data")
@json_option
def import_(bundle: Path, settings: Settings, as_json: bool) -> None:
    """Take a bundle into an empty data folder.

    Its records keep their positions, times and hashes, so that the session's replay is the same, byte for
    byte, as the one that came along. Everything is checked first: a bundle that is broken or was changed
    is refused, and leaves nothing behind.
    """
    try:
        imported = asyncio.run(take_in(bundle, settings.data))
    except BadBundle as error:
        raise BadBundle(f"{bundle}: {error.message}") from None
    if as_json:
        show_json(imported)
        return
    for line in _told(imported, settings.data):
        show(line)


def _told(imported: Imported, data: Path) -> list[str]:
    brought = [plural(imported.records, "record")]
    if imported.recordings:
        brought.append(plural(imported.recordings, "recording"))
    options = ["--data", str(data), "--log", imported.log]
    for name, value in imported.query.items():
        options += [f"--{name.replace('_', '-')}", value]
    again = " ".join(map(quote, ["playhead", "replay", imported.session, *options]))
    told = f"{imported.session}: {' and '.join(brought)}, up to position {imported.position:,}."
    same = "the same bytes" if imported.same else "not the same bytes"
    told += f" Its replay is {same} as the one that came along."
    return [printable(line) for line in (told, f"See it: {again}")]
