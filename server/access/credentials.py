"""Where a request carries its secret.

Rule 1: these forms, in this order, and the first that is there counts: `Authorization` (`Bearer X`,
        `token X`, `Basic anything:X`, the keyword in any case), `apikey=X` in the query, the page's cookie.
        A surface whose clients put `apikey` into a form asks `in_form`.
Rule 2: a form that is there and cannot be read is refused, never passed over for the next one.
Rule 3: no message repeats any part of a secret.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Literal

import msgspec
from aiohttp import hdrs, web

from server.access.errors import Unauthorized

APIKEY = "apikey"
FORMS = "`Authorization: Bearer TOKEN`, `Authorization: Basic` with the token as password, or `?apikey=TOKEN`"

Way = Literal["bearer", "basic", "apikey", "cookie"]


class Credential(msgspec.Struct, frozen=True):
    """A secret, and the way it came. Its text stays out of logs: `repr` shows the way alone."""

    way: Way
    secret: str

    def __repr__(self) -> str:
        return f"Credential(way={self.way!r})"


def find(request: web.Request, cookie: str) -> Credential | None:
    """The first credential of a request, of the page's cookie by that name too; None: there is none.

    Raises `Unauthorized` when it cannot be read.
    """
    headers = request.headers.getall(hdrs.AUTHORIZATION, [])
    if headers:
        return in_header(headers[0] if len(headers) == 1 else "")
    keys = request.query.getall(APIKEY, [])
    if keys:
        return _apikey(keys)
    secret = request.cookies.get(cookie)
    return Credential("cookie", secret) if secret else None


def in_header(value: str) -> Credential:
    """The credential of an `Authorization` header. Raises `Unauthorized` saying what is wrong with it."""
    scheme, _, rest = value.strip().partition(" ")
    rest = rest.strip()
    match scheme.lower():
        case "bearer" | "token" if rest and not any(map(str.isspace, rest)):
            return Credential("bearer", rest)
        case "basic" if rest:
            return Credential("basic", _password(rest))
        case "bearer" | "token" | "basic":
            raise Unauthorized(f"the Authorization header is malformed: give one token, as {FORMS}")
        case _:
            raise Unauthorized(f"the Authorization header is of no scheme known here: use {FORMS}")


def in_form(fields: Mapping[str, object]) -> Credential | None:
    """The credential of a decoded form (`await request.post()`), None: it has none. Raises `Unauthorized`."""
    return _apikey([fields[APIKEY]]) if APIKEY in fields else None


def _apikey(values: list[str] | list[object]) -> Credential:
    secret = values[0]
    if len(values) > 1 or not isinstance(secret, str) or not secret.strip():
        raise Unauthorized("apikey must be given once and hold a token")
    return Credential("apikey", secret)


def _password(encoded: str) -> str:
    try:
        decoded = b64decode(encoded, validate=True).decode()
    except ValueError:
        raise Unauthorized("the Authorization header is malformed: Basic needs id:TOKEN in base64") from None
    _, _, password = decoded.partition(":")
    if not password:
        raise Unauthorized("the Authorization header has no password: Basic needs id:TOKEN, the token last")
    return password
