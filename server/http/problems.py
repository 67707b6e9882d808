"""Errors as answers: one table from what went wrong to a status, and the manner each surface says it in.

Rule 1: the domain's errors know no HTTP. `TABLE` gives each class its status, its slug and its title; a
        subclass without a row of its own takes its parent's.
Rule 2: natively an answer is problem details (RFC 9457). `type` is `urn:playhead:problem:` and the slug, or
        `about:blank` for what HTTP alone explains; `detail` is one sentence; `errors` names `index`,
        `field` and `detail` of what was sent.
Rule 3: what nobody foresaw is logged with an id and answered with that id, and with nothing else of the inside.
Rule 4: a surface with manners of its own gives a `Renderer` for its paths; the native one is the default.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

import msgspec
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from replay.errors import (
    BadBundle,
    Conflict,
    Corrupt,
    Erased,
    Invalid,
    NotFound,
    PlayheadError,
    Rebuilding,
    TooLarge,
    Unavailable,
    Unplayable,
    Unprocessable,
)
from server.access.errors import Forbidden, Misdirected, TooManyAttempts, Unauthorized
from server.access.redaction import redact
from server.http.leaving import has_left

CONTENT_TYPE = "application/problem+json"
URN = "urn:playhead:problem:"
NO_TYPE = "about:blank"
CHALLENGE = 'Bearer realm="playhead"'
BASIC_CHALLENGE = 'Basic realm="playhead", charset="UTF-8"'
"""For the surfaces whose clients send `Basic`. (On its own paths a browser would ask for a password.)"""

_log = logging.getLogger(__name__)


class Kind(NamedTuple):
    """One row: the status of an error, its slug and its title."""

    status: HTTPStatus
    slug: str
    title: str


TABLE: dict[type[PlayheadError], Kind] = {
    Invalid: Kind(HTTPStatus.BAD_REQUEST, "invalid", "A value cannot be accepted"),
    TooLarge: Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", "A value is above its limit"),
    Unprocessable: Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "unprocessable", "Nothing can be made of it"),
    Unauthorized: Kind(HTTPStatus.UNAUTHORIZED, "unauthorized", "A token is needed"),
    Forbidden: Kind(HTTPStatus.FORBIDDEN, "forbidden", "The token does not allow this"),
    NotFound: Kind(HTTPStatus.NOT_FOUND, "not-found", "There is nothing by that name"),
    Conflict: Kind(HTTPStatus.CONFLICT, "conflict", "The id is taken, or not enough"),
    Unplayable: Kind(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unplayable", "It holds no sound that can be decoded"
    ),
    Erased: Kind(HTTPStatus.GONE, "erased", "It was erased on request"),
    Misdirected: Kind(HTTPStatus.MISDIRECTED_REQUEST, "misdirected", "Not a host of this server"),
    TooManyAttempts: Kind(HTTPStatus.TOO_MANY_REQUESTS, "too-many-attempts", "Too many wrong attempts"),
    BadBundle: Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-bundle", "It is no whole and true bundle"),
    Corrupt: Kind(HTTPStatus.INTERNAL_SERVER_ERROR, "corrupt", "The log does not match its chain"),
    Unavailable: Kind(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "Not now"),
    Rebuilding: Kind(HTTPStatus.SERVICE_UNAVAILABLE, "rebuilding", "The read models are being built"),
    PlayheadError: Kind(HTTPStatus.INTERNAL_SERVER_ERROR, "error", "The server cannot do this"),
}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong, before it is said in any manner. `cause` is the exception it came from."""

    status: int
    title: str
    detail: str
    type: str = NO_TYPE
    errors: tuple[dict[str, Any], ...] = ()
    members: Mapping[str, Any] = {}
    headers: Mapping[str, str] = {}
    cause: Exception | None = None


Renderer = Callable[[web.Request, Problem], web.StreamResponse]
"""How a surface says a problem."""


def native(_request: web.Request, problem: Problem) -> web.Response:
    """Problem details (RFC 9457)."""
    document: dict[str, Any] = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        **problem.members,
    }
    if problem.errors:
        document["errors"] = problem.errors
    return web.Response(
        status=problem.status,
        headers=problem.headers,
        body=msgspec.json.encode(document),
        content_type=CONTENT_TYPE,
    )


class Manners:
    """Which manner answers a path: the longest prefix that fits, else the native one."""

    def __init__(self, by_prefix: Mapping[str, Renderer]) -> None:
        self._by_prefix = sorted(by_prefix.items(), key=lambda row: len(row[0]), reverse=True)

    def of(self, path: str) -> Renderer:
        """The renderer for a path."""
        return next((renderer for prefix, renderer in self._by_prefix if path.startswith(prefix)), native)


