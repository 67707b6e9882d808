"""One event as a line of text."""

from __future__ import annotations

from typing import Any

import msgspec
from rich.text import Text

from server.cli.pages.palette import PALETTE
from server.cli.text import printable

MEANINGS = {
    "listen-": "clip",
    "playback-paused": "pause",
    "playback-stalled": "stall",
    "playback-underrun": "stall",
    "event-erased": "erased",
}
"""How a type is coloured: as what it makes on the timeline; the longest beginning that fits counts."""

NARROW = 100
"""Columns of a terminal below which lines are set closer, and a time without its date."""
MOST = 240
"""Columns of an event's data in a table, in all its lines."""


def event_line(event: dict[str, Any], width: int = NARROW) -> Text:
    """Position, time, type, session, device and data of an event, in columns.

    What it is stands before whose it is: ids may be long, and a terminal of `width` columns cuts the line's end.
    """
    narrow = width < NARROW
    text = Text().append(f"{event['position']:>{6 if narrow else 8}}  ", "dim")
    if event.get("erased"):
        return text.append("erased on request", PALETTE["erased"].style)
    text.append(f"{_time(event['time'])[11 if narrow else 0 :]}  ")
    text.append(f"{printable(event['type']):<16}  ", type_style(event["type"]))
    for name in ("session", "device"):
        text.append(f"{printable(event.get(name, '-')):<{8 if narrow else 12}}  ")
    text.append_text(data_text(event["data"]))
    text.rstrip()
    return text


def data_text(data: dict[str, Any]) -> Text:
    """An event's data in a line: `asset=bell  duration=20`."""
    pieces = (Text().append(f"{printable(key)}=", "dim").append(value_text(data[key])) for key in data)
    return Text("  ").join(pieces)


def details(data: dict[str, Any]) -> Text:
    """An event's data for a table: no more than can be looked over."""
    text = data_text(data)
    text.truncate(MOST, overflow="ellipsis")
    return text


def _time(time: str) -> str:
    return printable(time[:23].replace("T", " "))


def type_style(type_: str) -> str:
    """The style of a type of event: that of what it makes on the timeline."""
    begins = [beginning for beginning in MEANINGS if type_.startswith(beginning)]
    return PALETTE[MEANINGS[max(begins, key=len)] if begins else "mark"].style


def value_text(value: object) -> str:
    """A value of an event's data, short: a text as it is, all else as JSON."""
    return printable(value if isinstance(value, str) else msgspec.json.encode(value).decode())
