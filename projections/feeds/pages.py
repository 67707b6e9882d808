"""Pages of a device's feed, by the rules of "Vinli's pages".

Rule 1: a feed's order is (time truncated to the millisecond, position); bounds compare in milliseconds.
Rule 2: within a millisecond an event's place is its ordinal: how many of the device's events of that millisecond,
        of any type, have its position or a lower one. What arrives later gets a higher ordinal, and what is erased
        counts on (`gaps`), so that no cursor shifts: following `next` loses nothing and repeats nothing.
Rule 3: `remaining` is exact. Whole hours come from the counts, the edges from the index.
Rule 4: a page is one statement, and so one state of the file.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from projections.feeds.schema import HOUR
from projections.view import as_json

FIRST = -(2**60)
LAST = 2**60
"""Milliseconds beyond every time; as a position, `LAST` is above all."""


class Moment(NamedTuple):
    """A place in a device's feed: a millisecond (since 1970), and an ordinal in it.

    As an upper bound it includes the events up to that ordinal, as a lower bound it excludes them. Ordinal 0 stands
    for the whole millisecond.
    """

    ms: int
    ordinal: int = 0


class FeedPage(msgspec.Struct, frozen=True):
    """Positions of a page, in its order. `position` is where the view stands.

    `next` is the bound that goes on: the next page's `until`, or its `since` when the page is ascending; None
    when nothing is left. `remaining` counts the events between it and the other bound.
    """

    positions: tuple[int, ...]
    next: Moment | None
    remaining: int
    position: int


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """What a page is of: a device's events above `since` and up to `until`, of some types (None: all).

    `since_gaps` and `until_gaps` are positions of erased records in the milliseconds of the bounds.
    """

    log: str
    device: str
    since: Moment | None
    until: Moment | None
    types: tuple[str, ...] | None
    since_gaps: list[int] = []
    until_gaps: list[int] = []

    def parameters(self) -> dict[str, Any]:
        """The parameters of `page_query`, but for its limit."""
        low, after = (FIRST, 0) if self.since is None else self.since
        if self.since is not None and not after:
            low += 1
        high, up_to = (LAST, 0) if self.until is None else self.until
        if low > high:
            low, after, high, up_to = LAST + 1, 0, LAST, 0  # nothing
        first_hour, last_hour = low // HOUR, high // HOUR
        same = first_hour == last_hour
        return {
            "log": self.log,
            "device": self.device,
            "types": None if self.types is None else as_json(self.types),
            "low": low,
            "after": after,
            "high": high,
            "up_to": up_to,
            "low_gaps": as_json(self.since_gaps),
            "high_gaps": as_json(self.until_gaps),
            "first_hour": first_hour,
            "last_hour": last_hour,
            "low_edge": high - 1 if same else (first_hour + 1) * HOUR - 1,
            "high_edge": high if same else last_hour * HOUR,
        }


_DEVICE = "device = (SELECT device FROM key)"

_ANY = "1"
_TYPED = "type IN (SELECT value FROM json_each(:types))"


def _tie(ms: str, gaps: str, ordinal: str) -> str:
    """The expression for the position that an ordinal of a millisecond stands for; the record may be erased.

    Without gaps the index alone is stepped over, which is three times as fast as merging it with them.
    """
    ties = f"SELECT position FROM feed WHERE {_DEVICE} AND ms = {ms}"
    one = f"ORDER BY position LIMIT 1 OFFSET {ordinal} - 1"
    return f"""coalesce(CASE WHEN {gaps} = '[]' THEN ({ties} {one})
        ELSE (SELECT position FROM ({ties} UNION SELECT value FROM json_each({gaps}) {one})) END, {LAST})"""


_BOUNDS = f"""
    key(device) AS (SELECT first FROM devices WHERE log = :log AND device = :device),
    tie(low, high) AS MATERIALIZED (SELECT
        CASE WHEN :after = 0 THEN 0 ELSE {_tie(":low", ":low_gaps", ":after")} END,
        CASE WHEN :up_to = 0 THEN {LAST} ELSE {_tie(":high", ":high_gaps", ":up_to")} END)"""
"""The device's key, and the positions that the ordinals of the bounds stand for."""


