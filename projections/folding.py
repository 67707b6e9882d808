"""Folding one batch of records into the views.

Rule 1: one transaction holds the batch's rows in every view, its parked records and the checkpoint. After a
        crash it is all there or not at all, so a record is never folded twice.
Rule 2: every view of a file stands at the file's one checkpoint, so that an answer may join them.
Rule 3: a record that a view cannot fold is parked in that view, and everything else moves on. What fails because
        of the disk or the log says nothing about the record: that is raised, and the batch is tried again.
Rule 4: an erasure takes the parked with it, their error texts too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import msgspec

from projections.entries import Entry, all_ranges, read_entry
from projections.view import Database, View, as_json, fields, forget, run
from projections.views_file import is_trouble
from replay.errors import Corrupt, Unavailable
from replay.log.contract import EventLog, Record

MAX_ERROR = 500
"""The longest text of an error that is kept, in characters."""


Fault = tuple[int, str]
"""A record that could not be folded: its position and the error's text."""


class Outcome(msgspec.Struct, frozen=True):
    """What folding a batch did: the faults it parked, by view, and whether content was erased."""

    parked: tuple[tuple[str, int, str], ...]
    erased: bool


class _Batch:
    """A batch decoded, with the faults of what could not be."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.position = records[-1].position
        self.entries: list[Entry] = []
        self.faults: list[Fault] = []
        for record in records:
            try:
                entry = read_entry(record)
            except (ValueError, RecursionError) as error:
                self.faults.append((record.position, describe(error)))
            else:
                if entry is not None:
                    self.entries.append(entry)
        self.erasures = [entry for entry in self.entries if entry.erases]


async def fold(db: Database, views: Sequence[View], records: Sequence[Record], log: EventLog) -> Outcome:
    """Fold records, in order and above the checkpoint, into every view, in one transaction.

    Raises what the disk or the log raised; nothing is changed then.
    """
    batch = _Batch(records)
    try:
        return await _fold(db, views, batch, log, _apply)
    except Exception as error:
        if not is_poison(error):
            raise
        return await _fold(db, views, batch, log, _sift)


def is_poison(error: Exception) -> bool:
    """Whether an error tells of a record, rather than of the disk, the database or the log."""
    return not is_trouble(error) and not isinstance(error, Unavailable | Corrupt | OSError | MemoryError)


def describe(error: Exception) -> str:
    """An error's text as it is kept: the same each time the record fails, and of bounded length."""
    return f"{type(error).__name__}: {error}"[:MAX_ERROR]


Strategy = Callable[[Database, View, Sequence[Entry], EventLog], Awaitable[list[Fault]]]


async def _fold(
    db: Database, views: Sequence[View], batch: _Batch, log: EventLog, strategy: Strategy
) -> Outcome:
    parked: list[tuple[str, int, str]] = []
    async with transaction(db):
        for view in views:
            faults = await strategy(db, view, batch.entries, log) if batch.entries else []
            parked += [(view.name, position, text) for position, text in (*batch.faults, *faults)]
        if parked:
            await run(db, f"INSERT INTO parked SELECT {fields(3)} FROM json_each(?)", (as_json(parked),))
        if batch.erasures:
            await forget(db, "parked", all_ranges(batch.erasures))
        await run(db, "UPDATE checkpoint SET position = ?", (batch.position,))
    return Outcome(tuple(parked), bool(batch.erasures))


async def _apply(db: Database, view: View, entries: Sequence[Entry], log: EventLog) -> list[Fault]:
    await view.apply(db, entries, log)
    return []


async def _sift(db: Database, view: View, entries: Sequence[Entry], log: EventLog) -> list[Fault]:
    """Fold what can be folded, halving the batch down to the records that cannot."""
    await run(db, "SAVEPOINT sift")
    try:
        await view.apply(db, entries, log)
    except Exception as error:
        if not is_poison(error):
            raise
        await run(db, "ROLLBACK TO sift")
        await run(db, "RELEASE sift")
        if len(entries) == 1:
            return [(entries[0].position, describe(error))]
    else:
        await run(db, "RELEASE sift")
        return []
    half = len(entries) // 2
    return [*await _sift(db, view, entries[:half], log), *await _sift(db, view, entries[half:], log)]


@asynccontextmanager
async def transaction(db: Database) -> AsyncIterator[None]:
    """A transaction that writes: committed at the end, rolled back on any exception."""
    await run(db, "BEGIN IMMEDIATE")
    try:
        yield
        await run(db, "COMMIT")
    except BaseException:
        if db.in_transaction:
            await run(db, "ROLLBACK")
        raise
