"""`playhead media`: recordings into a data folder or a server, and what there is of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click
from rich.progress import Progress, TaskID
from rich.text import Text

from replay.envelope import check_name
from replay.errors import Invalid, PlayheadError, Unavailable
from server.cli.documents import Document, Query
from server.cli.exits import Exit, tell
from server.cli.options import Place, json_option, log_option, takes_place
from server.cli.output import progress, remark, show, show_json, table
from server.cli.pages.palette import PALETTE
from server.cli.pages.timescale import clock
from server.cli.places.shelves import Shelf, open_shelf
from server.cli.places.source import open_source
from server.cli.program import Group
from server.cli.recordings import Found, RecordingFile, find_files
from server.cli.text import plural, printable, sentence
from server.questions.assets import MAX_ASSETS

AGAIN = "Give the same command again to go on"


@click.group(
    cls=Group,
    examples=[
        ("A folder of recordings", "playhead media add --data kept recordings/"),
        ("What there is", "playhead media list --data kept"),
    ],
)
def media() -> None:
    """Add recordings, and list them.

    A recording is the sound of an asset. It may come before or after the events that play it.
    """


@media.command(
    examples=[
        ("A folder, into a data folder that no server holds", "playhead media add --data kept recordings/"),
        (
            "Files, into a server",
            "playhead media add --url http://127.0.0.1:8642 --token ph_... a.flac b.mp3",
        ),
        ("With other ids than the files' names", "playhead media add --data kept recordings/ --ids ids.csv"),
    ]
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@takes_place
@click.option("--log", metavar="LOG", help="The event log of the assets. [default: default]")
@click.option(
    "--ids",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Which file is which asset: lines of FILE,ASSET (CSV).",
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
def add(
    paths: tuple[str, ...], place: Place, log: str | None, ids: Path | None, patience: float, as_json: bool
) -> int:
    """Store files as the recordings of assets; a PATH is a file or a folder.

    A file's asset is its name without the ending, unless --ids says otherwise. Of a folder, and the folders in
    it, the files with a sound's ending are taken.

    Each asset is described anew, with its last title, place and whatever else was said of it. A file that is
    refused does not keep the others from being stored: it is named at the end (exit code 7). The command can be
    repeated: what is stored is not stored again.
    """
    if log is not None:
        check_name(log, "log")
    found = find_files(paths, ids)
    run = asyncio.run(_add(found, place, log, patience))
    for file, reason in run.refused:
        tell(f"{file.path}: {sentence(reason)}")
    _summarise(found, run, as_json)
    return Exit.BAD_INPUT if run.refused else Exit.OK


@media.command(
    "list",
    examples=[
        ("The newest ones", "playhead media list --data kept"),
        ("Of one log", "playhead media list --url http://127.0.0.1:8642 --token ph_... --log park"),
    ],
)
@takes_place
@log_option
@click.option("--text", metavar="TEXT", help="Those with this text in their ids.")
@click.option(
    "--limit",
    type=click.IntRange(1, MAX_ASSETS),
    default=20,
    metavar="N",
    show_default=True,
    help="The most that are listed.",
)
@click.option("--before", metavar="CURSOR", help="Go on after a page: the cursor that it ended with.")
@json_option
def list_(place: Place, as_json: bool, **filters: Any) -> None:
    """List assets, newest first, and whether their recordings are there.

    Newest by the position of their first description. The length is the one that is described.
    """
    document = asyncio.run(_list(place, filters))
    if as_json:
        show_json(document)
        return
    rows = table("asset", ("log", "whole"), "title", ("length", "right"), "recording")
    for row in document["assets"]:
        described = row["description"]
        rows.add_row(
            printable(row["asset"]),
            printable(row["log"]),
            printable(described.get("title") or ""),
            "" if described.get("duration") is None else clock(described["duration"], 0),
            _state(row["recording"]),
        )
    show(rows if document["assets"] else "no assets")
    if document["next"]:
        (before,) = parse_qs(urlsplit(document["next"]).query)["before"]
        remark(f"There are more: raise --limit, or go on with --before {before}.")


class _Run:
    """One run of `add`: what became of the files so far."""

    def __init__(self, shelf: Shelf, bars: Progress, task: TaskID) -> None:
        self.counts: Counter[str] = Counter()
        self.refused: list[tuple[RecordingFile, str]] = []
        self.position = 0
        self._shelf = shelf
        self._bars = bars
        self._task = task
        self._done = 0

    async def file(self, file: RecordingFile) -> None:
        """Store a file, or note why it was refused. Raises what stops the run."""
        self._bars.update(self._task, description=printable(file.name))
        try:
            shelved = await self._shelf.put(file, self._sent)
        except Invalid as error:
            self.refused.append((file, error.message))
        except OSError as error:
            self.refused.append((file, error.strerror or str(error)))
        except Unavailable as error:
            raise Unavailable(self._told(file, error)) from error
        else:
            self.counts[shelved.status] += 1
            self.position = max(self.position, shelved.position)
        self._done += file.size
        self._sent(0)

    def stopped(self) -> str:
        """What to say when it is stopped."""
        return f"Stopped after {plural(self.counts.total(), 'recording')}. {AGAIN}."

    def _sent(self, count: int) -> None:
        self._bars.update(self._task, completed=self._done + count)

    def _told(self, file: RecordingFile, error: PlayheadError) -> str:
        count = self.counts.total()
        before = f"{plural(count, 'recording')} before it {'is' if count == 1 else 'are'} stored"
        return f"{file.path}: {sentence(error.message)} {before if count else 'Nothing was stored'}. {AGAIN}"


async def _add(found: Found, place: Place, log: str | None, patience: float) -> _Run:
    with progress(of_bytes=True) as bars:
        task = bars.add_task("", total=sum(file.size for file in found.files))
        async with open_shelf(place, log, patience, bars.console.print) as shelf:
            run = _Run(shelf, bars, task)
            try:
                for file in found.files:
                    await run.file(file)
            except asyncio.CancelledError:  # Ctrl-C
                bars.console.print(run.stopped())
                raise
            return run


def _summarise(found: Found, run: _Run, as_json: bool) -> None:
    stored, already = run.counts["stored"], run.counts["already-stored"]
    if as_json:
        refused = [
            {"file": str(file.path), "asset": file.asset, "reason": reason} for file, reason in run.refused
        ]
        counts = {"files": len(found.files), "stored": stored, "already_stored": already}
        more = {"refused": refused, "passed_over": found.passed_over, "position": run.position}
        show_json({**counts, **more})
        return
    parts = {"stored": stored, "already stored": already, "refused": len(run.refused)}
    told = ", ".join(f"{count:,} {what}" for what, count in parts.items() if count)
    show(f"{plural(len(found.files), 'recording')}: {told or 'nothing to do'}")
    if found.passed_over:
        remark(f"{plural(found.passed_over, 'other file')} passed over.")


def _state(recording: Document) -> Text:
    if recording["there"]:
        return Text("there")
    return Text(printable(recording["fault"]), PALETTE["warning"].style)


async def _list(place: Place, query: Query) -> Document:
    async with open_source(place) as source:
        return await source.assets(query)
