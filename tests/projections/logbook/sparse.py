"""A log with gaps between its positions, as the contract allows: few events then span many blocks and shelves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import msgspec

from replay.envelope import Event
from replay.events import ERASED
from replay.log.contract import Head, Receipt, Record
from replay.log.memory import MemoryLog

GAP = 1_500
"""Five positions in a block of 8,192, forty in a shelf."""


class SparseLog(MemoryLog):
    """A log in memory that has only every so-many-th position."""

    async def append(self, events: Sequence[Event]) -> list[Receipt]:
        return list(map(_receipt, await super().append(events)))

    async def read(self, after: int, limit: int) -> list[Record]:
        return list(map(_record, await super().read(after // GAP, limit)))

    async def get(self, positions: Sequence[int]) -> list[Record]:
        known = [position // GAP for position in positions if position % GAP == 0]
        return list(map(_record, await super().get(known)))

    async def head(self) -> Head:
        head = await super().head()
        return Head(head.position * GAP, head.hash)

    def follow(self, after: int) -> AsyncIterator[list[Record]]:
        raise NotImplementedError

    async def erase(self, positions: Sequence[int], reason: str) -> list[Receipt]:
        inner = [position // GAP for position in positions]
        return list(map(_receipt, await super().erase(inner, reason)))


def _receipt(receipt: Receipt) -> Receipt:
    return msgspec.structs.replace(receipt, position=receipt.position * GAP)


def _record(record: Record) -> Record:
    body = record.body
    if body is not None and (fields := msgspec.json.decode(body))["type"] == ERASED:
        ranges = [[first * GAP, last * GAP] for first, last in fields["data"]["positions"]]
        body = msgspec.json.encode({**fields, "data": {**fields["data"], "positions": ranges}})
    return Record(record.position * GAP, record.recordedtime, body)
