"""What is known of the devices' clocks, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from server.cli.documents import Document
from server.cli.pages.palette import PALETTE
from server.cli.text import printable


def clock_lines(document: Document) -> Iterator[Text]:
    """A line for each clock that a document's times were corrected by, and for each that could not be; none where
    they are as the devices told them."""
    if document["clock"] == "corrected":
        yield Text("in the server's time, as far as the clocks are known:", "dim")
        for clock in document["clocks"]:
            text = Text("  ").append(printable(clock["device"])).append(": ")
            style = PALETTE["unknown"].style if clock["offset"] is None else "dim"
            yield text.append(_known(clock), style)


def _known(clock: Document) -> str:
    if clock["offset"] is None:
        return "its clock is not known, its times are as it told them"
    way = "behind" if clock["offset"] < 0 else "ahead"
    text = f"{abs(clock['offset']):.3f} s {way}, within {clock['uncertainty']:.3f} s"
    if clock["rate"] is not None:
        text += f", gains {clock['rate']:+.1f} ppm, within {clock['rate_uncertainty']:.1f}"
    return text + f" (from {clock['samples']:,} readings)"
