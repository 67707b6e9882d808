"""`playhead ingest`: files of events into a data folder or a server."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import click
from rich.progress import Progress

from replay.errors import Conflict, Invalid, NotFound, PlayheadError, TooLarge, Unavailable
from replay.log.contract import MAX_APPEND
from server.access.errors import Forbidden
from server.cli.batches import Batch, batches
from server.cli.exits import BadInput
from server.cli.files import size
from server.cli.options import Place, json_option, takes_place
from server.cli.output import progress, remark, show, show_json
from server.cli.places.sinks import Sink, open_sink
from server.cli.program import Command
from server.cli.text import plural, sentence

AGAIN = "Give the same command again to go on"


@click.command(
    cls=Command,
    examples=[
        ("A file into a folder that no server holds", "playhead ingest --data kept day.ndjson"),
        ("Into a server", "playhead ingest --url http://127.0.0.1:8642 --token ph_... day.ndjson"),
        ("What another program writes", "zcat day.ndjson.gz | playhead ingest --data kept -"),
    ],
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@takes_place
@click.option("--log", metavar="LOG", help="The event log of events that name none. [default: default]")
@click.option(
    "--batch",
    type=click.IntRange(1, MAX_APPEND),
    default=500,
    metavar="N",
    show_default=True,
    help="The most events stored at once.",
)
@click.option(
    "--patience",
    type=click.FloatRange(0),
    default=60,
    metavar="SECONDS",
    show_default=True,
    help="How long a server may be away before it is given up.",
)
@json_option
def ingest(
    files: tuple[str, ...], place: Place, log: str | None, batch: int, patience: float, as_json: bool
) -> None:
    """Store the events of files; - is stdin.

    A FILE holds an event a line (NDJSON), a JSON array of events, or JSON objects one after another. It is
    read as a stream, so it may be of any size.

    Events are stored in batches, each as a whole or not at all. At the first event that cannot be stored the
    command stops, names its file and line, and says what was stored before.

    It can be repeated: what is stored is not stored again. An event is known by its log, source and id. An
    event without an id gets one from everything that stands in its file up to its end: a file that was
    interrupted, mended further down, or has grown can be given again, and only what is new is stored. A change
    before an event without an id makes that event a new one.
    """
    for file in files:
        if file != "-" and not Path(file).exists():
            raise NotFound(f"there is no file {file}")
    run, readable = asyncio.run(_ingest(files, place, log, batch, patience))
    _summarise(len(files), run, as_json)
    if not readable:
        remark("Everything is stored; the server is still folding it into its views.")


async def _ingest(
    files: tuple[str, ...], place: Place, log: str | None, count: int, patience: float
) -> tuple[_Run, bool]:
    with progress(of_bytes=True) as bars:
        async with open_sink(place, log, patience, bars.console.print) as sink:
            run = _Run(sink, count)
            try:
                for file in files:
                    await run.file(file, bars)
            except asyncio.CancelledError:  # Ctrl-C
                bars.console.print(run.stopped())
                raise
            return run, await sink.settle(run.position)


class _Run:
    """One run of the command: what was stored so far."""

    def __init__(self, sink: Sink, count: int) -> None:
        self.counts: Counter[str] = Counter()
        self.position = 0
        self._sink = sink
        self._count = count

    async def file(self, path: str, bars: Progress) -> None:
        """Store a file's events. Raises what stopped it, saying what was stored before."""
        task = bars.add_task(Path(path).name, total=size(path))
        try:
            async for batch in batches(path, self._count):
                await self._batch(batch)
                bars.update(task, completed=batch.end)
        except BadInput as error:
            raise BadInput(self._told(error, "Mend it and give the same command again")) from None
        except Unavailable as error:
            raise Unavailable(self._told(error, AGAIN)) from error

    def stopped(self) -> str:
        """What to say when it is stopped; one batch more may have been on its way."""
        return f"Stopped after {plural(self.counts.total(), 'event')}. {AGAIN}."

    async def _batch(self, batch: Batch) -> None:
        try:
            stored = await self._sink.send(batch)
        except (Invalid, Conflict, Forbidden) as error:
            raise _placed(batch, error) from error
        self.counts.update(stored.statuses)
        self.position = max(self.position, stored.position)

    def _told(self, error: PlayheadError, advice: str) -> str:
        """An error with what was stored before it, and what to do: nothing is stored twice."""
        count = self.counts.total()
        before = f"The {plural(count, 'event')} before its batch {'is' if count == 1 else 'are'} stored"
        return f"{sentence(error.message)} {before if count else 'Nothing was stored'}. {advice}"


def _placed(batch: Batch, error: Invalid | Conflict | Forbidden) -> PlayheadError:
    """An error of one event of a batch, by file and line; any other as it is."""
    if error.index is None:
        if isinstance(error, TooLarge):
            where = f"{batch.file}, from line {batch.first_line} on"
            return BadInput(f"{where}: {error.message}; give a smaller --batch")
        return error
    message = f"{batch.file}, line {batch.entries[error.index].line}: {error.message}"
    return Forbidden(message) if isinstance(error, Forbidden) else BadInput(message)


def _summarise(files: int, run: _Run, as_json: bool) -> None:
    counts = {status: run.counts[status] for status in ("stored", "already-stored", "erased")}
    if as_json:
        in_json = {status.replace("-", "_"): count for status, count in counts.items()}
        show_json({"files": files, "events": run.counts.total(), **in_json, "position": run.position})
        return
    parts = [f"{count:,} {status.replace('-', ' ')}" for status, count in counts.items() if count]
    show(
        f"{plural(files, 'file')}, {plural(run.counts.total(), 'event')}: {', '.join(parts) or 'nothing to do'}"
    )
