"""Gathering the evidence of a session: all that the log knew about it at a position.

Rule 1: `as_of` bounds every record, description and sequence number that is read. Erasures are those known now.
Rule 2: a description in another log says nothing about this log's asset.
Rule 3: a device's clock is told by its records of other things, too: the `READINGS` that happened last, of those
        that had happened by its newest of this session and were recorded before the session's last. So nothing
        that comes after a session's last record changes what is told of it.
Rule 4: the views say where the records are, the log what is in them. One that was erased since is known as erased,
        and as such that the views have yet to hear of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping

from projections.feeds.questions import Feeds
from projections.readers import Readers
from projections.timelines.fold import session_hash
from projections.view import CHUNK, as_json
from replay import events
from replay.clocks import Reading
from replay.errors import Erased, NotFound, TooLarge
from replay.log.contract import EventLog
from replay.timeline.correction import reading_of
from replay.timeline.evidence import Description, Evidence, Placed, by_device, place

PLAYS = frozenset(("listen-scheduled", "listen-started", "listen-ended"))
"""The types whose `asset` a session plays."""
READINGS = 200
"""The most records of a device that are looked at for its clock, those of the session itself among them."""
CLOCKS = 20
"""The most devices of a session whose records outside it are looked at: those with the most records in it."""
MOST_BYTES = 128 * 1024 * 1024
"""What the records of a session may take together: it is folded in memory, where they take several times that."""


class Gathering:
    """Gathers one session's evidence in one log, up to a position."""

    def __init__(
        self, readers: Readers, log: EventLog, feeds: Feeds, key: tuple[str, str], up_to: int
    ) -> None:
        self._readers = readers
        self._log = log
        self._feeds = feeds
        self._key = key
        self._up_to = up_to
        self._placed: list[Placed] = []
        self._erased: set[int] = set()
        self._ahead: set[int] = set()
        self._bytes = 0

    async def evidence(self) -> Evidence:
        """The evidence. Raises `Erased` when all there was is gone, `NotFound` when there was nothing.

        Raises `TooLarge` when there is more than can be folded in memory.
        """
        await self._read_records()
        await self._read_erasures()
        self._placed = [placed for placed in self._placed if placed.position not in self._erased]
        log, session = self._key
        if not self._placed:
            if self._erased:
                raise Erased(
                    f"all that was known of session {session!r} by position {self._up_to} was erased"
                )
            raise NotFound(f"there is no session {session!r} in log {log!r} at position {self._up_to}")
        own = {device: members for device, members in by_device(self._placed).items() if device is not None}
        descriptions = await self._descriptions()
        sequences = {device: await self._outside(device, own) for device, own in _lacking(own)}
        readings = await self._readings(own)
        return Evidence(
            log=log,
            session=session,
            records=tuple(self._placed),
            descriptions=descriptions,
            sequences=sequences,
            readings=readings,
            erased=tuple(sorted(self._erased)),
            ahead=tuple(sorted(self._ahead)),
        )

    async def _read_records(self) -> None:
        async for positions in self._positions():
            for record in await self._log.get(positions):
                if record.body is None:
                    self._erased.add(record.position)
                    self._ahead.add(record.position)
                else:
                    self._bytes += len(record.body)
                    self._placed.append(place(record))
            self._weigh()

    def _weigh(self) -> None:
        if self._bytes > MOST_BYTES:
            raise TooLarge("session", f"the session's events take more than {MOST_BYTES // 2**20} MiB")

    async def _positions(self) -> AsyncIterator[list[int]]:
        """Where the session's records are, in fold order, some at a time."""
        sql = f"""SELECT time, position FROM timeline
            WHERE session = (SELECT first FROM sessions WHERE log = ? AND session = ?)
                AND (time, position) > (?, ?) AND position <= ?
            ORDER BY time, position LIMIT {CHUNK}"""
        after = (-(2**63), 0)
        while rows := await self._readers.fetch_many(2, sql, (*self._key, *after, self._up_to)):
            after = rows[-1]
            yield [position for _, position in rows]

    async def _read_erasures(self) -> None:
        """Note which positions of the session the erasures known now have destroyed."""
        sql = "SELECT position FROM erasures WHERE session_hash = ?"
        rows = await self._readers.fetch_many(1, sql, (session_hash(*self._key),))
        for record in await self._log.get([position for (position,) in rows]):
            data = record.event().typed_data()
            if isinstance(data, events.EventErased):
                for low, high in data.positions:
                    self._erased.update(range(low, min(high, self._up_to) + 1))

    async def _descriptions(self) -> dict[str, Description]:
        """The last description of each asset that the session plays."""
        assets = {placed.event.data.get("asset") for placed in self._placed if placed.event.type in PLAYS}
        wanted = {asset: self._up_to for asset in assets if asset is not None}
        found: dict[str, Description] = {}
        while wanted:
            last = await self._last_described(wanted)
            wanted = {}
            for record in await self._log.get(list(last)):
                asset = last[record.position]
                data = None if record.erased else record.event().typed_data()
                if isinstance(data, events.AssetDescribed):
                    found[asset] = Description(record.position, data)
                else:
                    self._ahead.add(record.position)
                    wanted[asset] = record.position - 1
        return found

    async def _last_described(self, wanted: dict[str, int]) -> dict[int, str]:
        """The asset of each record that is the last to describe one, at or below the position wanted for it."""
        sql = """WITH wanted(asset, up_to) AS (
                SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:wanted))
            SELECT asset, (SELECT max(position) FROM descriptions AS d
                WHERE d.log = :log AND d.asset = wanted.asset AND d.position <= up_to) FROM wanted"""
        parameters = {"log": self._key[0], "wanted": as_json(list(wanted.items()))}
        rows = await self._readers.fetch_many(2, sql, parameters)
        return {position: asset for asset, position in rows if position is not None}

    async def _outside(self, device: str, own: Collection[int]) -> dict[int, int]:
        """The numbers between the session's own that records outside it have, each at its lowest position."""
        outside: dict[int, int] = {}
        pages = self._feeds.sequences(self._key[0], device, min(own), max(own), self._up_to)
        async for sequence, position in pages:
            if sequence not in own:
                outside.setdefault(sequence, position)
        return outside

    async def _readings(self, own: Mapping[str, list[Placed]]) -> dict[str, tuple[Reading, ...]]:
        """What the devices' records outside the session tell of their clocks; a device without any is left out."""
        most = sorted(own, key=lambda device: (-len(own[device]), device))[:CLOCKS]
        last = max(placed.position for placed in self._placed)
        told = {device: await self._readings_of(device, own[device], last) for device in sorted(most)}
        return {device: readings for device, readings in told.items() if readings}

    async def _readings_of(self, device: str, own: list[Placed], last: int) -> tuple[Reading, ...]:
        newest = max(placed.time for placed in own) // 1000
        found = await self._feeds.latest(self._key[0], device, until=newest, before=last, limit=READINGS)
        outside = sorted(set(found).difference(placed.position for placed in own))
        records = await self._log.get(outside) if outside else []
        self._ahead.update(record.position for record in records if record.erased)
        return tuple(reading_of(place(record)) for record in records if not record.erased)


def _lacking(own: Mapping[str, Iterable[Placed]]) -> Iterable[tuple[str, set[int]]]:
    """Each device that lacks numbers between those it has in the session, with these."""
    for device, members in own.items():
        numbers = {number for placed in members if (number := placed.event.sequence) is not None}
        if numbers and max(numbers) - min(numbers) >= len(numbers):
            yield device, numbers
