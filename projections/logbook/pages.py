"""A page of the lines that share one label, found through the counts of their blocks.

Rule 1: a page costs the same wherever it is. The blocks before it are counted, not read; then the lines of one
        block are, up to where the page begins.
Rule 2: a block that lies across a bound is counted line by line, one that lies outside is passed over; so a page
        is exact whatever arrived late or was erased.
Rule 3: a page is one statement, and so one state of the file.
"""

from __future__ import annotations

from projections.logbook.schema import BLOCK_BITS, lines_of

_BLOCKS = f"""blocks WHERE log = :log AND label = :label
    AND block BETWEEN :low >> {BLOCK_BITS} AND :high >> {BLOCK_BITS}
    AND latest >= :since AND earliest <= :until"""
"""The blocks that may have a line within the bounds."""

_WHOLE = f"""(b.block << {BLOCK_BITS}) >= :low AND ((b.block + 1) << {BLOCK_BITS}) - 1 <= :high
    AND b.earliest >= :since AND b.latest <= :until"""
"""Whether all lines of the block `b` are within the bounds."""


def _lines(label: str) -> str:
    """The lines of the block `b` within the bounds."""
    return f"""{lines_of(label)}
        AND l.position BETWEEN :low AND :high AND l.created BETWEEN :since AND :until
        AND l.position BETWEEN b.block << {BLOCK_BITS} AND ((b.block + 1) << {BLOCK_BITS}) - 1"""


def page_query(label: str, *, ascending: bool, skipping: bool) -> str:
    """The statement of a page: positions, `:skip` of them left out (none unless `skipping`), up to `:limit`."""
    way, onward, edge = ("ASC", ">=", ":low") if ascending else ("DESC", "<=", ":high")
    first = f"first AS (SELECT {edge} >> {BLOCK_BITS} AS block, 0 AS rest)"
    if skipping:
        first = f"""
            counts AS (
                SELECT block, CASE WHEN {_WHOLE} THEN lines ELSE (SELECT count(*) FROM {_lines(label)}) END AS n
                FROM (SELECT * FROM {_BLOCKS}) AS b),
            sums AS (SELECT block, sum(n) OVER (ORDER BY block {way}) AS through, n FROM counts),
            first AS (
                SELECT block, :skip - through + n AS rest FROM sums WHERE through > :skip
                ORDER BY block {way} LIMIT 1)"""
    return f"""WITH {first}
        SELECT l.position
        FROM (SELECT block FROM {_BLOCKS} AND block {onward} (SELECT block FROM first)) AS b
        CROSS JOIN {_lines(label)}
        ORDER BY b.block {way}, l.position {way}
        LIMIT :limit OFFSET coalesce((SELECT rest FROM first), 0)"""
