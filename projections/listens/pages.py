"""Pages of listens, ascending by position: which index finds them.

Rule 1: a page walks the index of what is equal: the session, else the asset, else the project, else the log. Each
        of them is in order of position.
Rule 2: a range that holds few listens is found by its own index instead, and sorted.
Rule 3: what is left to compare is compared row by row, for `SCAN` rows at most. A page that is short for that
        reason still tells how to go on.
"""

from __future__ import annotations

from typing import Any

import msgspec

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


async def find(
    readers: Readers, wanted: ListenFilter, after: int, limit: int
) -> tuple[list[Row], int | None]:
    """Up to `limit` rows of `COLUMNS` with a position above `after`, and the `after` of the next page."""
    values = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not None}
    equal = [condition for name, condition in _EQUAL.items() if name in values]
    ranges = [condition for names, condition in _RANGES.items() if any(name in values for name in names)]
    parameters = {**_OPEN, **values, "after": after, "limit": limit + 1, "ceiling": LAST}
    few = await _fewest(readers, ranges, parameters)
    walked = few or (equal or [_OF_LOG])[0]
    sieve = [condition.sql for condition in (*equal, *ranges) if condition is not walked]
    if sieve and few is None:
        parameters["ceiling"] = await _ceiling(readers, walked, parameters)
    where = " AND ".join((walked.sql, "l.position > :after", "l.position <= :ceiling", *sieve))
    source = SOURCE.format(index=f"INDEXED BY {walked.index}")
    sql = f"SELECT {COLUMNS} FROM {source} WHERE {where} ORDER BY l.position LIMIT :limit"
    rows = await readers.fetch_many(WIDTH, sql, parameters)
    if len(rows) > limit:
        return rows[:limit], rows[limit - 1][0] if limit else after
    return rows, None if parameters["ceiling"] == LAST else parameters["ceiling"]


async def _fewest(
    readers: Readers, ranges: list[_Condition], parameters: dict[str, Any]
) -> _Condition | None:
    """The first of these ranges that holds few listens; None when there is none."""
    for condition in ranges:
        looked = (
            f"SELECT 1 FROM listens AS l INDEXED BY {condition.index} WHERE {condition.sql} LIMIT {FEW + 1}"
        )
        [(count,)] = await readers.fetch(f"SELECT count(*) FROM ({looked})", parameters)
        if count <= FEW:
            return condition
    return None


async def _ceiling(readers: Readers, walked: _Condition, parameters: dict[str, Any]) -> int:
    """The last position that this page looks at; `LAST` when it may look at all that are left."""
    sql = f"""SELECT l.position FROM listens AS l INDEXED BY {walked.index}
        WHERE {walked.sql} AND l.position > :after ORDER BY l.position LIMIT 1 OFFSET {SCAN - 1}"""
    rows = await readers.fetch(sql, parameters)
    return rows[0][0] if rows else LAST
