"""Lists that are newest first and paged by key.

Rule 1: a key is the position of a first record, so that a page loses and repeats nothing while events arrive.
Rule 2: one request looks at `SCAN` rows at most. A page that is short for that reason still brings `next`.
"""

from __future__ import annotations

from typing import Any

import msgspec

from projections.readers import Readers
from projections.view import Row, as_json

SCAN = 20_000
"""How many rows one request looks at."""

NEWEST = 2**53
"""Above every position."""


class Listing(msgspec.Struct):
    """A query for a list: what is read, in the order of `key`, and which of it is shown.

    `narrow` are conditions that the index giving the order answers; `sieve` is looked at row by row. `columns`,
    `width` in number, begin with the key.
    """

    source: str
    key: str
    columns: str
    width: int
    narrow: list[str] = []
    sieve: list[str] = []
    parameters: dict[str, Any] = {}

    def only(self, condition: str, **parameters: Any) -> None:
        """Show only rows for which a condition holds."""
        self.sieve.append(condition)
        self.parameters.update(parameters)

    async def page(self, readers: Readers, before: int | None, limit: int) -> tuple[list[Row], int | None]:
        """Up to `limit` rows with a key below `before`, newest first, and the `before` of the next page."""
        values = {**self.parameters, "before": NEWEST if before is None else before, "limit": limit + 1}
        values["floor"] = await self._floor(readers, values)
        where = " AND ".join((*self.narrow, f"{self.key} < :before", f"{self.key} >= :floor", *self.sieve))
        sql = f"SELECT {self.columns} FROM {self.source} WHERE {where} ORDER BY {self.key} DESC LIMIT :limit"
        rows = await readers.fetch_many(self.width, sql, values)
        if len(rows) > limit:
            return rows[:limit], rows[limit - 1][0]
        return rows, values["floor"] or None

    async def _floor(self, readers: Readers, values: dict[str, Any]) -> int:
        """The lowest key that this request looks at, or 0 when it may look at all that are left."""
        if not self.sieve:
            return 0
        where = " AND ".join((*self.narrow, f"{self.key} < :before"))
        sql = f"SELECT {self.key} FROM {self.source} WHERE {where} ORDER BY {self.key} DESC"
        rows = await readers.fetch(f"{sql} LIMIT 1 OFFSET {SCAN - 1}", values)
        return rows[0][0] if rows else 0


def one_log(logs: frozenset[str] | None, log: str | None) -> str | None:
    """The log that a list is of, when what may be read and what is asked for leave only one."""
    if log is not None:
        return log
    return next(iter(logs)) if logs is not None and len(logs) == 1 else None


def holding(text: str, *expressions: str) -> tuple[str, dict[str, str]]:
    """The condition that one of these SQL expressions holds a text, in any case, and its parameters."""
    if text.isascii():
        escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        test, value = "{} LIKE :text ESCAPE '\\'", f"%{escaped}%"
    else:
        test, value = "contains({}, :text)", text.casefold()
    return " OR ".join(test.format(expression) for expression in expressions), {"text": value}


def among(logs: frozenset[str]) -> str:
    """The parameter for `IN (SELECT value FROM json_each(...))`."""
    return as_json(sorted(logs))
