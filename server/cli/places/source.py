"""Where a command reads: a data folder opened read-only, or a server. Both give the same documents.

Rule 1: a query is the parameters of HTTP, as text, read by the tables of `server.questions` in either place; an
        answer is the document that HTTP gives.
Rule 2: a folder may be read beside the server that holds it: nothing is written, nothing is locked.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Protocol

from replay.errors import NotFound
from server.cli.documents import Document, Query
from server.cli.options import Place
from server.cli.output import Notice
from server.cli.places.client import Client
from server.cli.places.folder import FolderSource
from server.cli.places.remote import ServerSource
from server.exports.table import Export
from server.services import LOG, Services, open_services


class Source(Protocol):
    """What can be asked. Each raises the errors of the read."""

    async def sessions(self, query: Query) -> Document:
        """A page of sessions."""
        ...

    async def replay(self, session: str, query: Query) -> Document:
        """A session's replay."""
        ...

    def export(self, session: str, row: Export, query: Query) -> AsyncGenerator[bytes, None]:
        """A session's replay in a format, in pieces."""
        ...

    async def explain(self, session: str, query: Query) -> Document:
        """What was playing at a moment, or why nothing was."""
        ...

    def play(self, session: str, query: Query, notice: Notice) -> AsyncGenerator[Document, None]:
        """A session as it happened, message by message; `notice` is told of trouble."""
        ...

    async def compare(self, a: str, b: str, query: Query) -> Document:
        """What differs between two sessions, or two positions of one."""
        ...

    async def findings(self, session: str, query: Query) -> Document:
        """What is wrong with a session."""
        ...

    async def listens(self, session: str, query: Query) -> Document:
        """A page of what a session played, play by play."""
        ...

    async def listening(self, device: str, query: Query) -> Document:
        """A device's day."""
        ...

    async def feed(self, device: str, query: Query) -> Document:
        """A page of a device's events, newest first, in Vinli's envelope."""
        ...

    async def assets(self, query: Query) -> Document:
        """A page of assets."""
        ...

    async def events(self, query: Query) -> Document:
        """A page of the log."""
        ...

    async def head(self) -> Document:
        """Where the log stands."""
        ...

    async def status(self) -> Document:
        """How the log and the views stand."""
        ...

    def follow(self, after: int, query: Query, notice: Notice) -> AsyncGenerator[Document, None]:
        """Every event after a position, and then each as it is stored, for ever; `notice` is told of trouble."""
        ...


@asynccontextmanager
async def open_source(place: Place) -> AsyncIterator[Source]:
    """The server at the place's URL, or its data folder. Raises `NotFound` when there is no such folder."""
    if place.url is not None:
        async with Client(place.url, place.token) as client:
            yield ServerSource(client)
    else:
        async with open_folder(place) as services:
            yield FolderSource(services)


@asynccontextmanager
async def open_folder(place: Place) -> AsyncIterator[Services]:
    """A data folder, opened read-only. Raises `NotFound` when there is nothing to read."""
    data = place.settings.data
    if not (data / LOG).exists():
        raise NotFound(f"there is no log in {data}: name a data folder with --data, or a server with --url")
    async with open_services(place.settings, read_only=True) as services:
        yield services


@contextmanager
def one_log(log: str | None) -> Iterator[None]:
    """Say with a `NotFound` that there may be other logs to look in, where the caller named none."""
    try:
        yield
    except NotFound as error:
        raise NotFound(
            f"{error.message}; --log names another log" if log is None else error.message
        ) from None
