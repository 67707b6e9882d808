"""A view: one read model, folded from the log.

Rule 1: its rows are a function of the log alone. Folding live, a rebuild, and any crashes in between give the
        same rows, so keys come from the log, and an aggregate is one that does not depend on arrival order.
Rule 2: it holds keys and positions; bodies stay in the log.
Rule 3: it keeps no state between batches but its rows: a transaction that is rolled back leaves nothing behind.
Rule 4: few steps, whatever the number of rows: they go in as one JSON parameter and come out as one JSON value.
        Python's sqlite3 gives up the interpreter's lock at each step of a statement and, while the event loop is
        busy, waits up to 5 ms to have it back: `executemany` then writes a thousand rows a second.
Rule 5: an index that its fold does not need is made last, after a rebuild has filled the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Protocol, cast

import aiosqlite
import msgspec

from projections.entries import Entry, Range
from replay.log.contract import EventLog

Database = aiosqlite.Connection
Row = tuple[Any, ...]
Parameters = Sequence[Any] | dict[str, Any]

CHUNK = 1000
"""How many records or rows are held at once where there may be very many."""


class View(Protocol):
    """What the runner asks of a view; `projections.views` registers them."""

    @property
    def name(self) -> str:
        """Its name: letters, part of the views file's name."""
        ...

    @property
    def version(self) -> int:
        """Raised whenever the same log would give other rows than before."""
        ...

    @property
    def tables(self) -> Sequence[str]:
        """The statements that make its tables."""
        ...

    @property
    def indexes(self) -> Sequence[str]:
        """The statements that make the indexes its questions use."""
        ...

    async def apply(self, db: Database, entries: Sequence[Entry], log: EventLog) -> None:
        """Fold entries, in order of position, inside the transaction that is open on `db`.

        Raises whatever it must: the batch is then folded again in parts, and the entries that fail are parked.
        """
        ...


async def run(db: Database, sql: str, parameters: Parameters = ()) -> list[Row]:
    """Run one statement and return its rows: one hop to the connection's thread. For few rows."""
    return cast("list[Row]", await db.execute_fetchall(sql, parameters))


async def run_script(db: Database, statements: Iterable[str]) -> None:
    """Run statements without parameters, one after another, in one hop to the connection's thread."""
    await db.executescript("".join(f"{statement};\n" for statement in statements))


async def run_many(db: Database, columns: int, sql: str, parameters: Parameters = ()) -> list[Row]:
    """Run one query and return its rows, of so many columns, in one step. For many rows."""
    names = ", ".join(f"c{number}" for number in range(columns))
    wrapped = f"WITH many({names}) AS ({sql}) SELECT json_group_array(json_array({names})) FROM many"
    [(rows,)] = await run(db, wrapped, parameters)
    return _decode_rows(rows)


_decode_rows = msgspec.json.Decoder(list[Row]).decode


def cut_at_erasures(entries: Sequence[Entry]) -> list[tuple[bool, list[Entry]]]:
    """A batch cut into runs of erasures (True) and of everything else (False), in order."""
    return [(erasing, list(run)) for erasing, run in groupby(entries, key=lambda entry: entry.erases)]


def as_json(values: Sequence[object]) -> str:
    """Values as one parameter, for `json_each`."""
    return msgspec.json.encode(values).decode()


def fields(count: int, of: str = "value", start: int = 0) -> str:
    """The first elements of a JSON array, as so many columns."""
    return ", ".join(f"json_extract({of}, '$[{at}]')" for at in range(start, start + count))


def positions_erased(table: str) -> str:
    """The positions of a table's rows that lie in `:ranges`, as a subquery."""
    return f"""(SELECT position FROM json_each(:ranges) AS erased CROSS JOIN {table}
        ON position BETWEEN json_extract(erased.value, '$[0]') AND json_extract(erased.value, '$[1]'))"""


async def forget(db: Database, table: str, ranges: Sequence[Range]) -> None:
    """Delete a table's rows at the positions in these ranges."""
    await run(
        db, f"DELETE FROM {table} WHERE position IN {positions_erased(table)}", {"ranges": as_json(ranges)}
    )
