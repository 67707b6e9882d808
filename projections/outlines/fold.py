"""Folding records: which sessions may look different now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from projections.entries import Entry, all_ranges
from projections.outlines import schema
from projections.view import Database, Row, as_json, fields, run
from replay.log.contract import EventLog


class OutlinesView:
    """Notes the sessions that records touch: their own, those of a described asset, those that lack a number."""

    name = schema.NAME
    version = schema.VERSION
    tables = schema.TABLES
    indexes = schema.INDEXES

    async def apply(self, db: Database, entries: Sequence[Entry], log: EventLog) -> None:
        """Note what entries touch, in order of position."""
        del log
        position = entries[-1].position
        await _put(db, _STALE, _touched(entries))
        await _put(db, _DESCRIBED, _described(entries))
        await _put(db, _FILLED, _counting(entries))
        await _put(db, _ERASED, ((low, high, position) for low, high in _erased(entries)))


async def _put(db: Database, sql: str, rows: Iterable[Row]) -> None:
    values = list(rows)
    if values:
        await run(db, sql, (as_json(values),))


_LATER = "ON CONFLICT DO UPDATE SET position = max(position, excluded.position)"

_STALE = f"INSERT INTO stale SELECT {fields(3)} FROM json_each(?) WHERE true {_LATER}"

_DESCRIBED = f"INSERT INTO described SELECT {fields(3)} FROM json_each(?) WHERE true {_LATER}"

_FILLED = f"""
    INSERT INTO stale SELECT l.log, l.session, json_extract(told.value, '$[2]')
    FROM json_each(?) AS told CROSS JOIN lacking AS l
        ON l.log = json_extract(told.value, '$[0]') AND l.device = json_extract(told.value, '$[1]')
    WHERE true {_LATER}"""

_ERASED = f"""
    INSERT INTO stale SELECT o.log, o.session, json_extract(erased.value, '$[2]')
    FROM json_each(?) AS erased CROSS JOIN outlines AS o
        ON o.high >= json_extract(erased.value, '$[0]') AND o.low <= json_extract(erased.value, '$[1]')
    WHERE true {_LATER}"""


def _touched(entries: Iterable[Entry]) -> Iterator[Row]:
    """The last record of each session."""
    last = {
        (entry.log, entry.session): entry.position
        for entry in entries
        if entry.session is not None and not entry.erases
    }
    return ((*key, position) for key, position in last.items())


def _counting(entries: Iterable[Entry]) -> Iterator[Row]:
    """The last record of each device that carries a number."""
    last = {
        (entry.log, entry.device): entry.position
        for entry in entries
        if entry.device is not None and entry.sequence is not None
    }
    return ((*key, position) for key, position in last.items())


class _Described(msgspec.Struct):
    asset: str


_decode_described = msgspec.json.Decoder(_Described)


def _described(entries: Iterable[Entry]) -> Iterator[Row]:
    for entry in entries:
        if entry.type == "asset-described":
            yield entry.log, entry.read(_decode_described).asset, entry.position


def _erased(entries: Iterable[Entry]) -> list[tuple[int, int]]:
    return all_ranges(entry for entry in entries if entry.erases)
