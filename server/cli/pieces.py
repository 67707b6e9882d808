"""A file's events, one by one, in constant memory: bytes in, pieces of JSON out.

Rule 1: a file is NDJSON (an event a line), a JSON array of events, or JSON objects one after another, however
        they are laid out. What it is shows in its first bytes.
Rule 2: a piece knows the line that it begins on and the byte that it ends at.
Rule 3: nothing is parsed here but the outline: strings, brackets and commas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

import msgspec
from msgspec import Struct

from server.cli.exits import BadInput

MAX_PIECE = 1024 * 1024
"""Bytes of one event's JSON; the server takes no more either."""

BOM = b"\xef\xbb\xbf"
WHITE = b" \t\r\n"
_OUTLINE = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|["\[\]{},]', re.DOTALL)


class Piece(Struct, frozen=True):
    """The text of one event: its line, counted from 1, and the byte of the file where it ends."""

    line: int
    end: int
    text: bytes


class Splitter(Protocol):
    """Cuts what it is fed into pieces."""

    def feed(self, chunk: bytes) -> Iterator[Piece]:
        """The pieces that are complete with this chunk. Raises `BadInput`."""
        ...

    def finish(self) -> Iterator[Piece]:
        """The last piece, when it needs no end. Raises `BadInput` when the file ends within one."""
        ...


class Pieces:
    """The splitter of a file named `name`: it looks at the first line, and then cuts as the file needs it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._start = b""
        self._splitter: Splitter | None = None

    def feed(self, chunk: bytes) -> Iterator[Piece]:
        """The pieces that are complete with this chunk. Raises `BadInput`."""
        if self._splitter is not None:
            return self._splitter.feed(chunk)
        self._start += chunk
        return self._begin().feed(self._start) if _first_line_is_there(self._start) else iter(())

    def finish(self) -> Iterator[Piece]:
        """What is left at the end of the file. Raises `BadInput` when it ends within an event."""
        if self._splitter is None:
            yield from self._begin().feed(self._start)
        yield from self._begin().finish()

    def _begin(self) -> Splitter:
        if self._splitter is None:
            self._splitter = Lines(self.name) if _has_lines(self._start) else Values(self.name)
        return self._splitter


class Lines:
    """NDJSON: a piece a line; blank lines do not count as events."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._rest = b""
        self._line = 0
        self._end = 0

    def feed(self, chunk: bytes) -> Iterator[Piece]:
        """The lines that are complete with this chunk."""
        lines = (self._rest + chunk).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            yield from self._piece(line, len(line) + 1)
        _check_length(self._rest, self._name, self._line + 1)

    def finish(self) -> Iterator[Piece]:
        """The last line, when the file does not end with a line's end."""
        rest, self._rest = self._rest, b""
        return self._piece(rest, len(rest))

    def _piece(self, line: bytes, length: int) -> Iterator[Piece]:
        self._line += 1
        self._end += length
        text = (line.removeprefix(BOM) if self._line == 1 else line).strip(WHITE)
        _check_length(text, self._name, self._line)
        if text:
            yield Piece(self._line, self._end, text)


class Values:
    """JSON values in one array, or one after another."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._buffer = b""
        self._offset = 0  # where the buffer begins in the file
        self._start = 0  # where the piece to come begins in the buffer
        self._scanned = 0  # up to where the outline of the buffer is known
        self._line = 1  # the line that `_start` is on
        self._depth = 0
        self._in_array: bool | None = None
        self._closed = False

    def feed(self, chunk: bytes) -> Iterator[Piece]:
        """The values that are complete with this chunk."""
        self._buffer += chunk if self._offset or self._buffer else chunk.removeprefix(BOM)
        while (char := self._next()) is not None:
            if self._ends_a_value(char):
                yield from self._cut(self._scanned - 1 if self._in_array else self._scanned)
        self._offset += self._start
        self._scanned -= self._start
        self._buffer = self._buffer[self._start :]
        self._start = 0
        _check_length(self._buffer, self._name, self._line)

    def finish(self) -> Iterator[Piece]:
        """Nothing is left after a complete array or value. Raises `BadInput` when there is."""
        if self._closed and self._buffer.strip(WHITE):
            raise self._after_the_end()
        if self._depth or self._buffer.strip(WHITE):
            raise BadInput(f"{self._name} ends within the event that begins on line {self._line}")
        return iter(())

    def _next(self) -> bytes | None:
        """The next bracket or comma of the buffer, strings passed over; None: more bytes are needed."""
        for match in _OUTLINE.finditer(self._buffer, self._scanned):
            if match[0] == b'"':  # a string that goes on in the next chunk
                self._scanned = match.start()
                return None
            if len(match[0]) == 1:
                self._scanned = match.end()
                return match[0]
        self._scanned = len(self._buffer)
        return None

    def _ends_a_value(self, char: bytes) -> bool:
        """Count a bracket or comma; tell whether a value is complete with it."""
        if self._in_array is None:
            self._in_array = char == b"["
            if self._in_array:
                self._depth = 1
                self._go_on()
                return False
        if self._closed:
            raise self._after_the_end()
        if char in b"{[":
            self._depth += 1
            return False
        if char in b"}]":
            self._depth -= 1
        self._closed = self._in_array and self._depth == 0
        return self._depth == 0 or (self._depth == 1 and self._in_array and char == b",")

    def _cut(self, stop: int) -> Iterator[Piece]:
        """The value that ends before `stop`."""
        text = self._buffer[self._start : stop]
        line = self._line + text[: len(text) - len(text.lstrip(WHITE))].count(b"\n")
        text = text.strip(WHITE)
        _check_length(text, self._name, line)
        self._go_on()
        if text:
            yield Piece(line, self._offset + self._start, text)
        elif not self._closed:
            raise BadInput(f"{self._name}, line {line}: an event is missing before the comma")

    def _go_on(self) -> None:
        """The next piece begins where the outline stands."""
        self._line += self._buffer.count(b"\n", self._start, self._scanned)
        self._start = self._scanned

    def _after_the_end(self) -> BadInput:
        return BadInput(f"{self._name}, line {self._line}: something follows the end of the array")


def _first_line_is_there(start: bytes) -> bool:
    return b"\n" in start.removeprefix(BOM).lstrip(WHITE) or len(start) > MAX_PIECE


def _has_lines(start: bytes) -> bool:
    """Whether a file that starts so has an event a line: its first line is a whole JSON object, or no JSON."""
    first = start.removeprefix(BOM).lstrip(WHITE).partition(b"\n")[0].rstrip(WHITE)
    if not first.startswith((b"{", b"[")):
        return True
    try:
        return isinstance(msgspec.json.decode(first), dict)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return first.startswith(b"{") and first.endswith(b"}")


def _check_length(text: bytes, name: str, line: int) -> None:
    if len(text) > MAX_PIECE:
        raise BadInput(f"{name}, line {line}: the event is larger than {MAX_PIECE // 1024} KiB")
