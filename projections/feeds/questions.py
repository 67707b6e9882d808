"""What `feeds` answers: lists of devices, one device, pages of its feed, its sequence numbers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from projections.feeds.devices import COLUMNS, DeviceFilter, DevicePage, DeviceRow, list_devices
from projections.feeds.gaps import MOST, Gaps, Place
from projections.feeds.pages import (
    MATCHING_TYPES,
    ORDINAL,
    PLACES,
    FeedPage,
    Moment,
    Stretch,
    page_query,
)
from projections.readers import Readers
from projections.view import CHUNK, as_json
from replay.errors import NotFound


class Feeds:
    """The questions. Each raises `Rebuilding` while there is no view to read."""

    def __init__(self, readers: Readers, position: Callable[[], Awaitable[int]]) -> None:
        self._readers = readers
        self._position = position
        self._gaps = Gaps()

    async def devices(
        self, wanted: DeviceFilter | None = None, before: int | None = None, limit: int = 100
    ) -> DevicePage:
        """Up to `limit` (at least 1) devices, newest first, those with a `first` below `before`."""
        stands = await self._position()
        rows, following = await list_devices(wanted or DeviceFilter()).page(self._readers, before, limit)
        return DevicePage(tuple(DeviceRow(*row) for row in rows), following, stands)

    async def device(self, log: str, device: str) -> DeviceRow:
        """One device. Raises `NotFound`."""
        sql = f"SELECT {COLUMNS} FROM devices WHERE log = ? AND device = ?"
        rows = await self._readers.fetch(sql, (log, device))
        if not rows:
            raise _unknown(log, device)
        return DeviceRow(*rows[0])

    async def page(
        self,
        log: str,
        device: str,
        *,
        type: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        limit: int = 20,
        ascending: bool = False,
    ) -> FeedPage:
        """Up to `limit` of a device's events above `since` and up to `until`, newest first unless `ascending`.

        `type` may end in `*`: all types that begin so. Raises `NotFound` for an unknown device.
        """
        stands = await self._position()
        types = await self._types(log, device, type)
        while True:
            changes = self._gaps.changes
            stretch = Stretch(
                log=log,
                device=device,
                since=since,
                until=until,
                types=types,
                since_gaps=self._gaps_at(log, device, since),
                until_gaps=self._gaps_at(log, device, until),
            )
            positions, following, remaining = await self._read(stretch, limit, ascending)
            if changes == self._gaps.changes:
                return FeedPage(positions, following, remaining, stands)

    async def keep_places(self, positions: Sequence[int]) -> None:
        """Keep the places of records that are about to be erased, so that no link shifts. Raises `Rebuilding`."""
        newest = positions[-MOST:]
        for begin in range(0, len(newest), CHUNK):
            part = as_json(newest[begin : begin + CHUNK])
            rows = await self._readers.fetch_many(4, PLACES, (part,))
            self._gaps.note(Place(*row) for row in rows)

    def _gaps_at(self, log: str, device: str, bound: Moment | None) -> list[int]:
        return [] if bound is None or not bound.ordinal else self._gaps.of(log, device, bound.ms)

    async def _read(
        self, stretch: Stretch, limit: int, ascending: bool
    ) -> tuple[tuple[int, ...], Moment | None, int]:
        """A page's positions, the bound that goes on, and how many remain. Raises `NotFound`."""
        query = page_query(stretch.types is not None, ascending)
        rows = await self._readers.fetch_many(2, query, {**stretch.parameters(), "limit": limit + 1})
        totals = [count for ms, count in rows if ms is None]
        if not totals:
            raise _unknown(stretch.log, stretch.device)
        found = sorted((row for row in rows if row[0] is not None), reverse=not ascending)
        following = None
        if len(found) > limit:
            following = await self._bound(stretch, found, limit, ascending)
        positions = tuple(position for _, position in found[:limit])
        return positions, following, totals[0] - len(positions)

    async def _bound(
        self, stretch: Stretch, found: list[tuple[int, int]], limit: int, ascending: bool
    ) -> Moment:
        """The bound that goes on after the first `limit` of the events found.

        Going down it is the next event, which `until` includes; going up the last one, which `since` leaves out.
        """
        if ascending and not limit:
            return stretch.since or Moment(found[0][0] - 1)
        ms, position = found[limit - 1 if ascending else limit]
        gaps = as_json(self._gaps.of(stretch.log, stretch.device, ms))
        values = {"log": stretch.log, "device": stretch.device, "ms": ms, "position": position, "gaps": gaps}
        [(ordinal,)] = await self._readers.fetch(ORDINAL, values)
        return Moment(ms, ordinal)

    async def _types(self, log: str, device: str, type: str | None) -> tuple[str, ...] | None:
        """The types that a filter means; None: all."""
        if type is None or type == "*":
            return None
        if not type.endswith("*"):
            return (type,)
        values = {"log": log, "device": device, "prefix": type[:-1]}
        return tuple(name for (name,) in await self._readers.fetch_many(1, MATCHING_TYPES, values))

    async def sequences(
        self, log: str, device: str, low: int, high: int, up_to: int
    ) -> AsyncIterator[tuple[int, int]]:
        """The (sequence, position) of a device's records with numbers from `low` to `high`, up to a position.

        In order; some numbers may come more than once.
        """
        sql = f"""SELECT sequence, position FROM feed
            WHERE device = (SELECT first FROM devices WHERE log = ? AND device = ?)
                AND sequence BETWEEN ? AND ? AND position <= ? AND (sequence, position) > (?, ?)
            ORDER BY sequence, position LIMIT {CHUNK}"""
        bounds, after = (log, device, low, high, up_to), (low, 0)
        while rows := await self._readers.fetch_many(2, sql, (*bounds, *after)):
            after = rows[-1]
            for sequence, position in rows:
                yield sequence, position

    async def latest(
        self, log: str, device: str, *, until: int = 2**62, before: int = 2**62, limit: int
    ) -> list[int]:
        """The positions of the records of a device that happened last, up to `limit`.

        `until` (milliseconds) bounds when they happened, `before` the position at which they were recorded.
        """
        sql = """SELECT position FROM feed
            WHERE device = (SELECT first FROM devices WHERE log = ? AND device = ?) AND ms <= ? AND position < ?
            ORDER BY ms DESC, position DESC LIMIT ?"""
        rows = await self._readers.fetch_many(1, sql, (log, device, until, before, limit))
        return [position for (position,) in rows]

    async def positions(self, log: str, device: str) -> tuple[int, ...]:
        """The positions of a device's records, in order; empty for one that is not known."""
        sql = """SELECT position FROM feed
            WHERE device = (SELECT first FROM devices WHERE log = ? AND device = ?) ORDER BY position"""
        return tuple(position for (position,) in await self._readers.fetch_many(1, sql, (log, device)))


def _unknown(log: str, device: str) -> NotFound:
    return NotFound(f"there is no device {device!r} in log {log!r}")
