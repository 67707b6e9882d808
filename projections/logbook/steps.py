"""Looking through the lines of a log, some at a time.

Rule 1: the rarest label leads: its lines are gone through in order, and each is looked up under the other labels.
Rule 2: a step says how far it went, whatever it found.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from projections.logbook.candidates import Span
from projections.logbook.lines import LineFilter
from projections.logbook.schema import BLOCK_BITS, keys_of, lines_of, table_of
from projections.readers import Readers
from projections.view import as_json

_decode = msgspec.json.Decoder(list[int]).decode


class Step(msgspec.Struct, frozen=True):
    """The positions of lines that have all labels and are of the time wanted, in order.

    Up to `reached` there is no other; `lines` were looked at.
    """

    positions: list[int]
    reached: int
    lines: int


_TIMELY = "l.created BETWEEN :since AND :until"


def _fits(others: int) -> str:
    """Whether a line is of the time wanted and has so many other labels: `:other0` and so on."""
    having = "EXISTS (SELECT 1 FROM labelled WHERE log = :log AND label = :other{} AND position = l.position)"
    return " AND ".join((_TIMELY, *(having.format(number) for number in range(others))))


def _walk(label: str, others: int, *, ascending: bool) -> str:
    """The lines of a label that fit, how many were looked at, and the last of those: one row."""
    way, last = ("ASC", "max") if ascending else ("DESC", "min")
    return f"""SELECT json_group_array(l.position) FILTER (WHERE {_fits(others)}), count(*), {last}(l.position)
        FROM (SELECT l.position, l.created FROM {lines_of(label)}
            AND l.position BETWEEN :low AND :high ORDER BY l.position {way} LIMIT :limit) AS l"""


def _sift(label: str, others: int) -> str:
    """Those of `:positions` that are lines of a label and fit, in their order: one row."""
    return f"""SELECT json_group_array(c.value) FROM json_each(:positions) AS c
        CROSS JOIN {table_of(label)} AS l ON {keys_of(label)} AND l.position = c.value
        WHERE {_fits(others)}"""


_COUNTS = """
    SELECT label.value, (SELECT coalesce(sum(lines), 0) FROM blocks
        WHERE log = ? AND label = label.value)
    FROM json_each(?) AS label"""

_HULL = f"""
    SELECT min(block) << {BLOCK_BITS}, ((max(block) + 1) << {BLOCK_BITS}) - 1 FROM blocks
    WHERE log = :log AND label = :label AND latest >= :since AND earliest <= :until"""


class Steps:
    """Steps through the lines that are wanted, those of the label that leads. `prepare` makes one."""

    def __init__(self, readers: Readers, wanted: LineFilter, label: str, lines: int) -> None:
        self.lines = lines
        self._readers = readers
        self._wanted = wanted
        self._label = label
        others = [other for other in wanted.labels if other != label]
        self._others = len(others)
        named = {f"other{number}": other for number, other in enumerate(others)}
        self._values = {**wanted.parameters(), "label": label, **named}

    @classmethod
    async def prepare(cls, readers: Readers, wanted: LineFilter) -> Steps:
        """Choose the label that leads; `lines` is how many there are of it."""
        counts = await readers.fetch(_COUNTS, (wanted.log, as_json(wanted.labels)))
        label, lines = min(counts, key=lambda count: int(count[1]))
        return cls(readers, wanted, label, lines)

    async def span(self, last: int) -> Span:
        """Where there may be lines of the time wanted, up to the position `last`."""
        low, high = self._values["low"], min(self._values["high"], last)
        if self._wanted.since is not None or self._wanted.until is not None:
            [(first, last)] = await self._readers.fetch(_HULL, self._values)
            low, high = (low, 0) if first is None else (max(low, first), min(high, last))
        return Span(low=low, high=high, ascending=self._wanted.ascending)

    async def walk(self, span: Span, limit: int) -> Step:
        """Look at up to `limit` lines of a span."""
        sql = _walk(self._label, self._others, ascending=span.ascending)
        values = {**self._values, "low": span.low, "high": span.high, "limit": limit}
        [(fitting, lines, last)] = await self._readers.fetch(sql, values)
        end = span.high if span.ascending else span.low
        return Step(_decode(fitting), last if lines == limit else end, lines)

    async def sift(self, positions: Sequence[int]) -> list[int]:
        """Those of these positions that are lines wanted."""
        values = {**self._values, "positions": as_json(positions)}
        [(fitting,)] = await self._readers.fetch(_sift(self._label, self._others), values)
        return _decode(fitting)
