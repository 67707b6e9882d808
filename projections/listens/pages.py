"""Pages of listens, ascending by position: which index finds them.

Rule 1: a page walks the index of what is equal: the session, else the asset, else the project, else the log. Each
        of them is in order of position.
Rule 2: a range that holds few listens is found by its own index instead, and sorted.
Rule 3: what is left to compare is compared row by row, for `SCAN` rows at most. A page that is short for that
        reason still tells how to go on.
Rule 4: where there is more than that to walk and a time is looked for, blocks of positions that do not span it are
        passed over.
"""

from __future__ import annotations

import msgspec

from projections.listens.blocks import BITS, SIZE, WITHIN
from projections.readers import Readers
from projections.view import Row

SCAN = 20_000
"""How many rows one page looks at."""

FEW = 2_000
"""How many listens of a range are sorted for each page."""

LAST = 2**53
"""Above every position."""

COLUMNS = "l.position, k.session, l.asset, l.project, l.start, l.duration, l.ended"
WIDTH = 7
"""How many `COLUMNS` there are."""

SOURCE = "listens AS l {index} CROSS JOIN listen_sessions AS k ON k.first = l.session"


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
    f"b.log = :log AND b.block >= (:after + 1) >> {BITS} AND b.latest >= :since AND b.earliest <= :until"
)


async def find(
    readers: Readers, wanted: ListenFilter, after: int, limit: int
) -> tuple[list[Row], int | None]:
    """Up to `limit` rows of `COLUMNS` with a position above `after`, and the `after` of the next page."""
    search = _Search(readers, wanted, after, limit)
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
        self.parameters = {**_OPEN, **given, "after": after, "limit": limit + 1}
        self.ceiling = LAST

    async def rows(self) -> list[Row]:
        """The rows, one more than wanted where there are more; none above `ceiling`."""
        few = await self._few()
        if few is not None:
            return await self._read(few, blocks=False)
        walked = [*self.equal, _OF_LOG][0]
        if not self._sieve(walked):
            return await self._read(walked, blocks=False)
        self.ceiling = await self._ceiling(walked)
        blocks = self.timed and self.ceiling != LAST
        if blocks:
            self.ceiling = await self._ceiling_of_blocks()
        return await self._read(walked, blocks=blocks)

    async def _few(self) -> _Condition | None:
        """The first range that holds few listens; None when there is none."""
        for range_ in self.ranges:
            looked = (
                f"SELECT 1 FROM listens AS l INDEXED BY {range_.index} WHERE {range_.sql} LIMIT {FEW + 1}"
            )
            [(count,)] = await self.readers.fetch(f"SELECT count(*) FROM ({looked})", self.parameters)
            if count <= FEW:
                return range_
        return None

    def _sieve(self, walked: _Condition) -> list[str]:
        """What is left to compare, row by row."""
        return [condition.sql for condition in (*self.equal, *self.ranges) if condition is not walked]

    async def _read(self, walked: _Condition, *, blocks: bool) -> list[Row]:
        source, place, order = SOURCE.format(index=f"INDEXED BY {walked.index}"), "l.position", "l.position"
        conditions = [walked.sql, *self._sieve(walked)]
        if blocks:  # the plus keeps SQLite from seeking by the page's bounds instead of the block's
            source, place, order = (
                f"listen_blocks AS b CROSS JOIN {source}",
                "+l.position",
                "b.block, l.position",
            )
            conditions += [_SPANNING, WITHIN]
        where = " AND ".join((*conditions, f"{place} > :after", f"{place} <= :ceiling"))
        sql = f"SELECT {COLUMNS} FROM {source} WHERE {where} ORDER BY {order} LIMIT :limit"
        return await self.readers.fetch_many(WIDTH, sql, {**self.parameters, "ceiling": self.ceiling})

    async def _ceiling(self, walked: _Condition) -> int:
        """The last position that this page looks at; `LAST` when it may look at all that are left."""
        sql = f"""SELECT l.position FROM listens AS l INDEXED BY {walked.index}
            WHERE {walked.sql} AND l.position > :after ORDER BY l.position LIMIT 1 OFFSET {SCAN - 1}"""
        rows = await self.readers.fetch(sql, self.parameters)
        return rows[0][0] if rows else LAST

    async def _ceiling_of_blocks(self) -> int:
        """The same, where blocks that do not span the time looked for are passed over."""
        sql = f"""SELECT (b.block << {BITS}) + {SIZE - 1} FROM listen_blocks AS b
            WHERE {_SPANNING} ORDER BY b.block LIMIT 1 OFFSET {max(0, SCAN // SIZE - 1)}"""
        rows = await self.readers.fetch(sql, self.parameters)
        return rows[0][0] if rows else LAST
