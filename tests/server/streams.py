"""Streams of server-sent events, as a client reads them, and waiting for what they bring about."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import aiohttp
import msgspec

from server.cli.places.sse import Message, parse
from tests.server.api import Api

STREAM = {"Accept": "text/event-stream"}


class Stream:
    """One open stream. Messages without data (a new id, the time to wait) are passed over unless asked for."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer
        self.messages = parse(answer.content.iter_any())

    async def next(self) -> Message:
        async for message in self.messages:
            if message.data:
                return message
        raise EOFError

    async def take(self, count: int) -> list[Message]:
        return [await self.next() for _ in range(count)]

    async def rest(self) -> list[Message]:
        return [message async for message in self.messages if message.data]


@asynccontextmanager
async def open_stream(
    api: Api,
    parameters: Mapping[str, object] | None = None,
    *,
    path: str,
    token: str = "admin",
    last_id: str | None = None,
) -> AsyncIterator[Stream]:
    headers = api.headers(token, STREAM) | ({"Last-Event-ID": last_id} if last_id is not None else {})
    async with api.session.get(api.target(path, parameters), headers=headers) as answer:
        assert answer.status == 200, await answer.read()
        assert answer.headers["Content-Type"] == "text/event-stream"
        yield Stream(answer)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something is so; the test's own time limit ends it otherwise."""
    while not holds():  # noqa: ASYNC110 - it is told to nobody
        await asyncio.sleep(0.01)


def id_of(message: Message) -> str:
    return str(msgspec.json.decode(message.data)["id"])
