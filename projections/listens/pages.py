"""Pages of listens, ascending by position: which index finds them.

Rule 1: a page walks the index of what is equal: the session, else the asset, else the project, else the log. Each
        of them is in order of position.
Rule 2: a range that holds few listens is found by its own index instead, and sorted.
Rule 3: what is left to compare is compared row by row, for `SCAN` rows at most. A page that is short for that
        reason still tells how to go on.
Rule 4: it is walked in stretches, each twice as long as the one before, so that a page costs what it takes to fill
        it. How far a stretch goes is known before it is read: what is written meanwhile moves no bound past a row
        that nobody compared.
Rule 5: where a time is looked for in all of a log, or in more than `SCAN` rows, blocks of positions that do not
        span it are passed over.
"""

from __future__ import annotations

from typing import Any

import msgspec

from projections.listens.blocks import BITS, WITHIN
from projections.readers import Readers
from projections.view import Row, as_json

SCAN = 20_000
"""How many rows one page looks at."""

FIRST = 500
"""How many rows its first stretch has."""

FEW = 2_000
"""How many listens of a range are sorted for each page."""

LAST = 2**53
"""Above every position."""

COLUMNS = "l.position, k.session, l.asset, l.project, l.start, l.duration, l.ended"
WIDTH = 7
"""How many `COLUMNS` there are."""

OF_SESSION = "CROSS JOIN listen_sessions AS k ON k.first = l.session"
SOURCE = f"listens AS l {{index}} {OF_SESSION}"


class ListenFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which listens of a log to list; None means all.

    `since` and `until` bound when they began (microseconds UTC), `shortest` and `longest` how long they were
    observed to last (nanoseconds; one of unknown length is in no such range). All bounds are included.
    """

    log: str
    session: str | None = None
    asset: str | None = None
    project: str | None = None
    since: int | None = None
    until: int | None = None
    shortest: int | None = None
    longest: int | None = None


class _Condition(msgspec.Struct, frozen=True):
    """A condition, and the index that finds the rows for which it holds."""

    sql: str
    index: str


_OF_LOG = _Condition("l.log = :log", "listens_by_log")
_EQUAL = {
    "session": _Condition(
        "l.session = (SELECT first FROM listen_sessions WHERE log = :log AND session = :session)",
        "listens_by_session",
    ),
    "asset": _Condition("l.log = :log AND l.asset = :asset", "listens_by_asset"),
    "project": _Condition("l.log = :log AND l.project = :project", "listens_by_project"),
}
_RANGES = {
    ("since", "until"): _Condition("l.log = :log AND l.start BETWEEN :since AND :until", "listens_by_start"),
    ("shortest", "longest"): _Condition(
        "l.log = :log AND l.duration BETWEEN :shortest AND :longest", "listens_by_duration"
    ),
}
_OPEN = {"since": -(2**62), "until": 2**62, "shortest": 0, "longest": 2**63 - 1}
"""What a bound that is not given stands for."""


_TIMES = ("since", "until")
_SPANNING = (
    f"b.log = :log AND b.block BETWEEN (:after + 1) >> {BITS} AND :ceiling >> {BITS}"
    " AND b.latest >= :since AND b.earliest <= :until"
)


async def find(
    readers: Readers, wanted: ListenFilter, after: int, limit: int
) -> tuple[list[Row], int | None]:
    """Up to `limit` rows of `COLUMNS` with a position above `after`, and the `after` of the next page."""
    search = _Search(readers, wanted, after, limit + 1)
    rows = await search.rows()
    if len(rows) > limit:
        return rows[:limit], rows[limit - 1][0] if limit else after
    return rows, None if search.ceiling == LAST else search.ceiling


class _Search:
    """One page's search: which index it walks, and how far."""

    def __init__(self, readers: Readers, wanted: ListenFilter, after: int, limit: int) -> None:
        given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not None}
        self.readers = readers
        self.equal = [condition for name, condition in _EQUAL.items() if name in given]
        self.ranges = [
            condition for names, condition in _RANGES.items() if any(name in given for name in names)
        ]
        self.timed = any(name in given for name in _TIMES)
        self.given = {**_OPEN, **given, "limit": limit}
        self.limit = limit
        self.after = after
        self.ceiling = LAST

    async def rows(self) -> list[Row]:
        """The first rows, `limit` of them or more where there are so many; none above `ceiling`."""
        few = await self._few()
        if few is not None:
            return await self._pick(few)
        walked = [*self.equal, _OF_LOG][0]
        if not self._sieve(walked):
            return await self._read(walked, blocks=False)
        spanning = self.timed and (walked is _OF_LOG or await self._holds_more(walked, SCAN))
        return await self._walk(walked, blocks=spanning)

    @property
    def parameters(self) -> dict[str, Any]:
        return {**self.given, "after": self.after, "ceiling": self.ceiling}

    async def _few(self) -> list[int] | None:
        """Where the listens of the first range are that holds few; None when there is no such range."""
        for range_ in self.ranges:
            if not await self._holds_more(range_, FEW):
                sql = f"SELECT l.position FROM listens AS l INDEXED BY {range_.index} WHERE {range_.sql}"
                found = await self.readers.fetch_many(1, sql, self.parameters)
                return sorted(position for (position,) in found if position > self.after)
        return None

    async def _holds_more(self, condition: _Condition, than: int) -> bool:
        sql = f"SELECT 1 FROM listens AS l INDEXED BY {condition.index} WHERE {condition.sql}"
        return bool(await self.readers.fetch(f"{sql} LIMIT 1 OFFSET {than}", self.parameters))

    async def _pick(self, positions: list[int]) -> list[Row]:
        """The listens at these positions, as far as they are compared and wanted."""
        source = f"json_each(:chosen) AS n CROSS JOIN {SOURCE.format(index='NOT INDEXED')}"
        where = " AND ".join(("l.position = n.value", _OF_LOG.sql, *self._sieve(None)))
        sql = f"SELECT {COLUMNS} FROM {source} WHERE {where} ORDER BY l.position"
        rows: list[Row] = []
        start, size = 0, self.limit
        while len(rows) < self.limit and start < len(positions):
            chosen = as_json(positions[start : start + size])
            rows += await self.readers.fetch_many(WIDTH, sql, {**self.parameters, "chosen": chosen})
            start, size = start + size, 2 * size
        return rows

    async def _walk(self, walked: _Condition, *, blocks: bool) -> list[Row]:
        """Walk in stretches, until the page is full, or `SCAN` rows are compared, or all."""
        rows: list[Row] = []
        size, left = FIRST, SCAN
        while True:
            size = min(size, left)
            self.ceiling = await self._ceiling(walked, size, blocks=blocks)
            rows += await self._read(walked, blocks=blocks)
            left -= size
            if len(rows) >= self.limit or self.ceiling == LAST or not left:
                return rows
            self.after, size = self.ceiling, 2 * size

    async def _ceiling(self, walked: _Condition, size: int, *, blocks: bool) -> int:
        """The position of the last of the next rows, so many; `LAST` where no more are left."""
        sql = self._query("l.position", "", walked, blocks=blocks)
        parameters = {**self.parameters, "ceiling": LAST, "limit": 1}
        rows = await self.readers.fetch(f"{sql} OFFSET {size - 1}", parameters)
        return rows[0][0] if rows else LAST

    async def _read(self, walked: _Condition, *, blocks: bool) -> list[Row]:
        """The rows up to the ceiling that pass the sieve."""
        sql = self._query(COLUMNS, OF_SESSION, walked, *self._sieve(walked), blocks=blocks)
        return await self.readers.fetch_many(WIDTH, sql, self.parameters)

    def _query(self, columns: str, joined: str, walked: _Condition, *sieve: str, blocks: bool) -> str:
        """The rows above `after` and up to `ceiling` that are walked and pass the sieve, in order of position."""
        source, place, order = f"listens AS l INDEXED BY {walked.index} {joined}", "l.position", "l.position"
        conditions = [walked.sql, *sieve]
        if blocks:  # the plus keeps SQLite from seeking by the page's bounds instead of the block's
            source, place = f"listen_blocks AS b CROSS JOIN {source}", "+l.position"
            order = "b.block, l.position"
            conditions += [_SPANNING, WITHIN]
        where = " AND ".join((*conditions, f"{place} > :after", f"{place} <= :ceiling"))
        return f"SELECT {columns} FROM {source} WHERE {where} ORDER BY {order} LIMIT :limit"

    def _sieve(self, walked: _Condition | None) -> list[str]:
        """What is left to compare, row by row."""
        return [condition.sql for condition in (*self.equal, *self.ranges) if condition is not walked]
