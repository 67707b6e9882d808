"""Outlining the sessions that are stale.

Rule 1: a session is outlined from the same evidence, by the same fold and the same thresholds as its replay.
Rule 2: what the view has folded is in every outline made after that: a record can mark a session only for what was
        noted of it before (the numbers that it lacks), and nobody comes back to it.
Rule 3: a session is stale until an outline made at or after its last change is committed: a crash costs the work of
        a batch, never an outline.
Rule 4: a session that cannot be folded has an outline that says so; the others go on.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial

import msgspec

from projections.keeper import Keeper
from projections.listens import Listens
from projections.listing import NEWEST
from projections.timelines import Timelines
from projections.view import CHUNK, Database, as_json, fields, run
from replay.errors import Erased, NotFound, PlayheadError, Unavailable
from replay.findings import DEFAULTS, Thresholds
from replay.outline import Outline, lacking, outline
from replay.session import Session, reconstruct
from replay.timeline import Evidence

BATCH = 50
"""How many sessions are outlined between commits."""

LONG = 250
"""Records above which a session is folded beside the event loop."""

PATIENCE = 5.0
"""Seconds that the views may take to pass a position before it is tried again."""

MAX_FAULT = 500
"""The longest text of a fault that is kept, in characters."""

Key = tuple[str, str]
"""A session: its log and its id."""

WaitFor = Callable[[int, float], Awaitable[bool]]


class Made(msgspec.Struct, frozen=True):
    """An outline, the positions it was made from, and the devices of which events are missing.

    `outline` is None when there is no such session any more.
    """

    key: Key
    stale: int
    outline: Outline | None = None
    low: int = 0
    high: int = 0
    lacking: frozenset[str] = frozenset()


class Outliner:
    """Keeps the outlines of a file in step with what its view has noted.

    `wait_for` waits for the other views. The findings exceed `thresholds`, which the file is named for.
    """

    def __init__(
        self,
        keeper: Keeper,
        timelines: Timelines,
        listens: Listens,
        wait_for: WaitFor,
        thresholds: Thresholds = DEFAULTS,
    ) -> None:
        self._keeper = keeper
        self._timelines = timelines
        self._listens = listens
        self._wait_for = wait_for
        self._thresholds = thresholds

    async def catch_up(self) -> None:
        """Outline every session that is stale. Raises `Unavailable` when the other views do not come along."""
        await self._mark_described()
        while stale := await self._stale():
            await self._pass()
            made = [await self._make((log, session), position) for log, session, position in stale]
            await self._keeper.change(partial(_put, made=made))

    async def _stale(self) -> list[tuple[str, str, int]]:
        sql = f"SELECT log, session, position FROM stale ORDER BY position LIMIT {BATCH}"
        return [(log, session, at) for log, session, at in await self._keeper.readers.fetch_many(3, sql)]

    async def _pass(self) -> None:
        """Wait until the other views have passed all that this one has folded."""
        position = self._keeper.position
        if not await self._wait_for(position, PATIENCE):
            raise Unavailable(f"the other views have not passed position {position} yet")

    async def _make(self, key: Key, stale: int) -> Made:
        try:
            evidence = await self._timelines.gather(*key)
            if len(evidence.records) <= LONG:
                return _made(key, stale, self._fold(evidence))
            return await asyncio.to_thread(lambda: _made(key, stale, self._fold(evidence)))
        except (NotFound, Erased):
            return Made(key, stale)
        except (Unavailable, sqlite3.Error):
            raise
        except (PlayheadError, ValueError, ArithmeticError, LookupError, TypeError) as error:
            text = f"{type(error).__name__}: {error}"[:MAX_FAULT]
            return Made(key, stale, Outline(position=0, fault=text), 0, NEWEST)

    def _fold(self, evidence: Evidence) -> Session:
        return reconstruct(evidence, thresholds=self._thresholds)

    async def _mark_described(self) -> None:
        """Mark the sessions that play a described asset, some assets at a time."""
        sql = f"SELECT log, asset, position FROM described LIMIT {CHUNK}"
        while rows := await self._keeper.readers.fetch_many(3, sql):
            await self._pass()
            for log, asset, position in rows:
                sessions = await self._listens.sessions_of(log, asset)
                await self._keeper.change(partial(_mark, told=(log, asset, position), sessions=sessions))


def _made(key: Key, stale: int, session: Session) -> Made:
    told = list(_positions(session.evidence))
    return Made(key, stale, outline(session), min(told), max(told), frozenset(lacking(session)))


def _positions(evidence: Evidence) -> Iterator[int]:
    """Where the records are that evidence is made of: when one of them is erased, it is other evidence."""
    yield from (placed.position for placed in evidence.records)
    yield from (description.position for description in evidence.descriptions.values())
    yield from (position for numbers in evidence.sequences.values() for position in numbers.values())
    yield from (reading.position for readings in evidence.readings.values() for reading in readings)


async def _mark(db: Database, told: tuple[str, str, int], sessions: Sequence[str]) -> bool:
    log, asset, position = told
    rows = as_json([(log, session, position) for session in sessions])
    await run(
        db,
        f"""INSERT INTO stale SELECT {fields(3)} FROM json_each(?) WHERE true
            ON CONFLICT DO UPDATE SET position = max(position, excluded.position)""",
        (rows,),
    )
    await run(
        db, "DELETE FROM described WHERE log = ? AND asset = ? AND position = ?", (log, asset, position)
    )
    return False


async def _put(db: Database, made: Sequence[Made]) -> bool:
    """Replace these sessions' outlines; whether any has gone."""
    keys = as_json([one.key for one in made])
    for table in ("outlines", "lacking"):
        await run(
            db, f"DELETE FROM {table} WHERE (log, session) IN (SELECT {fields(2)} FROM json_each(?))", (keys,)
        )
    there = [
        (*one.key, one.low, one.high, msgspec.json.encode(one.outline).decode())
        for one in made
        if one.outline is not None
    ]
    await run(db, f"INSERT INTO outlines SELECT {fields(5)} FROM json_each(?)", (as_json(there),))
    devices = as_json([(one.key[0], device, one.key[1]) for one in made for device in sorted(one.lacking)])
    await run(db, f"INSERT INTO lacking SELECT {fields(3)} FROM json_each(?)", (devices,))
    done = as_json([(*one.key, one.stale) for one in made])
    await run(
        db,
        f"DELETE FROM stale WHERE (log, session, position) IN (SELECT {fields(3)} FROM json_each(?))",
        (done,),
    )
    return len(there) < len(made)
