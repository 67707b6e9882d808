"""What a replay in a format is, whatever makes it: the session, the bundle or the mix."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing

import msgspec

from server.http.ranged import Source


class Made(msgspec.Struct, frozen=True):
    """A replay in a format: its bytes, or pieces of them as they are made, its entity tag, where the views stood.

    `length` is how many bytes the pieces have, where that is known beforehand. `part` gives the bytes from a start
    to before a stop, where any of them can be made alone. `headers` go with the answer. `waits` tells whether a
    reader that takes nothing just now is waited for: what is made goes on without it, and will be there.
    """

    body: bytes | AsyncGenerator[bytes, None]
    etag: str
    position: int
    length: int | None = None
    part: Source | None = None
    headers: Mapping[str, str] = {}
    waits: Callable[[], bool] = lambda: False

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The bytes, in pieces."""
        if isinstance(self.body, bytes):
            yield self.body
            return
        async with aclosing(self.body) as pieces:
            async for piece in pieces:
                yield piece
