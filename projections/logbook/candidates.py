"""What the view `text` answers: which lines may hold what an expression demands.

Rule 1: an answer is of one state of the file and says up to where that state goes (`through`). What lies above it
        has to be looked at by other means, so that no line is missed while the index lags.
Rule 2: an index that cannot be read is no index: nothing is indexed then.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

import msgspec

from projections.logbook.literals import SHORTEST, Demand, Either
from projections.logbook.trigrams import SHELF_BITS, indexed, mark, table
from projections.readers import Readers
from projections.view import Database, run, run_many
from replay.errors import Unavailable

MOST_TERMS = 64
"""How many trigrams a query may name; an expression that demands more demands nothing."""

SHELVES = 100
"""How many shelves one statement looks through; SQLite takes 500 parts."""

TERMS_OF_A_TEXT = 16
"""How many trigrams of one text are looked up: its first ones, side by side, and its last."""

logger = logging.getLogger(__name__)


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Positions from `low` to `high`, both included, upwards or downwards."""

    low: int
    high: int
    ascending: bool = True


class Candidates(msgspec.Struct, frozen=True):
    """Positions, in order. The index goes up to `through`; up to `reached` no other is a candidate."""

    through: int
    positions: list[int]
    reached: int


def match_query(demand: Demand, log: str | None) -> str | None:
    """A demand as FTS5 asks for it; None for one that is too large. `log` leaves out most lines of other logs."""
    if len(list(_terms(demand))) > MOST_TERMS:
        return None
    return _query(demand) if log is None else f"{_quoted(mark(log))} AND {_query(demand)}"


def _terms(demand: Demand) -> Iterator[str]:
    if isinstance(demand, str):
        yield from _trigrams(demand)
    else:
        for part in demand.demands:
            yield from _terms(part)


def _query(demand: Demand) -> str:
    if isinstance(demand, str):
        return "(" + " AND ".join(map(_quoted, _trigrams(demand))) + ")"
    joint = " OR " if isinstance(demand, Either) else " AND "
    return "(" + joint.join(map(_query, demand.demands)) + ")"


def _trigrams(text: str) -> list[str]:
    text = indexed(text)
    starts = list(range(0, len(text) - SHORTEST + 1, SHORTEST))[:TERMS_OF_A_TEXT]
    return list(dict.fromkeys(text[at : at + SHORTEST] for at in (*starts, len(text) - SHORTEST)))


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


class TextIndex:
    """The questions. None raises: without a file that can be read, the index stands at position 0."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def position(self) -> int:
        """Up to where the lines are indexed."""
        try:
            [(position,)] = await self._readers.fetch("SELECT position FROM checkpoint")
        except Unavailable as error:
            self._warn(error)
            return 0
        return int(position)

    async def find(self, match: str, span: Span, limit: int) -> Candidates:
        """Up to `limit` (at least 1) candidates within a span, in its order."""
        try:
            async with self._readers.one() as db:
                return await _find(db, match, span, limit)
        except Unavailable as error:
            self._warn(error)
            return Candidates(0, [], 0)

    def _warn(self, error: Unavailable) -> None:
        if self._readers.attached:
            logger.warning("the text index cannot be read, lines are read instead: %s", error)


_STANDS = f"""
    SELECT position, (SELECT json_group_array(shelf) FROM (
        SELECT shelf FROM shelves
        WHERE shelf BETWEEN :low >> {SHELF_BITS} AND min(:high, position) >> {SHELF_BITS} ORDER BY shelf))
    FROM checkpoint"""


async def _find(db: Database, match: str, span: Span, limit: int) -> Candidates:
    [(through, found)] = await run(db, _STANDS, {"low": span.low, "high": span.high})
    shelves: list[int] = msgspec.json.decode(found)
    if not span.ascending:
        shelves.reverse()
    high = min(span.high, through)
    positions: list[int] = []
    for at in range(0, len(shelves), SHELVES):
        values = {"match": match, "low": span.low, "high": high, "limit": limit - len(positions)}
        sql = _candidates(shelves[at : at + SHELVES], ascending=span.ascending)
        positions += [position for (position,) in await run_many(db, 1, sql, values)]
        if len(positions) == limit:
            return Candidates(through, positions, positions[-1])
    return Candidates(through, positions, high if span.ascending else span.low)


def _candidates(shelves: Iterable[int], *, ascending: bool) -> str:
    """The statement that looks through shelves, one after the other, until it has enough."""
    way = "ASC" if ascending else "DESC"
    parts = (
        f"""SELECT * FROM (SELECT rowid FROM {table(shelf)}
            WHERE {table(shelf)} MATCH :match AND rowid BETWEEN :low AND :high ORDER BY rowid {way})"""
        for shelf in shelves
    )
    return " UNION ALL ".join(parts) + " LIMIT :limit"
