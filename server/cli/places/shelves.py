"""Where recordings' files go: a data folder, or a server. Both store by the one door, `server.intake.storing`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from msgspec import Struct

from replay.envelope import DEFAULT_LOG
from replay.errors import TooLarge
from replay.recordings.drafts import draft
from server.cli.files import chunks
from server.cli.options import Place
from server.cli.output import Notice
from server.cli.places.client import Client
from server.cli.places.patience import until_taken
from server.cli.recordings import RecordingFile
from server.intake.storing import store
from server.reads.documents import item_path
from server.services import Services, open_services

Sent = Callable[[int], None]
"""Told how many bytes of a file have gone on their way."""


class Shelved(Struct, frozen=True):
    """What became of a recording: the status of its description, and the position of that."""

    status: str
    position: int


class Shelf(Protocol):
    """Takes recordings."""

    async def put(self, file: RecordingFile, sent: Sent) -> Shelved:
        """Store a file as its asset's recording. Raises the domain's errors, OSError for the file."""
        ...


@asynccontextmanager
async def open_shelf(place: Place, log: str | None, patience: float, notice: Notice) -> AsyncIterator[Shelf]:
    """The server at the place's URL, or its data folder. Raises `DataLocked` when a server has that."""
    if place.url is not None:
        async with Client(place.url, place.token) as client:
            yield ServerShelf(client, log, patience, notice)
    else:
        async with open_services(place.settings) as services:
            yield FolderShelf(services, log or DEFAULT_LOG)
            await services.projections.catch_up()


class FolderShelf:
    """A data folder that no server holds."""

    def __init__(self, services: Services, log: str) -> None:
        self._services = services
        self._log = log

    async def put(self, file: RecordingFile, sent: Sent) -> Shelved:
        """Copy a file into its log's folder, and describe its asset."""
        most = self._services.settings.max_recording
        if file.size > most:
            raise TooLarge("body", f"it is larger than {most:,} bytes, the setting max_recording")
        with draft(self._services.media.recordings.media) as begun:
            async for chunk in chunks(str(file.path)):
                await asyncio.to_thread(begun.write, chunk)
                sent(begun.size)
            stored = await store(self._services, self._log, file.asset, begun)
        return Shelved(stored.receipt.status, stored.receipt.position)


class ServerShelf:
    """A server. It is given time to come back: what it answers 503 for is sent again."""

    def __init__(self, client: Client, log: str | None, patience: float, notice: Notice) -> None:
        self._client = client
        self._query = {"log": log}
        self._patience = patience
        self._notice = notice

    async def put(self, file: RecordingFile, sent: Sent) -> Shelved:
        """Upload a file, again and again while the server is away, for as long as there is patience."""
        return await until_taken(lambda: self._put(file, sent), self._patience, self._notice)

    async def _put(self, file: RecordingFile, sent: Sent) -> Shelved:
        file.path.open("rb").close()  # a file that cannot be read is no fault of the server's
        path = item_path("assets", file.asset, "audio")
        answer = await self._client.put(path, _counted(file, sent), file.size, self._query)
        [receipt] = answer["receipts"]
        return Shelved(receipt["status"], receipt["position"])


async def _counted(file: RecordingFile, sent: Sent) -> AsyncIterator[bytes]:
    """A file's bytes, as many as it had when it was looked at."""
    done = 0
    async for chunk in chunks(str(file.path)):
        part = chunk[: file.size - done]
        done += len(part)
        if part:
            yield part
        sent(done)
