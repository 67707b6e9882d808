"""`playhead rebuild`: the read models, folded anew from the log."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack

import click

from projections import Projections
from replay.errors import NotFound
from replay.log import SqliteLog
from server.cli.options import json_option, takes_settings
from server.cli.output import progress, show, show_json
from server.cli.program import Command
from server.cli.text import plural
from server.lock import DataLock
from server.services import LOG
from server.settings import Settings


@click.command(
    cls=Command,
    examples=[("Fold everything anew", "playhead rebuild --data kept")],
)
@takes_settings("data")
@json_option
def rebuild(settings: Settings, as_json: bool) -> None:
    """Fold the read models anew from the log.

    They are built beside the old ones and swapped in. They hold nothing that the log does not: this is safe
    at any time, and never needed after a crash. It refuses while a server holds the folder (exit code 3): a
    server builds what it misses by itself.
    """
    begun = time.monotonic()
    position = asyncio.run(_rebuild(settings))
    seconds = time.monotonic() - begun
    if as_json:
        show_json({"position": position, "seconds": round(seconds, 3)})
    else:
        show(f"Folded {plural(position, 'position')} in {seconds:.1f} s.")


async def _rebuild(settings: Settings) -> int:
    if not (settings.data / LOG).exists():
        raise NotFound(f"there is no log in {settings.data}: name a data folder with --data")
    async with AsyncExitStack() as stack:
        stack.enter_context(DataLock(settings.data))
        log = await SqliteLog.open(settings.data / LOG)
        stack.push_async_callback(log.close)
        projections = await Projections.open(settings.data, log, thresholds=settings.thresholds)
        stack.push_async_callback(projections.close)
        with progress(of_bytes=False) as bars:
            task = bars.add_task("folding", total=None)
            await projections.rebuild(lambda done, total: bars.update(task, completed=done, total=total))
        return await projections.catch_up()
