"""The questions that a reader answers, each in one hop. Run in a connection's thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from replay.envelope import decode_event
from replay.errors import Corrupt
from replay.log.chain import GENESIS, Sealed
from replay.log.contract import END_OF_POSITIONS, Record
from replay.log.sqlite.connection import as_set, is_error, reading
from replay.log.sqlite.keys import Keys
from replay.log.sqlite.schema import get_meta, has_anchors
from replay.log.verify import Verifier

VERIFY_PAGE = 1_000
SEALED = "position, recordedtime, key, nonce, commitment, records.chain, body"
BYTES_A_RECORD = 1024
"""How long records may be on average before a page of them is cut: a thousand slow streams hold a page each."""


class Tail(msgspec.Struct, frozen=True):
    """Where the log ends: its newest position, its chain hash, and the newest recorded time so far."""

    position: int
    chain: bytes
    latest: int


START = Tail(0, GENESIS, -(2**63))
"""The tail of an empty log."""


def read_tail(connection: sqlite3.Connection, last: int = END_OF_POSITIONS) -> Tail:
    """Where the log ends, or ended with the position `last`."""
    row = connection.execute(
        "SELECT position, chain, recordedtime + behind FROM records WHERE position <= ?"
        " ORDER BY position DESC LIMIT 1",
        (_bounded(last),),
    ).fetchone()
    return Tail(*row) if row else START


def records_after(connection: sqlite3.Connection, after: int, limit: int) -> list[Record]:
    """Up to `limit` records above a position, in order: fewer when together they are long, one at least."""
    rows = connection.execute(
        "SELECT position, recordedtime, body FROM records WHERE position > ? ORDER BY position LIMIT ?",
        (_bounded(after), _bounded(limit)),
    )
    records, left = [], limit * BYTES_A_RECORD
    for row in rows:
        records.append(Record(*row))
        left -= len(row[2] or b"")
        if left <= 0:
            break
    return records


def records_at(connection: sqlite3.Connection, positions: Iterable[int]) -> Iterator[Record]:
    """The records at some positions, each once."""
    wanted = {position for position in positions if 0 < position < END_OF_POSITIONS}
    rows = connection.execute(
        "SELECT position, recordedtime, body FROM json_each(?) CROSS JOIN records ON position = value",
        (as_set(sorted(wanted)),),
    )
    return (Record(*row) for row in rows)


def records_with_id(
    connection: sqlite3.Connection, keys: Keys, key: bytes, log: str, id: str
) -> list[Record]:
    """The records with the log and id of a key that still have their content."""
    return [
        record
        for record in records_at(connection, keys.candidates(connection, key))
        if record.body is not None and _has_id(record.body, log, id)
    ]


def follow_keys(connection: sqlite3.Connection, keys: Keys) -> None:
    """Bring an index up to date with a log that another process writes."""
    with reading(connection):
        if keys.through == 0 or keys.flushed_through != get_meta(connection, "flushed_through"):
            keys.load(connection)
        else:
            keys.extend(connection)


def position_at(connection: sqlite3.Connection, recordedtime: int) -> int:
    """The position before the first record later than a recorded time, by binary search.

    Recorded times may go back; their running maximum does not, and first exceeds a time where they do.
    """
    low, high = 0, read_tail(connection).position  # the answer is in between
    while low < high:
        middle = (low + high + 1) // 2
        if read_tail(connection, middle).latest <= recordedtime:
            low = middle
        else:
            high = middle - 1
    return low


def verify_page(connection: sqlite3.Connection, verifier: Verifier, tail: Tail, last: int) -> Tail:
    """Check the next records after `tail`, up to the position `last`; return the tail with them."""
    source, anchor = sealed_rows(connection)
    rows = connection.execute(
        f"SELECT {SEALED}, {anchor}, behind FROM {source}"
        " WHERE position > ? AND position <= ? ORDER BY position LIMIT ?",
        (tail.position, _bounded(last), VERIFY_PAGE),
    )
    try:
        for *sealed, behind in rows:
            record = Sealed(*sealed)
            verifier.check(record)
            latest = max(tail.latest, record.recordedtime)
            if record.recordedtime + behind != latest:
                raise Corrupt(f"the times up to position {record.position} disagree", record.position)
            tail = Tail(record.position, record.chain, latest)
    except sqlite3.DatabaseError as error:
        if not is_error(error, sqlite3.SQLITE_CORRUPT):
            raise
        raise Corrupt(
            f"the record after position {tail.position} cannot be read", tail.position + 1
        ) from error
    return tail


def sealed_rows(connection: sqlite3.Connection) -> tuple[str, str]:
    """What to read sealed records from, and the column of their anchors: few logs have any."""
    if has_anchors(connection):
        return "records LEFT JOIN anchors USING (position)", "anchors.chain"
    return "records", "NULL"


def excerpt(connection: sqlite3.Connection, positions: Sequence[int]) -> list[Sealed]:
    """The sealed records at some positions, by position; those that follow a gap with their anchors."""
    wanted = sorted({position for position in positions if 0 < position < END_OF_POSITIONS})
    source, anchor = sealed_rows(connection)
    rows = connection.execute(
        f"SELECT {SEALED}, {anchor} FROM {source} WHERE position IN (SELECT value FROM json_each(?))"
        " ORDER BY position",
        (as_set(wanted),),
    )
    found: list[Sealed] = []
    for row in rows:
        record = Sealed(*row)
        if record.anchor is None and (not found or found[-1].position != record.position - 1):
            before = read_tail(connection, record.position - 1)
            first = before.position == 0 or (found and found[-1].position == before.position)
            record = record if first else msgspec.structs.replace(record, anchor=before.chain)
        found.append(record)
    return found


def explain_page(connection: sqlite3.Connection, verifier: Verifier, after: int) -> int | None:
    """Look for erasures in the next records; return the position reached, None at the end."""
    records = records_after(connection, after, VERIFY_PAGE)
    for record in records:
        if record.body is not None:
            verifier.explain(record.body)
    return records[-1].position if records else None


def in_order(records: Iterable[Record], positions: Sequence[int]) -> list[Record]:
    """Records in the order in which their positions were asked for."""
    by_position = {record.position: record for record in records}
    return [by_position[position] for position in positions if position in by_position]


def _bounded(number: int) -> int:
    """The nearest number that can be a position: any integer may be asked for, and SQLite's have 64 bits."""
    return min(max(number, 0), END_OF_POSITIONS)


def _has_id(body: bytes, log: str, id: str) -> bool:
    event = decode_event(body)
    return event.log == log and event.id == id
