"""What a read answers with.

Rule: a list's `next` is a path on this server, and goes on exactly where the list ended.
"""

from __future__ import annotations

from typing import Any

import msgspec

from server.http.replies import with_query
from server.questions.read import asked
from server.reads.documents import API

_encode = msgspec.json.Encoder().encode


class Answer(msgspec.Struct, frozen=True):
    """A document, where the view that it was read from stood, and the path of the next page."""

    document: dict[str, Any]
    position: int
    next: str | None = None

    def encode(self) -> bytes:
        """The document as JSON."""
        return _encode(self.document)


class Body(msgspec.Struct, frozen=True):
    """A document's bytes, and where the views stood."""

    body: bytes
    position: int


def next_page(collection: str, question: msgspec.Struct, **cursor: int) -> str:
    """The path that goes on with a list: what the caller asked, and the cursor."""
    parameters: dict[str, object] = {**asked(question), **cursor}
    return with_query(f"{API}/{collection}", parameters.items())
