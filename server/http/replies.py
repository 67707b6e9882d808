"""What every answer has in common: how it is encoded, negotiated and labelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import hdrs, web

from replay.errors import Invalid

Headers = Mapping[str, str]

JSON = "application/json"
NDJSON = "application/x-ndjson"
POSITION = "Playhead-Position"
REVALIDATE = "private, no-cache"
"""The `Cache-Control` of what has an entity tag."""
VARIES: Headers = {hdrs.VARY: hdrs.ACCEPT}
"""The header of an answer whose form the `Accept` header chose."""

_encode = msgspec.json.Encoder().encode


def reply(
    document: Any,
    *,
    position: int | None = None,
    status: int = 200,
    content_type: str = JSON,
    headers: Headers | None = None,
) -> web.Response:
    """A document (or its bytes) as a response. `position` is where the view that it was read from stands."""
    body = document if isinstance(document, bytes) else _encode(document)
    response = web.Response(body=body, status=status, content_type=content_type, headers=headers)
    if position is not None:
        response.headers[POSITION] = str(position)
    return response


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether an `If-None-Match` header names an entity tag; `W/` makes no difference (RFC 9110, 13.1.2)."""
    if if_none_match is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in tags or "*" in tags


def revalidated(
    request: web.Request, body: bytes, etag: str, position: int, headers: Headers | None = None
) -> web.Response:
    """A document that its reader keeps and asks about again: 304 when the caller has these very bytes."""
    headers = {**(headers or {}), hdrs.CACHE_CONTROL: REVALIDATE, hdrs.ETAG: etag}
    if matches(request.headers.get(hdrs.IF_NONE_MATCH), etag):
        return reply(b"", position=position, status=304, headers=headers)
    return reply(body, position=position, headers=headers)


def link(target: str | None, relation: str = "next") -> Headers:
    """A `Link` header (RFC 8288) to a target; no header without one."""
    return {hdrs.LINK: f'<{target}>; rel="{relation}"'} if target else {}


def with_query(path: str, parameters: Iterable[tuple[str, Any]]) -> str:
    """A path with a query, from which absent values are left out."""
    query = urlencode([(name, value) for name, value in parameters if value is not None])
    return f"{path}?{query}" if query else path


def negotiate(accept: str | None, offers: Sequence[str]) -> str:
    """The offer that an `Accept` header likes best (RFC 9110, 12.5.1); the first one among equals.

    Raises aiohttp's 406 when it wants none of them.
    """
    if not accept or not accept.strip():
        return offers[0]
    wanted = [_range(part) for part in accept.split(",") if part.strip()]
    qualities = {offer: _quality(offer, wanted) for offer in offers}
    best = max(offers, key=lambda offer: qualities[offer])
    if qualities[best] <= 0:
        raise web.HTTPNotAcceptable(text=f"the answer can be had as {', '.join(offers)}")
    return best


def _range(part: str) -> tuple[str, float]:
    media_range, _, parameters = part.partition(";")
    quality = 1.0
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                quality = min(1.0, max(0.0, float(value)))
            except ValueError:
                raise Invalid("Accept", "the q of an Accept header must be a number") from None
    return media_range.strip().lower(), quality


def _quality(offer: str, wanted: Sequence[tuple[str, float]]) -> float:
    """The quality that the most specific matching range gives an offer."""
    main = offer.partition("/")[0]
    for pattern in (offer, f"{main}/*", "*/*"):
        for media_range, quality in wanted:
            if media_range == pattern:
                return quality
    return 0.0