def problems(by_prefix: Mapping[str, Renderer] | None = None) -> Middleware:
    """The outermost middleware: every error becomes an answer, in the manner of its path."""
    manners = Manners(by_prefix or {})

    @web.middleware
    async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Exception as error:
            if isinstance(error, ConnectionError) and has_left(request):
                return web.Response(status=499, reason="Client Closed Request")
            if _is_an_answer(error) or _has_begun(request):
                raise
            return manners.of(request.path)(request, describe(request, error))

    return answer_errors


def describe(request: web.Request, error: Exception) -> Problem:
    """What an exception means to who asked. What is the server's own fault is logged."""
    error = _adopt(error)
    if isinstance(error, PlayheadError):
        problem = _ours(error)
        if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            _log.error("%s %s: %s", request.method, redact(request.raw_path), problem.detail)
        return problem
    if isinstance(error, web.HTTPException):
        return _http(request, error)
    return _unforeseen(request, error)


def kind_of(error: PlayheadError) -> Kind:
    """The row of an error: its class's, else its nearest parent's."""
    return next(TABLE[cls] for cls in type(error).__mro__ if cls in TABLE)


def _adopt(error: Exception) -> Exception:
    """An error of aiohttp's that has a class of ours, as that."""
    match error:
        case web.RequestPayloadError():
            return Invalid("body", "the body broke off or cannot be decoded")
        case web.HTTPRequestEntityTooLarge():
            return TooLarge("body", error.text or "the body is too large")
        case _:
            return error


def _ours(error: PlayheadError) -> Problem:
    kind = kind_of(error)
    return Problem(
        status=kind.status,
        title=kind.title,
        type=URN + kind.slug,
        detail=error.message,
        errors=_faults(error),
        members=_members(error),
        headers=_headers(error),
        cause=error,
    )


def _faults(error: PlayheadError) -> tuple[dict[str, Any], ...]:
    """Where it went wrong: a fault each for an error that gathers several as its `errors`."""
    faults = map(_fault, getattr(error, "errors", (error,)))
    return tuple(fault for fault in faults if fault is not None)


def _fault(error: PlayheadError) -> dict[str, Any] | None:
    place = {"index": getattr(error, "index", None), "field": getattr(error, "field", None)}
    named = {name: value for name, value in place.items() if value is not None}
    return {**named, "detail": error.message} if named else None


def _members(error: PlayheadError) -> dict[str, Any]:
    match error:
        case Conflict(sources=sources) if sources:
            return {"sources": sources}
        case Rebuilding():
            return {"progress": {"done": error.done, "total": error.total}}
        case Corrupt():
            return {"position": error.position}
        case _:
            return {}


def _headers(error: PlayheadError) -> dict[str, str]:
    match error:
        case Unavailable():
            return {hdrs.RETRY_AFTER: str(error.retry_after)}
        case Unauthorized():
            challenge = f'{CHALLENGE}, error="invalid_token"' if error.given else CHALLENGE
            return {hdrs.WWW_AUTHENTICATE: challenge}
        case _:
            return {}


def _http(request: web.Request, error: web.HTTPException) -> Problem:
    headers = error.headers.copy()
    headers.popall(hdrs.CONTENT_TYPE, None)
    return Problem(
        status=error.status,
        title=HTTPStatus(error.status).phrase,
        detail=_http_detail(request, error),
        headers=headers,
        cause=error,
    )


def _http_detail(request: web.Request, error: web.HTTPException) -> str:
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        return f"{request.method} is not allowed at {request.path}, only {allowed}"
    if isinstance(error, web.HTTPNotFound):
        return f"there is nothing at {request.path}"
    return error.text or error.reason


def _unforeseen(request: web.Request, error: Exception) -> Problem:
    incident = secrets.token_hex(8)
    _log.error("%s: %s %s failed", incident, request.method, redact(request.raw_path), exc_info=error)
    return Problem(
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        title="The server failed",
        type=URN + "internal",
        detail=f"the server failed in a way nobody foresaw; its log has it as {incident}",
        members={"incident": incident},
        cause=error,
    )


def _is_an_answer(error: Exception) -> bool:
    """Whether an exception is a redirect or another answer, not an error."""
    return isinstance(error, web.HTTPException) and error.status < HTTPStatus.BAD_REQUEST


def _has_begun(request: web.Request) -> bool:
    """Whether part of the answer is sent, so that no other can follow; aiohttp then closes the connection."""
    return request.writer.output_size > 0
