"""The fields of what a client posts: JSON, a form, or a form in parts.

Rule 1: a body is a JSON object or a form. Without a content type it is taken for JSON, because Roundware's own
        examples send it so.
Rule 2: of a field that is repeated the last value counts.
Rule 3: a form in parts is flat (RFC 7578): a part is a field, never a form of its own, however it is labelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

import msgspec
from aiohttp import hdrs, web
from multipart import (  # type: ignore[import-untyped]
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)

from replay.errors import Invalid
from server.roundware.manner import reject

MAX_FIELDS = 256

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data"
JSON = frozenset({"application/json", "application/octet-stream"})
"""`application/octet-stream` is what a body without a content type is."""

TRANSFER_ENCODING = "Content-Transfer-Encoding"
AS_IT_IS = frozenset({"7bit", "8bit", "binary"})
"""Transfer encodings that change nothing."""


def read_fields(request: web.Request, body: bytes) -> Mapping[str, object]:
    """The fields of a request's body, by its content type. Raises `Invalid`, or aiohttp's 415."""
    kind = request.content_type.lower()
    if kind == FORM:
        return _form(body)
    if kind == PARTS:
        return _parts(request.headers[hdrs.CONTENT_TYPE], body)
    if kind in JSON or kind.endswith("+json"):
        return _json(body)
    raise web.HTTPUnsupportedMediaType(text=f'Unsupported media type "{kind}" in request.')


def _json(body: bytes) -> Mapping[str, object]:
    if not body.strip():
        return {}
    try:
        document = msgspec.json.decode(body)
    except (ValueError, RecursionError) as error:  # msgspec's errors and UnicodeDecodeError are ValueErrors
        raise Invalid("body", f"JSON parse error - {error}") from None
    if not isinstance(document, dict):
        kind = {"list": "list", "str": "str", "NoneType": "null"}.get(type(document).__name__, "number")
        raise reject("non_field_errors", f"Invalid data. Expected a dictionary, but got {kind}.")
    return document


def _form(body: bytes) -> Mapping[str, object]:
    try:
        return dict(
            parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
        )
    except ValueError as error:
        raise Invalid("body", f"Form parse error - {error}") from None


def _parts(content_type: str, body: bytes) -> Mapping[str, object]:
    parts: list[tuple[str, bytearray]] = []
    try:
        _, options = parse_options_header(content_type)
        with PushMultipartParser(options.get("boundary", ""), max_segment_count=MAX_FIELDS) as parser:
            for told in parser.parse(body):
                if isinstance(told, MultipartSegment):
                    parts.append((_name(told), bytearray()))
                elif told is not None:
                    parts[-1][1].extend(told)
        return {name: content.decode() for name, content in parts}
    except ValueError as error:  # multipart's errors and those of UTF-8 are ValueErrors
        raise Invalid("body", f"Multipart form parse error - {error}") from None


def _name(part: MultipartSegment) -> str:
    """The field that a part holds. Raises ValueError for content that would have to be decoded."""
    for header, value in part.headerlist:
        if header == TRANSFER_ENCODING and value.strip().lower() not in AS_IT_IS:
            raise ValueError(f"{TRANSFER_ENCODING} is not taken in a form")
    return str(part.name)
