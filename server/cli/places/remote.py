"""A server, read over HTTP; a stream that breaks off is taken up again where it was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from replay.errors import PlayheadError, Unavailable
from server.cli.documents import Document, Query, read_document
from server.cli.output import Notice
from server.cli.places.client import Client
from server.cli.places.sse import Message
from server.exports.table import Export
from server.questions.sessions import REPLAY
from server.reads.documents import API, item_path

RECONNECT_SECONDS = 2.0


class ServerSource:
    """A server."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def sessions(self, query: Query) -> Document:
        """A page of sessions."""
        return await self._get(f"{API}/sessions", query)

    async def replay(self, session: str, query: Query) -> Document:
        """A session's replay."""
        return await self._get(item_path("sessions", session, "replay"), query)

    async def export(self, session: str, row: Export, query: Query) -> AsyncGenerator[bytes, None]:
        """A session's replay in a format, in pieces."""
        if row.sound and query.get("as_of") is None:  # a live session's sound is of a position, for it grows
            known = {name: value for name, value in query.items() if name in REPLAY.readers}
            query = {**query, "as_of": (await self.replay(session, known))["position"]}
        path = item_path("sessions", session, f"replay.{row.extension}")
        async with aclosing(self._client.download(path, query)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def explain(self, session: str, query: Query) -> Document:
        """What was playing at a moment, or why nothing was."""
        return await self._get(item_path("sessions", session, "explain"), query)

    async def play(self, session: str, query: Query, notice: Notice) -> AsyncGenerator[Document, None]:
        """A session as it happened, message by message; a stream that breaks off goes on where it ended."""
        path = item_path("sessions", session, "playback")
        async with aclosing(self._stream(path, lambda _: query, notice)) as messages:
            async for message in messages:
                yield {"event": message.event, **read_document(message.data)}
                if message.event == "end":
                    return

    async def compare(self, a: str, b: str, query: Query) -> Document:
        """What differs between two sessions, or two positions of one."""
        return await self._get(item_path("sessions", a, "compare", b), query)

    async def assets(self, query: Query) -> Document:
        """A page of assets."""
        return await self._get(f"{API}/assets", query)

    async def findings(self, session: str, query: Query) -> Document:
        """What is wrong with a session."""
        return await self._get(item_path("sessions", session, "findings"), query)

    async def listens(self, session: str, query: Query) -> Document:
        """A page of what a session played, play by play."""
        return await self._get(item_path("sessions", session, "listens"), query)

    async def listening(self, device: str, query: Query) -> Document:
        """A device's day."""
        return await self._get(item_path("devices", device, "listening"), query)

    async def feed(self, device: str, query: Query) -> Document:
        """A page of a device's events."""
        return await self._get(item_path("devices", device, "events"), query)

    async def events(self, query: Query) -> Document:
        """A page of the log."""
        return await self._get(f"{API}/events", query)

    async def head(self) -> Document:
        """Where the log stands."""
        return await self._get(f"{API}/head", {})

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
                    yield read_document(message.data)

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
        return _document(self._client, await self._client.get(path, query))


def _document(client: Client, found: object) -> Document:
    if not isinstance(found, dict):
        raise PlayheadError(f"{client.url} does not answer as Playhead does")
    return found
