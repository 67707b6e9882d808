"""Taking erased records out of the listens.

Rule 1: what is left stands as if the erased had never come. All that needs is here: ends that lost their start are
        matched again, starts that lost an end count those left, and no record is read.
"""

from __future__ import annotations

from collections.abc import Sequence

from projections.entries import Range
from projections.listens.blocks import BITS, narrow
from projections.listens.matching import assign, recount
from projections.view import Database, as_json, forget, positions_erased, run, run_many

_KEPT = ("listens", "listen_ends", "listen_projects")

_BEREFT_ENDS = f"SELECT position FROM listen_ends WHERE closes IN {positions_erased('listens')}"
_BEREFT_STARTS = f"""SELECT DISTINCT closes FROM listen_ends
    WHERE closes IS NOT NULL AND position IN {positions_erased("listen_ends")}"""
_SESSIONS = " UNION ".join(
    f"SELECT session FROM {table} WHERE position IN {positions_erased(table)}" for table in _KEPT
)

_BLOCKS = (
    f"SELECT DISTINCT log, position >> {BITS} FROM listens WHERE position IN {positions_erased('listens')}"
)

_PROJECT = "(SELECT project FROM listen_projects WHERE session = first ORDER BY position LIMIT 1)"
_SETTLE_PROJECTS = f"""UPDATE listen_sessions SET project = {_PROJECT}
    WHERE first IN (SELECT value FROM json_each(?)) AND project IS NOT {_PROJECT} RETURNING first, project"""

_LEAST = " UNION ALL ".join(
    f"SELECT min(position) AS at FROM {table} WHERE session = k.first" for table in _KEPT
)
_HAS_FIRST = " UNION ALL ".join(f"SELECT 1 FROM {table} WHERE position = k.first" for table in _KEPT)
_FIRSTS = f"""SELECT k.first, (SELECT min(at) FROM ({_LEAST}))
    FROM json_each(?) AS n CROSS JOIN listen_sessions AS k ON k.first = n.value WHERE NOT EXISTS ({_HAS_FIRST})"""


async def take_out(db: Database, ranges: Sequence[Range]) -> None:
    """Remove the records at these positions, and match again what they leave behind."""
    erased = {"ranges": as_json(ranges)}
    sessions = [session for (session,) in await run_many(db, 1, _SESSIONS, erased)]
    if not sessions:
        return
    ends = [position for (position,) in await run_many(db, 1, _BEREFT_ENDS, erased)]
    starts = [position for (position,) in await run_many(db, 1, _BEREFT_STARTS, erased)]
    blocks = await run_many(db, 2, _BLOCKS, erased)
    for table in _KEPT:
        await forget(db, table, ranges)
    await narrow(db, blocks)
    await assign(db, ends)
    await recount(db, starts)
    await _settle_projects(db, sessions)
    await _rekey(db, sessions)


async def _settle_projects(db: Database, sessions: Sequence[int]) -> None:
    """Give sessions that lost the record of their project the next one, if there is one."""
    for session, project in await run(db, _SETTLE_PROJECTS, (as_json(sessions),)):
        await run(db, "UPDATE listens SET project = ? WHERE session = ?", (project, session))


async def _rekey(db: Database, sessions: Sequence[int]) -> None:
    """Give sessions whose first record is gone the key of their next one; forget those of which all is gone."""
    for session, following in await run_many(db, 2, _FIRSTS, (as_json(sessions),)):
        if following is None:
            await run(db, "DELETE FROM listen_sessions WHERE first = ?", (session,))
            continue
        for table in _KEPT:
            await run(db, f"UPDATE {table} SET session = ? WHERE session = ?", (following, session))
        await run(db, "UPDATE listen_sessions SET first = ? WHERE first = ?", (following, session))
