"""Errors as Roundware says them (its framework's words), for every path under `/api/2/`.

Rule 1: what was sent and cannot be accepted is named field by field, `{"starttime": ["This field is required."]}`;
        all else is one sentence, `{"detail": "..."}`.
Rule 2: what is not there, not there any more, or in another log is "Not found."; nothing tells these apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from aiohttp import hdrs, web

from replay.errors import Invalid
from server.access import Unauthorized
from server.http.problems import Problem

CHALLENGE = "Token"
NO_CREDENTIALS = "Authentication credentials were not provided."
INVALID_TOKEN = "Invalid token."  # noqa: S105 - a sentence
SCHEMES = frozenset({"token", "bearer", "basic"})
WHOLE_REQUEST = frozenset({"body", "query"})
"""Fields that no client sent under that name."""


class Rejected(Invalid):
    """What is wrong with the fields of a request: `faults` maps each to its sentences."""

    def __init__(self, faults: Mapping[str, list[str]]) -> None:
        field, (message, *_) = next(iter(faults.items()))
        super().__init__(field, message)
        self.faults = dict(faults)


def reject(field: str, message: str) -> Rejected:
    """The rejection of one field."""
    return Rejected({field: [message]})


def render(request: web.Request, problem: Problem) -> web.Response:
    """A problem in Roundware's manner."""
    headers = dict(problem.headers)
    status = HTTPStatus.NOT_FOUND if problem.status == HTTPStatus.GONE else problem.status
    document: Mapping[str, object] = {"detail": _detail(request, status, problem)}
    if status == HTTPStatus.UNAUTHORIZED:
        headers[hdrs.WWW_AUTHENTICATE] = CHALLENGE
    elif isinstance(problem.cause, Invalid) and problem.cause.field not in WHOLE_REQUEST:
        status, document = HTTPStatus.BAD_REQUEST, _fields(problem.cause)
    return web.Response(
        status=status, headers=headers, body=msgspec.json.encode(document), content_type="application/json"
    )


def _fields(error: Invalid) -> Mapping[str, object]:
    return error.faults if isinstance(error, Rejected) else {error.field: [error.message]}


def _detail(request: web.Request, status: int, problem: Problem) -> str:
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return NO_CREDENTIALS if _brought_nothing(request, problem) else INVALID_TOKEN
        case HTTPStatus.FORBIDDEN:
            return "You do not have permission to perform this action."
        case HTTPStatus.NOT_FOUND:
            return "Not found."
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return f'Method "{request.method}" not allowed.'
        case HTTPStatus.TOO_MANY_REQUESTS:
            seconds = problem.headers.get(hdrs.RETRY_AFTER, "60")
            return f"Request was throttled. Expected available in {seconds} seconds."
        case _:
            return problem.detail


def _brought_nothing(request: web.Request, problem: Problem) -> bool:
    """Whether a request without a valid token had no credential that this surface knows."""
    if isinstance(problem.cause, Unauthorized) and not problem.cause.given:
        return True
    header = request.headers.get(hdrs.AUTHORIZATION)
    return header is not None and header.strip().partition(" ")[0].lower() not in SCHEMES
