"""Searching a log: lines that have several labels, or a text.

Rule 1: where an expression demands a text, candidates come from the index, up to where it stands; the lines above
        are walked through, and so are all lines where it demands none, or where there are but few.
Rule 2: what a line says is read in the log; nothing else decides whether it matches.
Rule 3: a search is bounded in lines, texts and time. One that is cut off says so, and how to go on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import msgspec

from projections.logbook.candidates import Span, TextIndex, match_query
from projections.logbook.expression import Expression
from projections.logbook.line import text_of
from projections.logbook.lines import LineFilter, LinePage
from projections.logbook.steps import Step, Steps
from projections.readers import Readers
from replay.log.contract import EventLog, Record

FEW = 500
"""So few lines are read as quickly as they are looked up."""

SHARE = 4
"""A log with less than this part of all events is searched by its mark: below, the mark only costs."""

TEXTS = 500
"""How many records are read at once."""

FIRST_STEP = 250
LONGEST_STEP = 16_000
"""How many lines or candidates a step looks at: the first one, and at most."""


class Bounds(msgspec.Struct, frozen=True):
    """What one search may cost: lines looked at, texts read, seconds."""

    lines: int = 1_000_000
    texts: int = 50_000
    seconds: float = 2.0


class Hits:
    """The positions of matching lines, in order: those of the page, and one more to know whether there are more."""

    def __init__(self, skip: int, limit: int) -> None:
        self.skip = skip
        self.limit = limit
        self.positions: list[int] = []

    @property
    def full(self) -> bool:
        """Whether no more are needed."""
        return len(self.positions) > self.limit

    @property
    def page(self) -> list[int]:
        """Those of the page."""
        return self.positions[: self.limit]

    def add(self, positions: Sequence[int]) -> None:
        """Add what matches next."""
        fresh = positions[self.skip :]
        self.skip -= len(positions) - len(fresh)
        self.positions += fresh[: self.limit + 1 - len(self.positions)]


class Search:
    """One search. Make a new one for each."""

    def __init__(
        self, readers: Readers, index: TextIndex, log: EventLog, wanted: LineFilter, bounds: Bounds
    ) -> None:
        self._readers = readers
        self._index = index
        self._log = log
        self._wanted = wanted
        self._bounds = bounds
        self._match: str | None = None
        self._through = 0
        self._lines = 0
        self._texts = 0
        self._deadline = time.monotonic() + bounds.seconds

    async def page(self, skip: int, limit: int, stands: int) -> LinePage:
        """The lines wanted, `skip` of them left out, `limit` at most. `stands` is the position of the view."""
        steps = await Steps.prepare(self._readers, self._wanted)
        await self._ask_index(steps.lines, stands)
        span = await steps.span(stands)
        hits = Hits(skip, limit)
        size = min(max(skip + limit + 1, FIRST_STEP), LONGEST_STEP)
        cut = False
        while span.low <= span.high and not hits.full and not cut:
            step = await self._step(steps, span, size)
            span = _beyond(span, await self._look(step, hits))
            size = min(2 * size, LONGEST_STEP)
            cut = self._spent()
        cut = cut and not hits.full and span.low <= span.high
        return LinePage(
            records=await self._log.get(hits.page),
            position=stands,
            next=hits.page[-1] if hits.full else _edge(span) if cut else None,
            complete=not cut,
            skip=hits.skip,
            texts=self._texts,
            indexed=None if self._match is None else self._through,
        )

    async def _ask_index(self, lines: int, events: int) -> None:
        """Decide whether the index is of use for so many lines among about so many events."""
        text = self._wanted.text
        if text is not None and text.demand is not None and lines > FEW:
            self._match = match_query(text.demand, self._wanted.log if lines * SHARE < events else None)
        if self._match is not None:
            self._through = await self._index.position()

    async def _step(self, steps: Steps, span: Span, size: int) -> Step:
        """The next lines that may match: candidates, or beyond the index whatever comes."""
        if self._match is not None and self._within(span):
            found = await self._index.find(self._match, span, size)
            self._through = found.through
            if self._within(span):
                self._lines += len(found.positions)
                return Step(await steps.sift(found.positions), found.reached, len(found.positions))
        if self._match is not None and not span.ascending:
            span = msgspec.structs.replace(span, low=max(span.low, self._through + 1))
        step = await steps.walk(span, size)
        self._lines += step.lines
        return step

    def _within(self, span: Span) -> bool:
        """Whether a span begins where lines are indexed."""
        return (span.low if span.ascending else span.high) <= self._through

    async def _look(self, step: Step, hits: Hits) -> int:
        """Read the lines of a step, and return up to where that was done."""
        if self._wanted.text is None:
            hits.add(step.positions)
            return step.reached
        for at in range(0, len(step.positions), TEXTS):
            records = await self._log.get(step.positions[at : at + TEXTS])
            looked, matching = await asyncio.to_thread(_read, self._wanted.text, records, self._deadline)
            self._texts += looked
            hits.add(matching)
            if looked and (hits.full or self._spent()):
                return records[looked - 1].position
        return step.reached

    def _spent(self) -> bool:
        bounds = self._bounds
        return (
            self._texts >= bounds.texts or self._lines >= bounds.lines or time.monotonic() >= self._deadline
        )


def _beyond(span: Span, reached: int) -> Span:
    """What is left of a span."""
    if span.ascending:
        return msgspec.structs.replace(span, low=reached + 1)
    return msgspec.structs.replace(span, high=reached - 1)


def _edge(span: Span) -> int:
    """The last position before what is left."""
    return span.low - 1 if span.ascending else span.high + 1


class _Text(msgspec.Struct):
    text: object = None


class _Body(msgspec.Struct):
    data: _Text


_body = msgspec.json.Decoder(_Body)


def _read(expression: Expression, records: Sequence[Record], deadline: float) -> tuple[int, list[int]]:
    """How many of these records were read, until the deadline but one at least, and the positions that match."""
    matching = []
    for looked, record in enumerate(records, 1):
        if record.body is not None:
            text = text_of(_body.decode(record.body).data.text)
            if expression.matches(text.encode()):
                matching.append(record.position)
        if time.monotonic() >= deadline:
            return looked, matching
    return len(records), matching
