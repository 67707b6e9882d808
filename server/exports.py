"""The formats that a replay can be had in: one table, for HTTP, for the command line and for the documents.

Rule 1: a format is one row. From it come the route `replay.<extension>`, what `Accept` may choose at `replay`, the
        `Link` of every replay, what `-o` writes, and a line of `docs/formats.md` that a test asks for.
Rule 2: what is large is made in pieces as it is asked for, which may be never: its tag is known before.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from replay.formats import FORMATS, Format
from server import reading
from server.access import Identity
from server.query import Parameters
from server.questions import REPLAY, ReplayQuestion
from server.services import Services


class Made(msgspec.Struct, frozen=True):
    """A replay in a format: its bytes, or pieces of them as they are made, its entity tag, where the views stood.

    `length` is how many bytes the pieces have, where that is known beforehand.
    """

    body: bytes | AsyncIterator[bytes]
    etag: str
    position: int
    length: int | None = None

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The bytes, in pieces."""
        if isinstance(self.body, bytes):
            yield self.body
            return
        async for chunk in self.body:
            yield chunk


Make = Callable[[Services, Identity, str, Any], Awaitable[Made]]
"""(services, who asks, the session, the question) -> the replay. Raises what `reading.replay` does."""


class Export(NamedTuple):
    """One row. `meaning` says in a few words what it is for. `headers` go with every answer in this format."""

    extension: str
    media_type: str
    meaning: str
    make: Make
    text: bool = True
    parameters: Parameters[Any] = REPLAY
    headers: Mapping[str, str] = {}


async def _json(services: Services, identity: Identity, id: str, question: ReplayQuestion) -> Made:
    found = await reading.replay(services, identity, id, question)
    return Made(found.body, found.etag, found.position)


def _of_session(row: Format) -> Export:
    """The row of a format that needs nothing but the session."""

    async def make(services: Services, identity: Identity, id: str, question: ReplayQuestion) -> Made:
        told = await reading.told(services, identity, id, question, row.write)
        return Made(told.value, told.tag(row.extension), told.position)

    return Export(row.extension, row.media_type, row.meaning, make, text=row.text)


EXPORTS: tuple[Export, ...] = (
    Export("json", "application/json", "the replay, field by field", _json),
    *map(_of_session, FORMATS),
)


def export_of(name: str) -> Export | None:
    """The format that a file's name ends with, the longest that fits; None for one that is none of ours."""
    fitting = [row for row in EXPORTS if name.lower().endswith(f".{row.extension}")]
    return max(fitting, key=lambda row: len(row.extension), default=None)
