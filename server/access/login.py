"""Logging a page in and out.

Rule 1: `POST /login` takes `{"code": ...}` or `{"token": ...}`, as JSON or as a form, and answers with a
        cookie: HttpOnly, so that no script reads it; SameSite=Strict, so that no other site sends it;
        Secure over https. JSON gets JSON back, a form is sent on to `/`.
Rule 2: a code's login reads every log. A token's login is the token, and ends with it. Either ends the one
        that the browser had before.
Rule 3: whoever says an Origin says the right one; ten wrong secrets a minute are enough.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qsl

import msgspec
from aiohttp import hdrs, web

from replay.errors import Invalid, TooLarge, Unavailable
from server.access.errors import Forbidden, Unauthorized
from server.access.identity import Identity, in_order
from server.access.middleware import ACCESS, PAGE, Access, by_token
from server.access.origin import cookie_name, same_origin, scheme
from server.access.pages import BY_CODE, PAGE_SECONDS

MAX_BODY = 4096
MAX_SECONDS = 10.0
FORM = "application/x-www-form-urlencoded"
NOT_KEPT = {hdrs.CACHE_CONTROL: "no-store"}

_Text = Annotated[str, msgspec.Meta(min_length=1)]


class Login(msgspec.Struct):
    """What a page sends: one of both."""

    code: _Text | None = None
    token: _Text | None = None


async def show_login(_request: web.Request) -> web.Response:
    """`GET /login`: the page itself asks for the token."""
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={hdrs.LOCATION: "/"})


async def log_in(request: web.Request) -> web.Response:
    """`POST /login`: a login for a code or a token.

    Raises `Invalid`, `TooLarge`, `Unauthorized`, `Forbidden` (a foreign Origin), `TooManyAttempts`, `Unavailable`.
    """
    access = request.app[ACCESS]
    if hdrs.ORIGIN in request.headers and not same_origin(request):
        raise Forbidden("a login must come from this server's own page")
    address = request.remote or ""
    access.attempts.check(address)
    login = _read(request.content_type, await _body(request))
    try:
        identity, secret = await _open(access, login)
    except Unauthorized:
        access.attempts.count(address)
        raise
    answer = _welcome(request.content_type, identity)
    _set_cookie(request, answer, secret)
    with suppress(Unavailable):  # the new login holds, and the old one has its end
        await _close_former(request, access)
    return answer


async def log_out(request: web.Request) -> web.Response:
    """`POST /logout`: end the page's login at once, its open streams too. Raises `Unavailable`: it did not end."""
    page = request.get(PAGE)
    if page is not None:
        await request.app[ACCESS].pages.close(page.key)
    answer = web.Response(status=HTTPStatus.NO_CONTENT, headers=NOT_KEPT)
    answer.del_cookie(cookie_name(request), path="/", httponly=True, samesite="Strict")
    return answer


async def _open(access: Access, login: Login) -> tuple[Identity, str]:
    """Who logs in, and the secret of the login."""
    if login.token is not None:
        identity = await by_token(access, login.token)
        return identity, await access.pages.open(identity.token)
    code = login.code or ""
    if not access.codes.take(code):
        raise Unauthorized(
            "this login link was used or is too old: start again for a new one, or give a token"
        )
    try:
        return BY_CODE, await access.pages.open(None)
    except Unavailable:
        access.codes.give_back(code)
        raise


async def _close_former(request: web.Request, access: Access) -> None:
    """End the login whose cookie the browser gives up for a new one."""
    former = await access.pages.find(request.cookies.get(cookie_name(request), ""))
    if former is not None:
        await access.pages.close(former.key)


async def _body(request: web.Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(MAX_SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > MAX_BODY:
                    raise TooLarge("body", f"a login is at most {MAX_BODY} bytes")
    except TimeoutError:
        raise web.HTTPRequestTimeout(text=f"the body did not arrive within {MAX_SECONDS:g} seconds") from None
    return bytes(body)


def _read(content_type: str, body: bytes) -> Login:
    try:
        fields = _fields(content_type, body)
        login = msgspec.convert(fields, Login)
    except (ValueError, RecursionError) as error:  # msgspec's errors and UnicodeDecodeError are ValueErrors
        raise Invalid(
            "body", f"the body must be a JSON object or a form with code or token: {error}"
        ) from None
    if (login.code is None) == (login.token is None):
        raise Invalid("body", "give either code or token")
    return login


def _fields(content_type: str, body: bytes) -> object:
    if content_type == FORM:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=8)
        return {name: value for name, value in pairs if value}
    return msgspec.json.decode(body)


def _welcome(content_type: str, identity: Identity) -> web.Response:
    if content_type == FORM:
        return web.Response(status=HTTPStatus.SEE_OTHER, headers={hdrs.LOCATION: "/", **NOT_KEPT})
    logs = None if identity.logs is None else sorted(identity.logs)
    document = {"name": identity.name, "roles": in_order(identity.roles), "logs": logs}
    return web.Response(body=msgspec.json.encode(document), content_type="application/json", headers=NOT_KEPT)


def _set_cookie(request: web.Request, answer: web.Response, value: str) -> None:
    answer.set_cookie(
        cookie_name(request),
        value,
        max_age=PAGE_SECONDS,
        path="/",
        httponly=True,
        samesite="Strict",
        secure=scheme(request) == "https",
    )
