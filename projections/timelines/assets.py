"""What is known of assets: lists of those that were described, and where they are described."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec

from projections.listing import NEWEST, Listing, among, holding
from projections.readers import Readers
from projections.view import CHUNK
from replay.log.contract import EventLog, Record


class AssetFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which assets to list; None means all.

    `logs`: those that may be read. `text`: part of the asset's id, in any case.
    """

    logs: frozenset[str] | None = None
    log: str | None = None
    text: str | None = None


class AssetRow(msgspec.Struct, frozen=True):
    """An asset, and the positions of its first and its last description still there."""

    first: int
    log: str
    asset: str
    last: int


class AssetPage(msgspec.Struct, frozen=True):
    """Assets, newest first; `next` is the `before` of the next page; `position` is where the view stands."""

    assets: tuple[AssetRow, ...]
    next: int | None
    position: int


_OF_THE_SAME = "FROM descriptions AS o WHERE o.log = d.log AND o.asset = d.asset"
COLUMNS = f"d.position, d.log, d.asset, (SELECT max(o.position) {_OF_THE_SAME})"
WIDTH = 4
"""How many `COLUMNS` there are."""


def list_assets(wanted: AssetFilter) -> Listing:
    """The query for the assets that a filter lets through: a row for each one's first description."""
    listing = Listing("descriptions AS d", "d.position", COLUMNS, WIDTH)
    listing.only(f"NOT EXISTS (SELECT 1 {_OF_THE_SAME} AND o.position < d.position)")
    if wanted.log is not None:
        listing.only("d.log = :log", log=wanted.log)
    if wanted.logs is not None:
        listing.only("d.log IN (SELECT value FROM json_each(:logs))", logs=among(wanted.logs))
    if wanted.text:
        condition, parameters = holding(wanted.text, "d.asset")
        listing.only(f"({condition})", **parameters)
    return listing


class Assets:
    """The questions. Each raises `Rebuilding` while there is no view to read."""

    def __init__(self, readers: Readers, log: EventLog, position: Callable[[], Awaitable[int]]) -> None:
        self._readers = readers
        self._log = log
        self._position = position

    async def list(
        self, wanted: AssetFilter | None = None, before: int | None = None, limit: int = 100
    ) -> AssetPage:
        """Up to `limit` (at least 1) assets, newest first, those with a `first` below `before`."""
        stands = await self._position()
        rows, following = await list_assets(wanted or AssetFilter()).page(self._readers, before, limit)
        return AssetPage(tuple(AssetRow(*row) for row in rows), following, stands)

    async def description(self, log: str, asset: str) -> Record | None:
        """The record that describes an asset last; None when none does."""
        sql = "SELECT max(position) FROM descriptions WHERE log = ? AND asset = ? AND position < ?"
        below = NEWEST
        while True:
            [(position,)] = await self._readers.fetch(sql, (log, asset, below))
            if position is None:
                return None
            [record] = await self._log.get([position])
            if not record.erased:
                return record
            below = position  # erased since: the view has yet to hear of it

    async def descriptions(self, log: str) -> AsyncIterator[Record]:
        """Every record that describes an asset of a log, those of the same asset together."""
        sql = f"""SELECT asset, position FROM descriptions
            WHERE log = ? AND (asset, position) > (?, ?) ORDER BY asset, position LIMIT {CHUNK}"""
        after: tuple[str, int] = ("", 0)
        while rows := await self._readers.fetch_many(2, sql, (log, *after)):
            after = rows[-1]
            for record in await self._log.get([position for _, position in rows]):
                if not record.erased:
                    yield record
