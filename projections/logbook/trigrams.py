"""The view `text`: which lines hold which runs of three characters.

It stands in a file of its own and follows at a distance: filling it costs as much as all other views together, and
nobody's write waits for it. A search reads the lines above its position themselves (`search`).

Rule 1: a shelf is an FTS5 index of its own over 65,536 positions. It keeps no text (`content=''`), only trigrams
        and the positions that have them (`detail=none`): it finds candidates, to be looked at in the log.
Rule 2: an erasure cannot name what it takes out, for the text is gone. The shelf it touches is emptied as a whole
        and filled again with what is left. So no trigram outlives its text, and nobody has to `optimize`.
Rule 3: case is ignored here and minded by whoever looks at the candidates: one index serves both.
Rule 4: each row carries the mark of its log, three characters that no keyboard has, so that a small log is searched
        within a large server. Another log with the same mark costs time, nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from projections.entries import Entry, Range, all_ranges, read_entry
from projections.logbook.line import read_line, text_of
from projections.logbook.literals import SHORTEST
from projections.view import CHUNK, Database, as_json, fields, run
from replay.log.contract import EventLog

SHELF_BITS = 16
CHARACTERS = 2 * 1024 * 1024
"""The most text that goes into one statement."""

_PRIVATE = 0xE000
_PRIVATE_COUNT = 6400
"""Unicode's private use area: what marks are made of."""

Text = tuple[int, str, str]
"""A row of the index: position, mark, text."""


class TextView:
    """Folds records into shelves."""

    name = "text"
    version = 1
    tables = ("CREATE TABLE shelves (shelf INTEGER PRIMARY KEY)",)
    indexes = ()

    async def apply(self, db: Database, entries: Sequence[Entry], log: EventLog) -> None:
        """Index entries, in order of position; then take out what they erase."""
        await _index(db, _texts(entry for entry in entries if not entry.erases))
        erased = all_ranges(entry for entry in entries if entry.erases)
        if erased:
            await _take_out(db, erased, log, entries[-1].position)


def table(shelf: int) -> str:
    """The name of a shelf's index."""
    return f"text_{shelf}"


def mark(log: str) -> str:
    """What the rows of a log carry."""
    digest = hashlib.sha256(log.encode()).digest()
    return "".join(
        chr(_PRIVATE + int.from_bytes(digest[at : at + 4]) % _PRIVATE_COUNT) for at in range(0, 12, 4)
    )


def indexed(text: str) -> str:
    """A text as the index takes it: SQLite's JSON ends one at a zero."""
    return text.replace("\0", " ")


def _texts(entries: Iterable[Entry]) -> Iterator[Text]:
    for entry in entries:
        text = text_of(read_line(entry).text)
        if len(text) >= SHORTEST:
            yield entry.position, mark(entry.log), indexed(text)


async def _index(db: Database, texts: Iterable[Text]) -> None:
    """Add rows, in order of position, to the shelves they belong on."""
    for shelf, rows in _parts(texts):
        if not await run(db, "SELECT 1 FROM shelves WHERE shelf = ?", (shelf,)):
            await run(db, "INSERT INTO shelves VALUES (?)", (shelf,))
            options = "log, text, content = '', tokenize = 'trigram', detail = none"
            await run(db, f"CREATE VIRTUAL TABLE {table(shelf)} USING fts5({options})")
        sql = f"INSERT INTO {table(shelf)} (rowid, log, text) SELECT {fields(3)} FROM json_each(?)"
        await run(db, sql, (as_json(rows),))


def _parts(texts: Iterable[Text]) -> Iterator[tuple[int, list[Text]]]:
    """Rows by shelf, so many at once as one statement takes."""
    shelf, size = 0, 0
    part: list[Text] = []
    for row in texts:
        if part and (row[0] >> SHELF_BITS != shelf or size > CHARACTERS):
            yield shelf, part
            part, size = [], 0
        shelf = row[0] >> SHELF_BITS
        size += len(row[2])
        part.append(row)
    if part:
        yield shelf, part


_TOUCHED = f"""
    SELECT json_group_array(json_array(shelf, json_extract(value, '$[0]'), json_extract(value, '$[1]')))
    FROM json_each(?) CROSS JOIN shelves
    ON shelf BETWEEN json_extract(value, '$[0]') >> {SHELF_BITS} AND json_extract(value, '$[1]') >> {SHELF_BITS}"""


async def _take_out(db: Database, ranges: Sequence[Range], log: EventLog, up_to: int) -> None:
    """Fill the shelves again that have something at these positions."""
    [(touched,)] = await run(db, _TOUCHED, (as_json(ranges),))
    emptied: set[int] = set()
    for shelf, first, last in msgspec.json.decode(touched):
        if shelf not in emptied and await _holds(db, shelf, first, last):
            emptied.add(shelf)
            await run(db, f"INSERT INTO {table(shelf)} ({table(shelf)}) VALUES ('delete-all')")
            await _refill(db, shelf, log, up_to)


async def _holds(db: Database, shelf: int, first: int, last: int) -> bool:
    """Whether a shelf has a row between two positions, both included."""
    sql = f"SELECT 1 FROM {table(shelf)}_docsize WHERE id BETWEEN ? AND ? LIMIT 1"
    return bool(await run(db, sql, (first, last)))


async def _refill(db: Database, shelf: int, log: EventLog, up_to: int) -> None:
    """Index what the log still has of a shelf, up to a position."""
    after = (shelf << SHELF_BITS) - 1
    last = min(up_to, (shelf + 1 << SHELF_BITS) - 1)
    while after < last and (records := await log.read(after, CHUNK)):
        after = records[-1].position
        await _index(db, _texts(_readable(records, last)))


def _readable(records: Iterable[Any], last: int) -> Iterator[Entry]:
    """The entries of records up to a position. One that cannot be read was parked when it first came."""
    for record in records:
        try:
            entry = read_entry(record) if record.position <= last else None
        except (ValueError, RecursionError):
            continue
        if entry is not None:
            yield entry
