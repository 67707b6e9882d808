"""Where a file's events go: a data folder, or a server.

Rule 1: a batch is stored as a whole or not at all, and sending it again stores nothing twice. So a batch whose
        outcome is unknown is sent again.
Rule 2: an error that is one event's names its index in the batch.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from msgspec import Struct

from replay.envelope import DEFAULT_LOG, Event, parse_event
from replay.errors import Invalid, Unavailable
from server.access.errors import Forbidden, Unauthorized
from server.api.ingest import SOURCE
from server.cli.batches import Batch
from server.cli.options import Place
from server.cli.output import Notice
from server.cli.places.client import Client
from server.cli.places.patience import until_taken
from server.services import Services, open_services

FOLD_SECONDS = 30


class Stored(Struct, frozen=True):
    """What became of a batch: how many events have each status, and the highest position among them."""

    statuses: list[str]
    position: int


class Sink(Protocol):
    """Takes batches."""

    async def send(self, batch: Batch) -> Stored:
        """Store a batch. Raises the domain's errors; one with an `index` is that event's."""
        ...

    async def settle(self, position: int) -> bool:
        """Wait until what was stored can be read; False when that takes longer than is worth waiting for."""
        ...


@asynccontextmanager
async def open_sink(place: Place, log: str | None, patience: float, notice: Notice) -> AsyncIterator[Sink]:
    """The server at the place's URL, or its data folder. Raises `DataLocked` when a server has that.

    `log` is that of events without one; `patience` is how long a server may be away, in seconds.
    """
    if place.url is not None:
        async with Client(place.url, place.token) as client:
            yield ServerSink(client, log, patience, notice)
    else:
        async with open_services(place.settings) as services:
            yield FolderSink(services, log or DEFAULT_LOG)


class FolderSink:
    """A data folder that no server holds."""

    def __init__(self, services: Services, log: str) -> None:
        self._services = services
        self._log = log

    async def send(self, batch: Batch) -> Stored:
        """Check and append a batch."""
        receipts = await self._services.log.append(self._events(batch))
        position = max((receipt.position for receipt in receipts), default=0)
        return Stored([receipt.status for receipt in receipts], position)

    async def settle(self, position: int) -> bool:
        """Fold all there is."""
        return await self._services.projections.catch_up() >= position

    def _events(self, batch: Batch) -> list[Event]:
        events = []
        for index, entry in enumerate(batch.entries):
            try:
                make_id = (lambda made=entry.made_id: made) if entry.made_id else None
                events.append(parse_event(entry.value, log=self._log, source=SOURCE, make_id=make_id))
            except Invalid as error:
                raise error.at(index) from None
        return events


class ServerSink:
    """A server, through its ingest. It is given time to come back: what it answers 503 for is sent again."""

    def __init__(self, client: Client, log: str | None, patience: float, notice: Notice) -> None:
        self._client = client
        self._query = {"log": log}
        self._patience = patience
        self._notice = notice

    async def send(self, batch: Batch) -> Stored:
        """Post a batch, again and again while the server is away, for as long as there is patience."""
        body = _gzip(b"[%s]" % b",".join(entry.body() for entry in batch.entries))
        return await until_taken(lambda: self._post(body), self._patience, self._notice)

    async def settle(self, position: int) -> bool:
        """Wait until the server's views have passed a position."""
        try:
            await self._client.get("/api/v1/head", {"min_position": position, "wait": FOLD_SECONDS})
        except Unavailable:
            return False
        except (Unauthorized, Forbidden):
            pass  # a token that may not read has no use for waiting
        return True

    async def _post(self, body: bytes) -> Stored:
        headers = {
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            "Prefer": "respond-async",
        }
        answer = await self._client.post(SOURCE, body, headers, self._query)
        return Stored([receipt["status"] for receipt in answer["receipts"]], answer["position"])


def _gzip(body: bytes) -> bytes:
    pack = zlib.compressobj(level=1, wbits=zlib.MAX_WBITS | 16)
    return pack.compress(body) + pack.flush()
