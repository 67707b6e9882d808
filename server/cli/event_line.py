"""One event as a line of text."""

from __future__ import annotations

from typing import Any

import msgspec
from rich.text import Text

from server.cli.palette import PALETTE
from server.cli.text import printable

MEANINGS = {
    "listen-": "clip",
    "playback-paused": "pause",
    "playback-stalled": "stall",
    "playback-underrun": "stall",
    "event-erased": "erased",
}
"""How a type is coloured: as what it makes on the timeline; the longest beginning that fits counts."""


def event_line(event: dict[str, Any]) -> Text:
    """Position, time, session, device, type and data of an event, in columns."""
    text = Text()
    text.append(f"{event['position']:>8}  ", "dim")
    if event.get("erased"):
        return text.append("erased on request", PALETTE["erased"].style)
    text.append(f"{_time(event['time'])}  ")
    for name, width in (("session", 16), ("device", 14)):
        text.append(f"{printable(event.get(name, '-')):<{width}}  ")
    text.append(f"{printable(event['type']):<18}", type_style(event["type"]))
    text.append("  ").append_text(data_text(event["data"]))
    text.rstrip()
    return text


def data_text(data: dict[str, Any]) -> Text:
    """An event's data in a line: `asset=bell  duration=20`."""
    pieces = (Text().append(f"{printable(key)}=", "dim").append(value_text(data[key])) for key in data)
    return Text("  ").join(pieces)


def _time(time: str) -> str:
    return printable(time[:23].replace("T", " "))


def type_style(type_: str) -> str:
    """The style of a type of event: that of what it makes on the timeline."""
    begins = [beginning for beginning in MEANINGS if type_.startswith(beginning)]
    return PALETTE[MEANINGS[max(begins, key=len)] if begins else "mark"].style


def value_text(value: object) -> str:
    """A value of an event's data, short: a text as it is, all else as JSON."""
    return printable(value if isinstance(value, str) else msgspec.json.encode(value).decode())
