"""`playhead tail`: the log as it grows."""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing
from fnmatch import fnmatchcase
from typing import Any

import click
import msgspec
from msgspec import Struct

from server.cli.documents import Document
from server.cli.options import Place, log_option, takes_place
from server.cli.output import Output, remark, stdout
from server.cli.pages.event_line import event_line
from server.cli.places.source import Source, open_source
from server.cli.program import Command

PAGE = 1000
LOOK_BACK = 100_000
"""How many positions before the head are searched for the last events that fit."""


class Wanted(Struct, frozen=True):
    """Which events are shown: all that fit what is not None."""

    log: str | None = None
    session: str | None = None
    device: str | None = None
    types: tuple[str, ...] = ()

    def fits(self, event: Document) -> bool:
        """Whether an event is shown."""
        if self.session is not None and event.get("session") != self.session:
            return False
        if self.device is not None and event.get("device") != self.device:
            return False
        return not self.types or any(fnmatchcase(event.get("type", ""), pattern) for pattern in self.types)


@click.command(
    cls=Command,
    examples=[
        ("Ten events, and then each as it comes", "playhead tail --data kept"),
        ("What one phone plays", "playhead tail --data kept --device phone-7 --type 'listen-*'"),
        ("The last hundred for a script, then end", "playhead tail --data kept -n 100 --no-follow --json"),
    ],
)
@takes_place
@click.option(
    "-n",
    "count",
    type=click.IntRange(0, LOOK_BACK),
    default=10,
    metavar="N",
    show_default=True,
    help="Begin with the last N.",
)
@click.option("--follow/--no-follow", default=True, help="Go on with what comes, or end. [default: go on]")
@log_option
@click.option("--session", metavar="SESSION", help="Events of this session.")
@click.option("--device", metavar="DEVICE", help="Events of this device.")
@click.option(
    "--type",
    "types",
    metavar="TYPE",
    multiple=True,
    help="Events of this type; * stands for anything. May be given more than once.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, an event a line.")
def tail(place: Place, count: int, follow: bool, as_json: bool, **filters: Any) -> None:
    """Show events as they are stored.

    The last events that fit are searched among the newest 100,000. A connection that breaks off is taken up
    again where it ended.
    """
    printer = _Printer(stdout(), as_json)
    asyncio.run(_tail(place, Wanted(**filters), count, follow, printer))


async def _tail(place: Place, wanted: Wanted, count: int, follow: bool, printer: _Printer) -> None:
    async with open_source(place) as source:
        head = (await source.head())["position"]
        for event in await newest(source, wanted, head, count):
            printer.show(event)
        if not follow:
            return
        query = {"log": wanted.log, "session": wanted.session}
        async with aclosing(source.follow(head, query, remark)) as events:
            async for event in events:
                if wanted.fits(event):
                    printer.show(event)


async def newest(source: Source, wanted: Wanted, head: int, count: int) -> list[Document]:
    """The last `count` events that fit, up to `head`, oldest first."""
    found: list[Document] = []
    high, window = head, max(count, 100)
    while len(found) < count and high > max(0, head - LOOK_BACK):
        low = max(0, high - window)
        events = await _between(source, wanted.log, low, high)
        found = [event for event in events if wanted.fits(event)] + found
        high, window = low, min(window * 2, 10 * PAGE)
    return found[len(found) - min(count, len(found)) :]


async def _between(source: Source, log: str | None, low: int, high: int) -> list[Document]:
    """The events above `low`, up to `high`."""
    found: list[Document] = []
    while low < high:
        page = await source.events({"after": low, "limit": min(PAGE, high - low), "log": log})
        found += [event for event in page["events"] if event["position"] <= high]
        if page["next"] is None or page["position"] <= low:
            break
        low = page["position"]
    return found


class _Printer:
    """Prints events one by one, each at once."""

    def __init__(self, console: Output, as_json: bool) -> None:
        self._console = console
        self._as_json = as_json

    def show(self, event: Document) -> None:
        """Print one event."""
        if self._as_json:
            sys.stdout.write(msgspec.json.encode(event).decode() + "\n")
        else:
            width = self._console.width
            line = event_line(event, width)
            if self._console.is_terminal:
                line.truncate(width, overflow="ellipsis")
            self._console.print(line, soft_wrap=True)
        sys.stdout.flush()
