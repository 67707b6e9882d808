"""A page of the lines that share one label, found through the counts of their blocks.

Rule 1: a page costs the same wherever it is. The blocks before it are counted, not read: groups first, then the
        blocks of one group, then the lines of one block.
Rule 2: a block that lies across a bound is counted line by line, one that lies outside is passed over; so a page
        is exact whatever arrived late or was erased.
Rule 3: a page is one statement, and so one state of the file.
"""

from __future__ import annotations

from projections.logbook.schema import BLOCK_BITS, GROUP_BITS, lines_of

_WITHIN = "latest >= :since AND earliest <= :until"
_FITS = "l.position BETWEEN :low AND :high AND l.created BETWEEN :since AND :until"


def _whole(bits: int) -> str:
    """Whether all of a block's lines are within the bounds."""
    return f"""(block << {bits}) >= :low AND ((block + 1) << {bits}) - 1 <= :high
        AND earliest >= :since AND latest <= :until"""


def _blocks(bits: int) -> str:
    """The blocks that have a line within the bounds."""
    return f"""blocks WHERE log = :log AND label = :label AND bits = {bits} AND {_WITHIN}
        AND block BETWEEN :low >> {bits} AND :high >> {bits}"""


def _lines(label: str) -> str:
    """The lines of the block `b` within the bounds."""
    return f"""{lines_of(label)} AND {_FITS}
        AND l.position BETWEEN b.block << {BLOCK_BITS} AND ((b.block + 1) << {BLOCK_BITS}) - 1"""


def _in_block(label: str) -> str:
    """How many lines of a block are within the bounds."""
    return f"CASE WHEN {_whole(BLOCK_BITS)} THEN lines ELSE (SELECT count(*) FROM {_lines(label)}) END"


_STEP = GROUP_BITS - BLOCK_BITS


def _in_group(label: str) -> str:
    """How many lines of the group `g` are within the bounds."""
    return f"""CASE WHEN {_whole(GROUP_BITS)} THEN lines ELSE (
        SELECT coalesce(sum({_in_block(label)}), 0) FROM (SELECT * FROM {_blocks(BLOCK_BITS)}
            AND block BETWEEN g.block << {_STEP} AND ((g.block + 1) << {_STEP}) - 1) AS b) END"""


def page_query(label: str, *, ascending: bool, skipping: bool) -> str:
    """The statement of a page: positions, `:skip` of them left out (none unless `skipping`), up to `:limit`."""
    way = "ASC" if ascending else "DESC"
    start = f"SELECT {':low' if ascending else ':high'} >> {BLOCK_BITS} AS block, 0 AS rest"
    counts = f"first AS ({start})"
    if skipping:
        counts = f"""
            groups AS (SELECT g.block, {_in_group(label)} AS n FROM (SELECT * FROM {_blocks(GROUP_BITS)}) AS g),
            first_group AS ({_first("groups", ":skip", way)}),
            parts AS (SELECT b.block, {_in_block(label)} AS n FROM (SELECT * FROM {_blocks(BLOCK_BITS)}
                AND block >> {_STEP} = (SELECT block FROM first_group)) AS b),
            first AS ({_first("parts", "(SELECT rest FROM first_group)", way)})"""
    onward = ">=" if ascending else "<="
    return f"""WITH {counts}
        SELECT l.position FROM (SELECT block FROM {_blocks(BLOCK_BITS)}
            AND block {onward} (SELECT block FROM first)) AS b CROSS JOIN {_lines(label)}
        ORDER BY b.block {way}, l.position {way} LIMIT :limit OFFSET coalesce((SELECT rest FROM first), 0)"""


def _first(blocks: str, skip: str, way: str) -> str:
    """The first block that is not left out as a whole, and how many of its lines are."""
    return f"""SELECT block, {skip} - before AS rest FROM (
            SELECT block, n, sum(n) OVER (ORDER BY block {way}) - n AS before FROM {blocks})
        WHERE before + n > {skip} ORDER BY block {way} LIMIT 1"""
