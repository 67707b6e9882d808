"""Server-sent events, as a client reads them (https://html.spec.whatwg.org/multipage/server-sent-events.html).

Rule: a message is complete with the blank line that ends it; a comment is a sign of life and nothing else.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from msgspec import Struct


class Message(Struct, frozen=True):
    """One message. `id` is the last that the stream gave; `data` is empty when it only moves the id."""

    id: str | None
    event: str
    data: str


async def parse(chunks: AsyncIterator[bytes]) -> AsyncGenerator[Message, None]:
    """The messages of a stream of bytes; what is incomplete at its end is dropped."""
    fields: dict[str, list[str]] = {}
    last_id: str | None = None
    async for line in _lines(chunks):
        if not line:
            last_id = fields.get("id", [last_id])[-1]
            if fields:
                event = fields.get("event", ["message"])[-1]
                yield Message(last_id, event, "\n".join(fields.get("data", [])))
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            fields.setdefault(name, []).append(value.removeprefix(" "))


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[str]:
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.removesuffix(b"\r").decode("utf-8", "replace")
