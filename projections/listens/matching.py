"""Matching ends with starts: only what a batch touches, whatever the length of the session.

Rule 1: the fold's rule decides (`replay.timeline.closing`). It needs two starts for an end, the newest at or before
        it and the first, of the listen or asset that the end names: the indexes find those, in one step for all.
Rule 2: a new start may take over ends that lie between it and the next one, and those before it when it is the
        first of its listen. No other end can be moved by it.
Rule 3: an end that closes nothing and brings a duration is a listen event itself, until a start comes for it.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from projections.listens.blocks import blocks_of, narrow, widen
from projections.view import Database, as_json, fields, run, run_many
from replay.clock import EARLIEST
from replay.timeline.closing import Key, Starts, stop_of

NS = 1000
"""Nanoseconds in a microsecond."""

LONGEST = 2**63 - 1
"""The longest duration that a row holds, in nanoseconds: 292 years."""

_FAR = 2**62
"""Microseconds beyond every time."""


class Start(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A `listen-started`. `time` in microseconds UTC, `session` is its session's key."""

    position: int
    session: int
    listen: str
    asset: str
    time: int

    @property
    def key(self) -> Key:
        """Its place in fold order."""
        return (self.time, self.position)


class End(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A `listen-ended`. `duration` in nanoseconds; `closes` is the start that it closed until now.

    `newest` and `first` are the positions of the two starts that it may close. `listed`: it is a listen event now.
    """

    position: int
    session: int
    listen: str | None
    asset: str | None
    time: int
    duration: int | None
    closes: int | None
    newest: int | None
    first: int | None
    listed: int

    @property
    def key(self) -> Key:
        """Its place in fold order."""
        return (self.time, self.position)


_NAMED = "b.session = s.session AND b.listen = s.listen"
_PLAYED = "b.session = s.session AND b.asset = s.asset AND b.listen IS NOT NULL"


def _next_start(group: str) -> str:
    return f"""coalesce((SELECT b.start FROM listens AS b
        WHERE {group} AND (b.start, b.position) > (s.start, s.position)
        ORDER BY b.start, b.position LIMIT 1), {_FAR})"""


_DISPLACED = f"""
    SELECT e.position FROM json_each(:starts) AS n CROSS JOIN listens AS s ON s.position = n.value
        CROSS JOIN listen_ends AS e ON e.session = s.session AND e.listen = s.listen AND e.time BETWEEN
            CASE WHEN EXISTS (SELECT 1 FROM listens AS b
                WHERE {_NAMED} AND (b.start, b.position) < (s.start, s.position)) THEN s.start ELSE -{_FAR} END
            AND {_next_start(_NAMED)}
    WHERE EXISTS (SELECT 1 FROM listen_ends AS b WHERE {_NAMED})
    UNION
    SELECT e.position FROM json_each(:starts) AS n CROSS JOIN listens AS s ON s.position = n.value
        CROSS JOIN listen_ends AS e ON e.session = s.session AND e.asset = s.asset AND e.listen IS NULL
            AND e.time BETWEEN s.start AND {_next_start(_PLAYED)}
    WHERE EXISTS (SELECT 1 FROM listen_ends AS b
        WHERE b.session = s.session AND b.asset = s.asset AND b.listen IS NULL)"""


async def displaced(db: Database, starts: Collection[int]) -> set[int]:
    """The positions of the ends that these new starts may take over."""
    return {position for (position,) in await run_many(db, 1, _DISPLACED, {"starts": as_json([*starts])})}


_ENDS = """
    SELECT e.position, e.session, e.listen, e.asset, e.time, e.duration, e.closes,
        CASE WHEN e.listen IS NULL
        THEN (SELECT b.position FROM listens AS b
            WHERE b.session = e.session AND b.asset = e.asset AND b.listen IS NOT NULL
                AND (b.start, b.position) <= (e.time, e.position) ORDER BY b.start DESC, b.position DESC LIMIT 1)
        ELSE (SELECT b.position FROM listens AS b WHERE b.session = e.session AND b.listen = e.listen
                AND (b.start, b.position) <= (e.time, e.position) ORDER BY b.start DESC, b.position DESC LIMIT 1)
        END,
        (SELECT b.position FROM listens AS b WHERE b.session = e.session AND b.listen = e.listen
            ORDER BY b.start, b.position LIMIT 1),
        EXISTS (SELECT 1 FROM listens WHERE position = e.position)
    FROM json_each(?) AS n CROSS JOIN listen_ends AS e ON e.position = n.value"""

_STARTS = """
    SELECT s.position, s.session, s.listen, s.asset, s.start
    FROM json_each(?) AS n CROSS JOIN listens AS s ON s.position = n.value ORDER BY s.start, s.position"""

_CLOSE = f"""
    UPDATE listen_ends SET closes = json_extract(n.value, '$[1]')
    FROM json_each(?) AS n WHERE position = {fields(1, "n.value")}"""


async def assign(db: Database, ends: Collection[int]) -> None:
    """Have these ends close what they close now, and bring the listens that this touches up to date."""
    if not ends:
        return
    found = [End(*row) for row in await run_many(db, 10, _ENDS, (as_json(sorted(ends)),))]
    sessions = await _starts(db, found)
    closed: dict[int, int | None] = {}
    for end in found:
        start = sessions[end.session].closed_by(end) if end.session in sessions else None
        closed[end.position] = None if start is None else start.position
    changed = [(end.position, closed[end.position]) for end in found if closed[end.position] != end.closes]
    if changed:
        await run(db, _CLOSE, (as_json(changed),))
        before = {end.closes for end in found if closed[end.position] != end.closes}
        await recount(db, before.union(start for _, start in changed) - {None})
    await _list(db, [end for end in found if closed[end.position] is None and not end.listed])
    await _delist(db, [end.position for end in found if closed[end.position] is not None and end.listed])


async def _starts(db: Database, ends: Collection[End]) -> dict[int, Starts[Start]]:
    """The starts that any of these ends may close, by session."""
    wanted = {position for end in ends for position in (end.newest, end.first) if position is not None}
    by_session: dict[int, list[Start]] = {}
    for row in await run_many(db, 5, _STARTS, (as_json(sorted(wanted)),)) if wanted else ():
        start = Start(*row)
        by_session.setdefault(start.session, []).append(start)
    return {session: Starts(starts) for session, starts in by_session.items()}


_COUNTED = """
    SELECT s.position, s.start, e.position, e.time, e.duration
    FROM json_each(?) AS n CROSS JOIN listens AS s ON s.position = n.value
        LEFT JOIN listen_ends AS e
            ON e.position = (SELECT max(position) FROM listen_ends WHERE closes = s.position)"""

_RECOUNT = """
    UPDATE listens SET ended = json_extract(n.value, '$[1]'), duration = json_extract(n.value, '$[2]')
    FROM json_each(?) AS n WHERE position = json_extract(n.value, '$[0]')"""


async def recount(db: Database, starts: Collection[int | None]) -> None:
    """Give these starts the end that counts (`closing.counted`: the one at the highest position)."""
    rows = await run_many(db, 5, _COUNTED, (as_json([*starts]),))
    told = [
        (position, ended, None if ended is None else _length(start, time, duration))
        for position, start, ended, time, duration in rows
    ]
    await run(db, _RECOUNT, (as_json(told),))


def _length(start: int, end: int, duration: int | None) -> int:
    return min(stop_of(start * NS, end * NS, duration) - start * NS, LONGEST)


_ADD_ENDS = """
    INSERT INTO listens
    SELECT e.position, k.first, k.log, e.asset, k.project,
        json_extract(n.value, '$[1]'), NULL, e.position, e.duration
    FROM json_each(?) AS n CROSS JOIN listen_ends AS e ON e.position = json_extract(n.value, '$[0]')
        CROSS JOIN listen_sessions AS k ON k.first = e.session"""


async def _list(db: Database, ends: Collection[End]) -> None:
    """List ends without a start that tell how long they lasted; none begins before year 1."""
    began = [
        (end.position, max((end.time * NS - end.duration) // NS, EARLIEST))
        for end in ends
        if end.duration is not None
    ]
    if began:
        await run(db, _ADD_ENDS, (as_json(began),))
        await widen(db, [position for position, _ in began])


async def _delist(db: Database, ends: Collection[int]) -> None:
    """Take ends that found their start off the list."""
    if ends:
        blocks = await blocks_of(db, ends)
        await run(
            db, "DELETE FROM listens WHERE position IN (SELECT value FROM json_each(?))", (as_json([*ends]),)
        )
        await narrow(db, blocks)
