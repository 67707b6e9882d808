"""`playhead demo`: a day's worth of sessions, served."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from server.cli.commands.serve import serve_folder
from server.cli.options import json_option, takes_settings
from server.cli.output import progress, remark
from server.cli.program import Command
from server.cli.text import plural
from server.demo.prepare import Prepared, prepare
from server.settings import Settings


@click.command(
    cls=Command,
    examples=[
        ("See it", "playhead demo"),
        ("On another port, elsewhere", "playhead demo --port 9000 --data elsewhere"),
    ],
)
@takes_settings(data="demo-data")
@json_option
def demo(settings: Settings, as_json: bool) -> None:
    """Serve a demo day: see it at once.

    Writes the demo day into a folder (demo-data), serves it and prints a link. The first time it makes the
    recordings, which takes a moment. Later it starts at once and stores nothing twice.
    """
    asyncio.run(_prepare(settings.data))
    serve_folder(settings, as_json)


async def _prepare(data: Path) -> Prepared:
    with progress(of_bytes=False) as bars:
        tasks = {name: bars.add_task(name, total=None, visible=False) for name in ("recordings", "events")}

        def tell(what: str, done: int, total: int) -> None:
            bars.update(tasks[what], completed=done, total=total, visible=True)

        prepared = await prepare(data, tell)
    if prepared.stored:
        told = f"{plural(prepared.stored, 'event')} and {plural(prepared.recordings, 'recording')}"
        remark(f"The demo day is in {data}: {told}.")
    return prepared
