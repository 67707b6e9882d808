"""Text that is safe and fits: what senders wrote, as a terminal may show it.

Rule: nothing that an event carries reaches the terminal unchecked. A title may hold escape sequences.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

from rich.cells import cell_len
from rich.text import Text


def printable(text: object) -> str:
    """A text with every character that cannot be printed, or would move the cursor, made visible as `?`."""
    return "".join(char if char.isprintable() else "?" for char in str(text))


def shortened(text: str, room: int, more: str = "…") -> str:
    """A text of at most `room` columns; `more` stands where it was cut."""
    if cell_len(text) <= room:
        return text
    while text and cell_len(text) > room - cell_len(more):
        text = text[:-1]
    return text + more if room >= cell_len(more) else ""


def moment(time: str | None, zone: tzinfo = UTC) -> str:
    """A time of a document as a person reads it, to the second: `2026-05-01 14:58:03`, in UTC or another zone."""
    if not time:
        return ""
    return printable(_in_zone(time, zone)[:19].replace("T", " "))


def _in_zone(time: str, zone: tzinfo) -> str:
    """A time in another zone; as it is where a zone has no words for it: beyond the years 1 to 9999."""
    try:
        return time if zone is UTC else datetime.fromisoformat(time).astimezone(zone).isoformat()
    except (ValueError, OverflowError):
        return time


def sentence(message: str) -> str:
    """A message with a full stop, unless it ends as a question does."""
    return message if message.endswith("?") else f"{message.rstrip('.')}."


def plural(count: int, thing: str) -> str:
    """`1 event`, `2 events`, `1,000,000 events`."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def flow(pieces: Iterable[Text], width: int, gap: str = "   ") -> list[Text]:
    """Pieces laid side by side in lines of at most `width` columns; a piece is never broken."""
    lines: list[Text] = []
    for piece in pieces:
        if lines and lines[-1].cell_len + len(gap) + piece.cell_len <= width:
            lines[-1].append(gap).append_text(piece)
        else:
            lines.append(Text(no_wrap=True).append_text(piece))
    return lines
