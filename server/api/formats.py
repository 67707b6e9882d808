"""The forms in which events arrive: bytes and headers -> one decoded value for each event.

Rule 1: a form is a row of a table. CloudEvents come structured, batched or binary (HTTP protocol binding
        for CloudEvents 1.0.2); the same objects come without ceremony as JSON, an array of it, or one a line.
Rule 2: what one event's text is guilty of is kept in its place as an `Invalid`, so that the refusal of a
        batch names every event at fault, not the first.
Rule 3: an array is cut into its events before any is decoded, so that a huge one is refused unread; then they
        are decoded one at a time, as they are asked for.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

import msgspec
from aiohttp import hdrs, web
from multidict import CIMultiDictProxy

from replay.errors import Invalid, TooLarge

MAX_EVENT = 1024 * 1024
"""Bytes of one event's JSON as sent, white space included; its data may have 64 KiB."""

MAX_VALUES = 2_000_000
"""A body of nothing but brackets takes forty times its size when it is decoded: what it may hold is bounded too."""
BYTES_A_VALUE = 64
"""What a value takes once it is decoded, about, beside its text."""

BOM = b"\xef\xbb\xbf"
WHITE = b" \t\r\n"
CE = "ce-"

Headers = CIMultiDictProxy[str]
Decode = Callable[[bytes, int], "Batch"]
"""(a body, the most events it may hold) -> its events."""


class Batch(NamedTuple):
    """The events of one request, decoded or at fault, and the lines they stood on where a form has lines.

    An event is decoded when `values` comes to it, which is once.
    """

    values: Iterator[object]
    lines: list[int] | None = None

    def line(self, index: int) -> int | None:
        """The line, counted from 1, of an event of a form that has lines."""
        return self.lines[index] if self.lines else None


_any = msgspec.json.Decoder()
_pieces = msgspec.json.Decoder(list[msgspec.Raw])


def decode_batch(headers: Headers, body: bytes, most: int) -> Batch:
    """Take a request's events apart; it may hold `most` of them.

    Raises `Invalid` when the body as a whole is not what its type says, `TooLarge` for too many events, and
    aiohttp's 415 for a type that is not taken.
    """
    media_type = _media_type(headers)
    if not media_type.startswith("application/cloudevents") and _is_binary(headers):
        return Batch(iter([_binary(headers, media_type, body)]))
    decode = FORMS.get(media_type)
    if decode is None:
        raise _unsupported(media_type)
    return decode(body.removeprefix(BOM), most)


def decoded_size(body: bytes) -> int:
    """About how many bytes a body's values take once decoded, beside its text.

    They are counted by the commas and brackets, those in texts too. Raises `TooLarge` for too many.
    """
    values = sum(map(body.count, (b",", b"[", b"{")))
    if values > MAX_VALUES:
        raise TooLarge("body", f"the body holds more than {MAX_VALUES:,} values: send fewer events at once")
    return values * BYTES_A_VALUE


def _media_type(headers: Headers) -> str:
    essence, _, parameters = headers.get(hdrs.CONTENT_TYPE, "").partition(";")
    charset = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", parameters, re.IGNORECASE)
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise web.HTTPUnsupportedMediaType(text=f"events are sent in UTF-8, not in {charset[1][:32]!r}")
    return essence.strip().lower()


def _unsupported(media_type: str) -> web.HTTPUnsupportedMediaType:
    given = f"Content-Type {media_type[:64]!r} is not taken" if media_type else "there is no Content-Type"
    return web.HTTPUnsupportedMediaType(
        text=f"{given}: send one of {', '.join(FORMS)}, or a CloudEvent in binary mode",
        headers={hdrs.ACCEPT: ", ".join(FORMS)},
    )


def _one(body: bytes, _most: int) -> Batch:
    return Batch(iter([_value(body)]))


def _many(body: bytes, most: int) -> Batch:
    try:
        pieces = _pieces.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(error) from None
    if len(pieces) > most:
        raise _too_many(most)
    return Batch(_value(bytes(piece)) for piece in pieces)


def _one_or_many(body: bytes, most: int) -> Batch:
    return _many(body, most) if body.lstrip(WHITE).startswith(b"[") else _one(body, most)


def _lines(body: bytes, most: int) -> Batch:
    texts: list[bytes] = []
    lines: list[int] = []
    for number, line in enumerate(io.BytesIO(body), 1):
        if number > 2 * most + 1000:  # blank lines do not count as events, and are not endless either
            raise TooLarge("body", "the request has too many lines")
        if line.strip(WHITE):
            texts.append(line)
            lines.append(number)
        if len(texts) > most:
            raise _too_many(most)
    return Batch(map(_value, texts), lines)


FORMS: dict[str, Decode] = {
    "application/json": _one_or_many,
    "application/cloudevents+json": _one,
    "application/cloudevents-batch+json": _many,
    "application/x-ndjson": _lines,
    "application/ndjson": _lines,
    "application/jsonl": _lines,
}


def _too_many(most: int) -> TooLarge:
    return TooLarge("body", f"a request holds at most {most} events")


def _value(text: bytes) -> object:
    """What a piece of JSON says, or the `Invalid` that it is."""
    if len(text) > MAX_EVENT:
        return TooLarge("event", f"the event is larger than {MAX_EVENT // 1024} KiB")
    try:
        return _any.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _malformed(error)


def _malformed(error: Exception) -> Invalid:
    """An error of the JSON decoder as a sentence."""
    if isinstance(error, RecursionError):
        return Invalid("body", "the JSON is nested too deeply")
    if isinstance(error, UnicodeDecodeError):
        return Invalid("body", "the JSON is not valid UTF-8")
    reason = str(error).removeprefix("JSON is malformed: ").partition(" - at ")[0].replace("`", "")
    reason = "it ends early" if reason == "Input data was truncated" else reason[:1].lower() + reason[1:]
    return Invalid("body", f"the JSON is malformed: {reason}")


def _is_binary(headers: Headers) -> bool:
    return "ce-specversion" in headers or "ce-type" in headers


def _binary(headers: Headers, media_type: str, body: bytes) -> object:
    """A CloudEvent in binary mode: attributes in `ce-` headers, `data` in the body."""
    event: dict[str, Any] = {}
    for name, value in headers.items():
        if name.lower().startswith(CE):
            attribute = name.lower().removeprefix(CE)
            if attribute in event or attribute in ("data", "datacontenttype"):
                raise Invalid(attribute, f"the header {name[:64]} may not be given, or only once")
            event[attribute] = header_text(value, attribute)
    if not body:
        return event
    if media_type not in ("", "application/json", "text/json") and not media_type.endswith("+json"):
        raise web.HTTPUnsupportedMediaType(
            text=f"in binary mode the body is the event's data, as JSON, not {media_type[:64]!r}"
        )
    if media_type:
        event["datacontenttype"] = media_type
    event["data"] = _value(body.removeprefix(BOM))
    return event["data"] if isinstance(event["data"], Invalid) else event


def header_text(value: str, attribute: str) -> str:
    """A header's value as the binding decodes it: quoted strings undone, then percent-decoded once."""
    if len(value) >= 2 and value.startswith('"') and value.endswith('"'):
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    try:
        return unquote_to_bytes(value.encode("utf-8", "surrogateescape")).decode()
    except UnicodeDecodeError:
        raise Invalid(attribute, f"the header ce-{attribute} is not valid UTF-8") from None
