"""Where a moment of a session falls on a line of the terminal, and how moments are written.

Rule 1: offsets and durations are the document's seconds; a cell is one column of the terminal.
Rule 2: what lasts is at least one cell, however short: nothing disappears by being drawn.
"""

from __future__ import annotations

from bisect import bisect_left

from msgspec import Struct

STEPS = (
    *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
    *(1, 2, 5, 10, 15, 30),
    *(60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 10800, 21600, 43200),
    *(86400, 2 * 86400, 7 * 86400, 30 * 86400, 365 * 86400, 3650 * 86400, 36500 * 86400),
)
"""The distances between two labels of a ruler that people can count with, in seconds."""


class Scale(Struct, frozen=True):
    """A stretch of time (`start`, `span`, in seconds) laid over `cells` columns."""

    start: float
    span: float
    cells: int

    @property
    def end(self) -> float:
        """The moment where the last column ends."""
        return self.start + self.span

    def cell(self, offset: float) -> int:
        """The column that a moment falls into; the first or the last one for moments outside."""
        column = int((offset - self.start) / self.span * self.cells + 1e-9)
        return min(max(column, 0), self.cells - 1)

    def stretch(self, offset: float, duration: float) -> range:
        """The columns of a stretch of time: at least one, none when it lies outside."""
        if offset >= self.end or (offset + duration <= self.start and offset < self.start):
            return range(0)
        first = min(max(self._edge(offset), 0), self.cells - 1)
        last = min(self._edge(offset + duration), self.cells)
        return range(first, max(last, first + 1))

    def _edge(self, offset: float) -> int:
        return round((offset - self.start) / self.span * self.cells)

    def ticks(self) -> list[tuple[int, str]]:
        """The columns that carry a label, with the label, so far apart that no two labels touch."""
        step = self._step()
        first = -int(-self.start // step)
        moments = [index * step for index in range(first, first + self.cells + 1)]
        inside = [moment for moment in moments if moment < self.end - self.span / self.cells / 2]
        return [(self.cell(moment), clock(moment, _decimals(step))) for moment in inside]

    def _step(self) -> float:
        longest = max(len(clock(self.start, 0)), len(clock(self.end, 0)))
        least = self.span / self.cells * (longest + 2)
        fine = least if least >= 1 else self.span / self.cells * (longest + 2 + 4)
        return STEPS[min(bisect_left(STEPS, fine), len(STEPS) - 1)]


def clock(seconds: float, decimals: int = 3) -> str:
    """A moment or a length as a clock shows it: `0:28.410`, `-1:02:03`, `3d 04:00:00`."""
    units = round(abs(seconds) * 10**decimals)
    whole, fraction = divmod(units, 10**decimals)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        text = f"{days}d {hour:02}:{minute:02}:{second:02}"
    elif hour:
        text = f"{hour}:{minute:02}:{second:02}"
    else:
        text = f"{minute}:{second:02}"
    sign = "-" if seconds < 0 and units else ""
    return f"{sign}{text}.{fraction:0{decimals}}" if decimals else sign + text


def _decimals(step: float) -> int:
    return 0 if step >= 1 else 1 if step >= 0.1 else 2 if step >= 0.01 else 3
