"""Where a command reads: a data folder opened read-only, or a server. Both give the same documents.

Rule 1: a query is the parameters of HTTP, as text, read by the tables of `server.questions` in either place; an
        answer is the document that HTTP gives.
Rule 2: a folder may be read beside the server that holds it: nothing is written, nothing is locked.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import msgspec

from replay.errors import NotFound, PlayheadError, Unavailable
from server.access import ROLES, Identity
from server.cli.client import Client, Query
from server.cli.options import Place
from server.cli.output import Notice
from server.cli.sse import Message
from server.exports.table import Export
from server.http.replies import with_query
from server.playing.playing import open_playing
from server.playing.questions import PLAYBACK
from server.questions.assets import ASSETS
from server.questions.devices import FEED
from server.questions.events import EVENTS
from server.questions.findings import FINDINGS, LISTENING
from server.questions.parameters import Parameters
from server.questions.read import HeadQuestion
from server.questions.sessions import REPLAY, SESSIONS
from server.reads import findings, reading
from server.reads.assets import assets as read_assets
from server.reads.comparing import COMPARE, compare_known
from server.reads.documents import API
from server.reads.explaining import EXPLAIN, explain_known
from server.reads.session_listens import SESSION_LISTENS, session_listens
from server.services import LOG, Services, open_services
from server.services.selection import Selection
from server.vinli.feed import read_feed

Document = dict[str, Any]
T = TypeVar("T")

OURSELVES = Identity("command-line", "the command line", frozenset(ROLES))
"""Who may read the files may read every log."""
RECONNECT_SECONDS = 2.0

_decode = msgspec.json.Decoder().decode


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


class FolderSource:
    """A data folder."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def sessions(self, query: Query) -> Document:
        """A page of sessions."""
        return _plain(await reading.sessions(self._services, OURSELVES, _parse(SESSIONS, query)))

    async def replay(self, session: str, query: Query) -> Document:
        """A session's replay."""
        found = await reading.replay(self._services, OURSELVES, session, _parse(REPLAY, query))
        return _object(found.body)

    async def export(self, session: str, row: Export, query: Query) -> AsyncGenerator[bytes, None]:
        """A session's replay in a format, in pieces."""
        made = await row.make(self._services, OURSELVES, session, _parse(row.parameters, query))
        async with aclosing(made.chunks()) as chunks:
            async for chunk in chunks:
                yield chunk

    async def explain(self, session: str, query: Query) -> Document:
        """What was playing at a moment, or why nothing was."""
        return _plain(await explain_known(self._services, OURSELVES, session, _parse(EXPLAIN, query)))

    async def play(
        self,
        session: str,
        query: Query,
        notice: Notice,  # noqa: ARG002 - a folder does not go away
    ) -> AsyncGenerator[Document, None]:
        """A session as it happened, message by message."""
        question = _parse(PLAYBACK, query)
        playing = await open_playing(self._services, OURSELVES, session, question, None, paced=True)
        if playing is not None:  # as it always is for who comes without a place
            async with aclosing(playing.batches()) as batches:
                async for batch in batches:
                    for told in batch:
                        yield {"event": told.name, **_object(told.body)}

    async def compare(self, a: str, b: str, query: Query) -> Document:
        """What differs between two sessions, or two positions of one."""
        return _plain(await compare_known(self._services, OURSELVES, a, b, _parse(COMPARE, query)))

    async def assets(self, query: Query) -> Document:
        """A page of assets."""
        return _plain(await read_assets(self._services, OURSELVES, _parse(ASSETS, query)))

    async def findings(self, session: str, query: Query) -> Document:
        """What is wrong with a session."""
        found = await findings.findings(self._services, OURSELVES, session, _parse(FINDINGS, query))
        return _object(found.body)

    async def listens(self, session: str, query: Query) -> Document:
        """A page of what a session played, play by play."""
        found = await session_listens(self._services, OURSELVES, session, _parse(SESSION_LISTENS, query))
        return _object(found.body)

    async def listening(self, device: str, query: Query) -> Document:
        """A device's day."""
        return _plain(await findings.listening(self._services, OURSELVES, device, _parse(LISTENING, query)))

    async def feed(self, device: str, query: Query) -> Document:
        """A page of a device's events; its links are paths."""
        found = await read_feed(self._services, OURSELVES, device, _parse(FEED, query), "")
        return _object(msgspec.json.encode(found.document))

    async def events(self, query: Query) -> Document:
        """A page of the log."""
        return _plain(await reading.events(self._services, OURSELVES, _parse(EVENTS, query)))

    async def head(self) -> Document:
        """Where the log stands."""
        return _plain(await reading.head(self._services, HeadQuestion()))

    async def status(self) -> Document:
        """How the log and the views stand."""
        return _plain(await reading.readiness(self._services))

    async def follow(
        self,
        after: int,
        query: Query,
        notice: Notice,  # noqa: ARG002 - a folder does not go away
    ) -> AsyncGenerator[Document, None]:
        """Every event after a position, and then each as it is stored."""
        question = _parse(EVENTS, query)
        selection = Selection(OURSELVES.all_logs(question.log), question.session)
        async for records in self._services.log.follow(after):
            for record in records:
                if selection.shows(record):
                    yield _object(record.encode())


