"""A data folder, read beside whoever holds it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

import msgspec

from server.access import ROLES, Identity
from server.cli.documents import Document, Query, read_document
from server.cli.output import Notice
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
from server.reads import events, findings, health, replays, sessions
from server.reads.answers import Answer
from server.reads.assets import assets as read_assets
from server.reads.comparing import COMPARE, compare_known
from server.reads.explaining import EXPLAIN, explain_known
from server.reads.session_listens import SESSION_LISTENS, session_listens
from server.services import Services
from server.services.selection import Selection
from server.vinli.feed import read_feed

T = TypeVar("T")

OURSELVES = Identity("command-line", "the command line", frozenset(ROLES))
"""Who may read the files may read every log."""


class FolderSource:
    """A data folder."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def sessions(self, query: Query) -> Document:
        """A page of sessions."""
        return _plain(await sessions.sessions(self._services, OURSELVES, _parse(SESSIONS, query)))

    async def replay(self, session: str, query: Query) -> Document:
        """A session's replay."""
        found = await replays.replay(self._services, OURSELVES, session, _parse(REPLAY, query))
        return read_document(found.body)

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
                        yield {"event": told.name, **read_document(told.body)}

    async def compare(self, a: str, b: str, query: Query) -> Document:
        """What differs between two sessions, or two positions of one."""
        return _plain(await compare_known(self._services, OURSELVES, a, b, _parse(COMPARE, query)))

    async def assets(self, query: Query) -> Document:
        """A page of assets."""
        return _plain(await read_assets(self._services, OURSELVES, _parse(ASSETS, query)))

    async def findings(self, session: str, query: Query) -> Document:
        """What is wrong with a session."""
        found = await findings.findings(self._services, OURSELVES, session, _parse(FINDINGS, query))
        return read_document(found.body)

    async def listens(self, session: str, query: Query) -> Document:
        """A page of what a session played, play by play."""
        found = await session_listens(self._services, OURSELVES, session, _parse(SESSION_LISTENS, query))
        return read_document(found.body)

    async def listening(self, device: str, query: Query) -> Document:
        """A device's day."""
        return _plain(await findings.listening(self._services, OURSELVES, device, _parse(LISTENING, query)))

    async def feed(self, device: str, query: Query) -> Document:
        """A page of a device's events; its links are paths."""
        found = await read_feed(self._services, OURSELVES, device, _parse(FEED, query), "")
        return read_document(msgspec.json.encode(found.document))

    async def events(self, query: Query) -> Document:
        """A page of the log."""
        return _plain(await events.events(self._services, OURSELVES, _parse(EVENTS, query)))

    async def head(self) -> Document:
        """Where the log stands."""
        return _plain(await health.head(self._services, HeadQuestion()))

    async def status(self) -> Document:
        """How the log and the views stand."""
        return _plain(await health.readiness(self._services))

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
                    yield read_document(record.encode())


def _parse(parameters: Parameters[T], query: Query) -> T:
    """A query as its question, by the rules that HTTP has for it. Raises `Invalid`."""
    return parameters.parse(with_query("", query.items()).removeprefix("?"))


def _plain(answer: Answer | events.EventsPage) -> Document:
    """An answer as the document that a client would decode."""
    return read_document(answer.encode())