def page_query(typed: bool, ascending: bool) -> str:
    """The statement of a page: rows of (ms, position), and one of (NULL, how many the stretch has in all).

    There is no row at all for an unknown device. A page of several types takes the first few of each, so that a
    rare type costs no scan.
    """
    order = "ms, position" if ascending else "ms DESC, position DESC"
    inside = f"""{_DEVICE} AND ms BETWEEN :low AND :high
        AND NOT (ms = :low AND position <= (SELECT low FROM tie))
        AND NOT (ms = :high AND position > (SELECT high FROM tie))"""
    page = f"SELECT ms, position FROM feed WHERE {inside}"
    if typed:
        each = (
            f"SELECT ms, position FROM feed WHERE type = t.value AND {inside} ORDER BY {order} LIMIT :limit"
        )
        page = f"""SELECT json_extract(e.value, '$[0]') AS ms, json_extract(e.value, '$[1]') AS position
            FROM json_each(:types) AS t
            CROSS JOIN json_each((SELECT json_group_array(json_array(ms, position)) FROM ({each}))) AS e"""
    return f"""WITH {_BOUNDS}, page AS ({page} ORDER BY {order} LIMIT :limit)
        SELECT ms, position FROM page
        UNION ALL SELECT NULL, {_total(_TYPED if typed else _ANY)} FROM key"""


def _total(chosen: str) -> str:
    """The expression that counts a stretch: two edges and the hours between, without what the ties leave out.

    The last millisecond is counted up to its tie: a page deep down in one does not pay for what is above it.
    """
    count = f"(SELECT count(*) FROM feed WHERE {_DEVICE} AND {chosen} AND ms"
    return f"""max(0, {count} BETWEEN :low AND :low_edge) + {count} BETWEEN :high_edge AND :high - 1)
        + (SELECT coalesce(sum(events), 0) FROM counts
            WHERE {_DEVICE} AND {chosen} AND hour > :first_hour AND hour < :last_hour)
        + {count} = :high AND position <= (SELECT high FROM tie))
        - {count} = :low AND position <= (SELECT low FROM tie)))"""


ORDINAL = f"""WITH key(device) AS (SELECT first FROM devices WHERE log = :log AND device = :device)
    SELECT (SELECT count(*) FROM feed WHERE {_DEVICE} AND ms = :ms AND position <= :position)
        + (SELECT count(*) FROM json_each(:gaps) AS gap WHERE value < :position
            AND NOT EXISTS (SELECT 1 FROM feed WHERE position = gap.value))"""
"""The ordinal of an event in its millisecond, which may have gaps."""

PLACES = """SELECT d.log, d.device, f.ms, f.position FROM json_each(?) AS p
    CROSS JOIN feed AS f ON f.position = p.value CROSS JOIN devices AS d ON d.first = f.device"""
"""Where records are: the device, the millisecond and the position of each that is in a feed."""

MATCHING_TYPES = """WITH RECURSIVE
    key(device) AS (SELECT first FROM devices WHERE log = :log AND device = :device),
    kinds(type) AS (
        SELECT (SELECT min(type) FROM counts WHERE device = (SELECT device FROM key) AND type >= :prefix)
        UNION ALL
        SELECT (SELECT min(type) FROM counts WHERE device = (SELECT device FROM key) AND type > kinds.type)
        FROM kinds WHERE substr(kinds.type, 1, length(:prefix)) = :prefix)
    SELECT type FROM kinds WHERE substr(type, 1, length(:prefix)) = :prefix"""
"""The device's types that begin with a prefix: one step of the index for each."""
