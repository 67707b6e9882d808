"""Errors as this surface says them: one flat object, for every path under its prefixes.

Rule 1: the documents show no error's body, so it is the plainest there is: the status, its phrase, one sentence.
Rule 2: what is not there, not there any more, or in another log is 404; nothing tells these apart.
"""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from aiohttp import hdrs, web

from server.http.problems import BASIC_CHALLENGE, Problem


def render(_request: web.Request, problem: Problem) -> web.Response:
    """A problem in this manner."""
    headers = dict(problem.headers)
    status = HTTPStatus(HTTPStatus.NOT_FOUND if problem.status == HTTPStatus.GONE else problem.status)
    if status == HTTPStatus.UNAUTHORIZED:
        headers[hdrs.WWW_AUTHENTICATE] = BASIC_CHALLENGE
    document = {"status": status, "error": status.phrase, "message": problem.detail, **problem.members}
    return web.Response(
        status=status, headers=headers, body=msgspec.json.encode(document), content_type="application/json"
    )
