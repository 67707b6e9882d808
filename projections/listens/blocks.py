"""Blocks of positions, and the times that the listens in each of them span.

Rule 1: what began at a time was mostly recorded near others that did. So a walk in order of position that looks for
        a time passes over whole blocks.
Rule 2: a block's bounds are exact: new listens widen them; where one goes, they are computed again.
"""

from __future__ import annotations

from collections.abc import Collection

from projections.view import Database, Row, as_json, run, run_many

BITS = 10
"""A block holds 2^BITS positions."""

SIZE = 1 << BITS

TABLE = """CREATE TABLE listen_blocks (
    log TEXT NOT NULL,
    block INTEGER NOT NULL,
    earliest INTEGER NOT NULL,
    latest INTEGER NOT NULL,
    PRIMARY KEY (log, block)) WITHOUT ROWID"""

WITHIN = f"l.position BETWEEN b.block << {BITS} AND (b.block << {BITS}) + {SIZE - 1}"
"""Whether a listen `l` is in a block `b`."""

_WIDEN = f"""
    INSERT INTO listen_blocks SELECT l.log, l.position >> {BITS}, min(l.start), max(l.start)
    FROM json_each(?) AS n CROSS JOIN listens AS l ON l.position = n.value GROUP BY 1, 2
    ON CONFLICT (log, block) DO UPDATE SET
        earliest = min(earliest, excluded.earliest), latest = max(latest, excluded.latest)"""

_OF = f"""SELECT DISTINCT l.log, l.position >> {BITS}
    FROM json_each(?) AS n CROSS JOIN listens AS l ON l.position = n.value"""

_FORGET = """
    DELETE FROM listen_blocks WHERE (log, block) IN
        (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))"""

_AGAIN = f"""
    INSERT INTO listen_blocks SELECT b.log, b.block, min(l.start), max(l.start)
    FROM (SELECT json_extract(value, '$[0]') AS log, json_extract(value, '$[1]') AS block FROM json_each(?)) AS b
        CROSS JOIN listens AS l ON {WITHIN} AND l.log = b.log GROUP BY 1, 2"""


async def widen(db: Database, positions: Collection[int]) -> None:
    """Have the blocks of these new listens span them."""
    await run(db, _WIDEN, (as_json([*positions]),))


async def blocks_of(db: Database, positions: Collection[int]) -> list[Row]:
    """The blocks, (log, number), of the listens at these positions."""
    return await run_many(db, 2, _OF, (as_json([*positions]),))


async def narrow(db: Database, blocks: Collection[Row]) -> None:
    """Have these blocks, of which listens went, span those that are left."""
    if blocks:
        await run(db, _FORGET, (as_json([*blocks]),))
        await run(db, _AGAIN, (as_json([*blocks]),))
