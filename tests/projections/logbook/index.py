"""The text index as tests look at it: what its shelves hold, and the bytes they leave."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from projections import Projections
from projections.runner import TEXT_MANNER
from projections.views import TEXT
from projections.views_file import file_name
from replay.log.contract import EventLog

KIND = TEXT_MANNER.kind
NAME = file_name(TEXT, KIND)

Contents = dict[int, set[tuple[str, int]]]
"""The trigrams of each shelf, each with a position that has it."""


def contents(folder: Path) -> Contents:
    """What the index of a folder holds, by FTS5's own account; its shadow tables differ with how it was filled."""
    database = sqlite3.connect(f"file:{folder / NAME}?mode=ro", uri=True)
    try:
        shelves = [shelf for (shelf,) in database.execute("SELECT shelf FROM shelves ORDER BY shelf")]
        for shelf in shelves:
            sql = f"CREATE VIRTUAL TABLE temp.terms_{shelf} USING fts5vocab(main, text_{shelf}, 'instance')"
            database.execute(sql)
        return {
            shelf: set(database.execute(f"SELECT term, doc FROM temp.terms_{shelf}")) for shelf in shelves
        }
    finally:
        database.close()


async def fresh_contents(log: EventLog, folder: Path) -> Contents:
    """What an index holds that is built from a log in an empty folder."""
    folder.mkdir()  # noqa: ASYNC240 - nothing else runs
    projections = await Projections.open(folder, log)
    try:
        await projections.trailing.rebuild(lambda done, total: None)
    finally:
        await projections.close()
    return {shelf: terms for shelf, terms in contents(folder).items() if terms}


def index_bytes(folder: Path) -> bytes:
    """All bytes of the index's file, and of what SQLite keeps beside it."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob(f"{KIND}-*")))
