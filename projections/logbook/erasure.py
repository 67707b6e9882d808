"""Taking erased records out of their logs.

Rule 1: what is left stands as if the erased had never come: the blocks that had them are counted again, from what
        is left in them.
"""

from __future__ import annotations

from collections.abc import Sequence

from projections.entries import Entry
from projections.logbook.schema import BLOCK_BITS
from projections.view import Database, as_json, fields, run

_GONE = """
    json_each(:ranges) AS r CROSS JOIN lines AS l ON l.log = json_extract(r.value, '$[0]')
        AND l.position BETWEEN json_extract(r.value, '$[1]') AND json_extract(r.value, '$[2]')"""
_LABELS = "json_each(json_insert(l.labels, '$[#]', '')) AS k"

_TOUCHED = f"""
    SELECT json_group_array(json_array(log, label, block)) FROM (
        SELECT DISTINCT l.log AS log, k.value AS label, l.position >> {BLOCK_BITS} AS block
        FROM {_GONE} CROSS JOIN {_LABELS})"""

_UNLABEL = f"""
    DELETE FROM labelled WHERE (log, label, position) IN (
        SELECT l.log, k.value, l.position FROM {_GONE} CROSS JOIN {_LABELS})"""

_TAKE_OUT = f"DELETE FROM lines WHERE (log, position) IN (SELECT l.log, l.position FROM {_GONE})"

_DROP = f"DELETE FROM blocks WHERE (log, label, block) IN (SELECT {fields(3)} FROM json_each(:touched))"


def _count(table: str, label: str) -> str:
    """The blocks touched, of the lines in a table where their label is so."""
    return f"""
        SELECT l.log, {label} AS label, l.position >> {BLOCK_BITS} AS block,
            count(*), min(l.created), max(l.created)
        FROM json_each(:touched) AS t CROSS JOIN {table} AS l
            ON l.log = json_extract(t.value, '$[0]') AND {label} = json_extract(t.value, '$[1]')
            AND l.position >= json_extract(t.value, '$[2]') << {BLOCK_BITS}
            AND l.position < (json_extract(t.value, '$[2]') + 1) << {BLOCK_BITS}
        GROUP BY 1, 2, 3"""


_OF_LINES, _OF_LABELLED = _count("lines", "''"), _count("labelled", "l.label")
_COUNT_AGAIN = f"INSERT INTO blocks {_OF_LINES} UNION ALL {_OF_LABELLED}"


async def take_out(db: Database, erasures: Sequence[Entry]) -> None:
    """Remove the lines that these erasures destroyed: each is of its own log."""
    ranges = [(entry.log, *bounds) for entry in erasures for bounds in entry.ranges()]
    erased = {"ranges": as_json(ranges)}
    [(touched,)] = await run(db, _TOUCHED, erased)
    if touched == "[]":
        return
    await run(db, _UNLABEL, erased)
    await run(db, _TAKE_OUT, erased)
    await run(db, _DROP, {"touched": touched})
    await run(db, _COUNT_AGAIN, {"touched": touched})
