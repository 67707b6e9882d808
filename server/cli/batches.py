"""Pieces become batches: decoded once, with an id for every event that has none.

Rule 1: an event without an id gets one from its place: the SHA-256 of everything in its file up to its end, blank
        space between events aside. So the same file gives the same ids wherever it lies, and a file that has
        grown gives new ids to what is new alone.
Rule 2: a batch is bounded in events and in bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from msgspec import Struct

from server.cli.exits import BadInput
from server.cli.files import chunks
from server.cli.pieces import Piece, Pieces

MAX_BYTES = 8 * 2**20

_decode = msgspec.json.Decoder().decode


class Entry(Struct, frozen=True):
    """One event of a file. `made_id` is the id from its place, when the sender gave none."""

    line: int
    text: bytes
    value: dict[str, Any]
    made_id: str | None

    def body(self) -> bytes:
        """The event's JSON with its id; a key that comes twice counts as it stands last."""
        if self.made_id is None:
            return self.text
        comma = b"," if self.value else b""
        return b'%s%s"id":"%s"}' % (self.text[:-1], comma, self.made_id.encode())


class Batch(Struct):
    """Events that are stored together or not at all. `end` is the byte of the file where they end."""

    file: str
    entries: list[Entry] = []
    size: int = 0
    end: int = 0

    @property
    def first_line(self) -> int:
        """The line that the first event begins on."""
        return self.entries[0].line if self.entries else 1

    def add(self, entry: Entry, end: int) -> None:
        """Take one more event."""
        self.entries.append(entry)
        self.size += len(entry.text)
        self.end = end


class Ids:
    """The ids that a file's places give."""

    def __init__(self) -> None:
        self._so_far = hashlib.sha256()

    def of(self, text: bytes) -> str:
        """The id of the next event of the file, whose text this is."""
        self._so_far.update(text + b"\n")
        return self._so_far.hexdigest()[:32]


async def batches(path: str, count: int) -> AsyncIterator[Batch]:
    """A file's events in batches of `count`; `-` is stdin.

    Raises `BadInput` naming the line of an event that is no JSON object.
    """
    name = "stdin" if path == "-" else path
    pieces, ids, batch = Pieces(name), Ids(), Batch(name)
    async for chunk in chunks(path):
        for piece in pieces.feed(chunk) if chunk else pieces.finish():
            batch.add(_entry(name, piece, ids), piece.end)
            if len(batch.entries) == count or batch.size >= MAX_BYTES:
                yield batch
                batch = Batch(name)
    if batch.entries:
        yield batch


def _entry(name: str, piece: Piece, ids: Ids) -> Entry:
    try:
        value = _decode(piece.text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"{name}, line {piece.line}: {_malformed(error)}") from None
    if not isinstance(value, dict):
        raise BadInput(f"{name}, line {piece.line}: an event must be a JSON object")
    made = ids.of(piece.text)
    return Entry(piece.line, piece.text, value, made if value.get("id") is None else None)


def _malformed(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    if isinstance(error, RecursionError):
        return "its JSON is nested too deeply"
    reason = str(error).removeprefix("JSON is malformed: ").partition(" (byte ")[0]
    return f"it is no JSON: {'it ends early' if reason == 'Input data was truncated' else reason}"
