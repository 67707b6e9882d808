"""A request's body as bytes: bounded in size, in time, and in what all requests hold together.

Rule 1: a body is at most 32 MiB, as sent and when decompressed; a bomb is stopped at that bound.
Rule 2: a body that ends early, or goes on after its end, is refused: half an upload is never stored.
Rule 3: one coding, gzip or zstd. Several members or frames in a row are one body, as their formats say; not
        very many, since an empty one costs more to undo than to send.
Rule 4: bytes are taken from a common budget while a request is answered; above it the answer is 503.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator
from itertools import count
from typing import Protocol

import aiohttp
from aiohttp import hdrs, web
from aiohttp.http_exceptions import PayloadEncodingError

from replay.errors import Invalid, TooLarge
from server.api import zstandard
from server.services.budget import Hold

MAX_BODY = 32 * 1024 * 1024
MAX_SECONDS = 60.0
STEP = 256 * 1024
"""Most bytes a decoder gives at once, so that the bound is looked at often."""

MAX_PARTS = 20_000
"""Members or frames in one body: two for each event that it may bring."""

CODINGS = ("identity", "gzip", "zstd")


async def read_body(request: web.Request, hold: Hold, *, limit: int = MAX_BODY) -> bytes:
    """The request's body, decompressed.

    Raises `Invalid`, `TooLarge`, `Unavailable`, or aiohttp's 408 and 415.
    """
    decoder = make_decoder(", ".join(request.headers.getall(hdrs.CONTENT_ENCODING, [])))
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(MAX_SECONDS):
            return await _collect(chunks(request, limit), decoder, hold, limit)
    except TimeoutError:
        raise web.HTTPRequestTimeout(text=f"the body did not arrive within {MAX_SECONDS:g} seconds") from None


async def chunks(request: web.Request, limit: int) -> AsyncIterator[bytes]:
    """A body as it arrives, undecoded. Raises `TooLarge` above the limit, `Invalid` when it ends early."""
    received = 0
    try:
        async for chunk in request.content.iter_any():
            received += len(chunk)
            if received > limit:
                raise _too_large(limit)
            yield chunk
    except (aiohttp.ClientPayloadError, PayloadEncodingError, ConnectionError):
        raise Invalid("body", "the body ended early") from None


async def _collect(chunks: AsyncIterator[bytes], decoder: Decoder, hold: Hold, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        for part in decoder.feed(chunk):
            size += len(part)
            if size > limit:
                raise _too_large(limit)
            hold.take(len(part))
            parts.append(part)
            if size > STEP:
                await asyncio.sleep(0)  # others get their turn while a large body is undone
    decoder.finish()
    return b"".join(parts)


def _too_large(limit: int) -> TooLarge:
    size = f"{limit >> 20} MiB" if limit >= 2**20 else f"{limit >> 10} KiB"
    return TooLarge("body", f"the body is larger than {size}")


class Decoder(Protocol):
    """Undoes one content coding, a chunk at a time."""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Give what a chunk decodes to, in steps. Raises `Invalid` when it is not of the coding."""
        ...

    def finish(self) -> None:
        """Raise `Invalid` when the body has ended too early."""
        ...


def make_decoder(content_encoding: str) -> Decoder:
    """The decoder for a `Content-Encoding`. Raises aiohttp's 415 for one that is not known."""
    coding = content_encoding.strip().lower()
    if coding in ("", "identity"):
        return Identity()
    if coding in ("gzip", "x-gzip"):
        return Gzip()
    if coding == "zstd":
        return Zstd()
    raise web.HTTPUnsupportedMediaType(
        text=f"Content-Encoding {content_encoding[:64]!r} is not taken: send one of {', '.join(CODINGS)}",
        headers={hdrs.ACCEPT_ENCODING: ", ".join(CODINGS[1:])},
    )


def _check_parts(ended: int) -> None:
    """Refuse one more part of a body, of which so many have ended."""
    if ended >= MAX_PARTS:
        raise TooLarge("body", f"the body has more than {MAX_PARTS:,} members or frames")


class Identity:
    """No coding at all."""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Give the chunk as it is."""
        yield chunk

    def finish(self) -> None:
        """Accept: where a plain body ends is HTTP's to say."""


class Gzip:
    """RFC 1952: one or more members in a row."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._complete = False
        self._parts = count(1)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Give what the chunk decodes to."""
        more = False
        while chunk or more:
            if self._member.eof:
                _check_parts(next(self._parts))
                self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            try:
                part = self._member.decompress(chunk, STEP)
            except zlib.error:
                raise Invalid("body", "the body is not valid gzip") from None
            self._complete = self._member.eof
            more = len(part) == STEP and not self._complete
            chunk = self._member.unused_data if self._complete else self._member.unconsumed_tail
            if part:
                yield part

    def finish(self) -> None:
        """Raise `Invalid` when a member has no end."""
        if not self._complete:
            raise Invalid("body", "the gzip body ended early")


class Zstd:
    """RFC 8878: one or more frames in a row, with a window of at most 8 MiB (RFC 9659)."""

    def __init__(self) -> None:
        self._frame = zstandard.decompressor()
        self._complete = False
        self._parts = count(1)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Give what the chunk decodes to."""
        while chunk or not (self._frame.eof or self._frame.needs_input):
            if self._frame.eof:
                _check_parts(next(self._parts))
                self._frame = zstandard.decompressor()
            try:
                part = self._frame.decompress(chunk, STEP)
            except zstandard.ZstdError:
                raise Invalid("body", "the body is not valid zstd") from None
            self._complete = self._frame.eof
            chunk = self._frame.unused_data if self._frame.eof else b""
            if part:
                yield part

    def finish(self) -> None:
        """Raise `Invalid` when a frame has no end."""
        if not self._complete:
            raise Invalid("body", "the zstd body ended early")
