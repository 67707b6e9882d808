"""`playhead status`: how the log and its read models stand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from rich.console import RenderableType
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from replay.errors import PlayheadError
from server.cli.documents import Document
from server.cli.options import Place, json_option, takes_place
from server.cli.output import show, show_json, table
from server.cli.pages.palette import PALETTE
from server.cli.places.client import Client
from server.cli.places.source import open_source
from server.cli.program import Command
from server.cli.text import printable
from server.lock import serving

PARTS = {
    "log": "log.db*",
    "views": "views-*",
    "search": "search-*",
    "media": "media/**/*",
    "cache": "cache/**/*",
    "tokens": "tokens.db*",
}
"""What lies in a data folder, by what it is for."""


@click.command(
    cls=Command,
    examples=[
        ("A folder, also while a server holds it", "playhead status --data kept"),
        ("A server", "playhead status --url http://127.0.0.1:8642 --token ph_..."),
    ],
)
@takes_place
@json_option
def status(place: Place, as_json: bool) -> None:
    """Show how the log and its read models stand.

    Its head, their lag, parked events, sizes, who serves the folder. A parked event is one that a read
    model could not fold. It is in the log, and all others are folded; it comes back with the next version
    that can.
    """
    document = asyncio.run(_status(place))
    if as_json:
        show_json(document)
    else:
        show(*_told(document))


async def _status(place: Place) -> Document:
    async with open_source(place) as source:
        standing = await source.status()
    if place.url is not None:
        return {"server": place.url, "data": None, "bytes": None, **standing}
    data = place.settings.data
    sizes = {name: _size(data.glob(pattern)) for name, pattern in PARTS.items()}
    return {"server": await _server_of(data), "data": str(data), "bytes": sizes, **standing}


async def _server_of(data: Path) -> str | None:
    """The URL of the server that holds a folder, if it answers there."""
    url = serving(data)
    if url is None:
        return None
    try:
        async with Client(url, None) as client:
            await client.get("/healthz")
    except PlayheadError:
        return None
    return url


def _size(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())


def _told(document: Document) -> Iterator[RenderableType]:
    facts = Table.grid(padding=(0, 2, 0, 0))
    if document["data"] is not None:
        facts.add_row("folder", printable(document["data"]))
    facts.add_row("server", printable(document["server"] or "none"))
    log = document["log"]
    if log["error"] is None:
        facts.add_row("log", f"at position {log['position']:,}")
    else:
        facts.add_row("log", Text(printable(log["error"]), PALETTE["error"].style))
    if document["bytes"] is not None:
        sizes = (f"{name} {decimal(size)}" for name, size in document["bytes"].items() if size)
        facts.add_row("sizes", ", ".join(sizes))
    yield facts
    yield ""
    views = table(
        "view", ("version", "right"), ("position", "right"), ("behind", "right"), ("parked", "right"), "state"
    )
    standing = (*document["views"], *document.get("trailing", ()))
    for view in standing:
        views.add_row(
            printable(view["name"]),
            str(view["version"]),
            f"{view['position']:,}",
            f"{view['lag']:,}",
            Text(f"{view['parked']:,}", PALETTE["warning"].style if view["parked"] else ""),
            _state(view),
        )
    yield views
    for view in standing:
        for fault in view["faults"]:
            line = f"{view['name']} parked position {fault['position']}: {fault['error']}"
            yield Text(printable(line), PALETTE["warning"].style)


def _state(view: Document) -> Text:
    if view["error"] is not None:
        return Text(printable(view["error"]), PALETTE["error"].style)
    if view["building"] is not None:
        return Text(f"being built: {view['building']['done']:,} of {view['building']['total']:,}")
    return Text("" if view["lag"] else "up to date")