class ServerSource:
    """A server."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def sessions(self, query: Query) -> Document:
        """A page of sessions."""
        return await self._get("sessions", query)

    async def replay(self, session: str, query: Query) -> Document:
        """A session's replay."""
        return await self._get(f"sessions/{quote(session, safe='')}/replay", query)

    async def export(self, session: str, row: Export, query: Query) -> AsyncGenerator[bytes, None]:
        """A session's replay in a format, in pieces."""
        if row.sound and query.get("as_of") is None:  # a live session's sound is of a position, for it grows
            known = {name: value for name, value in query.items() if name in REPLAY.readers}
            query = {**query, "as_of": (await self.replay(session, known))["position"]}
        path = f"{API}/sessions/{quote(session, safe='')}/replay.{row.extension}"
        async with aclosing(self._client.download(path, query)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def explain(self, session: str, query: Query) -> Document:
        """What was playing at a moment, or why nothing was."""
        return await self._get(f"sessions/{quote(session, safe='')}/explain", query)

    async def play(self, session: str, query: Query, notice: Notice) -> AsyncGenerator[Document, None]:
        """A session as it happened, message by message; a stream that breaks off goes on where it ended."""
        path = f"{API}/sessions/{quote(session, safe='')}/playback"
        async with aclosing(self._stream(path, lambda _: query, notice)) as messages:
            async for message in messages:
                yield {"event": message.event, **_object(message.data)}
                if message.event == "end":
                    return

    async def compare(self, a: str, b: str, query: Query) -> Document:
        """What differs between two sessions, or two positions of one."""
        return await self._get(f"sessions/{quote(a, safe='')}/compare/{quote(b, safe='')}", query)

    async def assets(self, query: Query) -> Document:
        """A page of assets."""
        return await self._get("assets", query)

    async def findings(self, session: str, query: Query) -> Document:
        """What is wrong with a session."""
        return await self._get(f"sessions/{quote(session, safe='')}/findings", query)

    async def listens(self, session: str, query: Query) -> Document:
        """A page of what a session played, play by play."""
        return await self._get(f"sessions/{quote(session, safe='')}/listens", query)

    async def listening(self, device: str, query: Query) -> Document:
        """A device's day."""
        return await self._get(f"devices/{quote(device, safe='')}/listening", query)

    async def feed(self, device: str, query: Query) -> Document:
        """A page of a device's events."""
        return await self._get(f"devices/{quote(device, safe='')}/events", query)

    async def events(self, query: Query) -> Document:
        """A page of the log."""
        return await self._get("events", query)

    async def head(self) -> Document:
        """Where the log stands."""
        return await self._get("head", {})

    async def status(self) -> Document:
        """How the log and the views stand."""
        return _document(self._client, await self._client.get("/readyz", accept_unready=True))

    async def follow(self, after: int, query: Query, notice: Notice) -> AsyncGenerator[Document, None]:
        """Every event after a position; a stream that breaks off is taken up again where it ended."""

        def asked(last_id: str | None) -> Query:
            return {**query, "after": None if last_id else after}

        async with aclosing(self._stream(f"{API}/events", asked, notice)) as messages:
            async for message in messages:
                if message.event == "message":
                    yield _object(message.data)

    async def _stream(
        self, path: str, query: Callable[[str | None], Query], notice: Notice
    ) -> AsyncGenerator[Message, None]:
        """The messages of a stream that have data, for ever: it is taken up again where it broke off."""
        last_id: str | None = None
        away = False
        while True:
            try:
                async for message in self._client.stream(path, query(last_id), last_id):
                    last_id, away = message.id or last_id, False
                    if message.data:
                        yield message
            except Unavailable as error:
                if not away:
                    notice(f"{error.message}; trying again until it is back")
                away = True
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _get(self, path: str, query: Query) -> Document:
        return _document(self._client, await self._client.get(f"{API}/{path}", query))


def _document(client: Client, found: object) -> Document:
    if not isinstance(found, dict):
        raise PlayheadError(f"{client.url} does not answer as Playhead does")
    return found


def _parse(parameters: Parameters[T], query: Query) -> T:
    """A query as its question, by the rules that HTTP has for it. Raises `Invalid`."""
    return parameters.parse(with_query("", query.items()).removeprefix("?"))


def _plain(answer: reading.Answer | reading.EventsPage) -> Document:
    """An answer as the document that a client would decode."""
    return _object(answer.encode())


def _object(text: bytes | str) -> Document:
    found: Document = _decode(text)
    return found
