"""Errors as Vinli's services said them: one flat object, on the paths that its clients use.

Rule 1: an `Accept` that names problem details, or CloudEvents, is a native client's: it gets the native answer.
        Everybody else on these paths gets `{"statusCode", "error", "message"}`.
Rule 2: erasing an event is no request of Vinli's: its `DELETE` answers natively, as those of sessions and users do.
Rule 3: what is not there, not there any more, or in another log is 404; nothing tells these apart.
"""

from __future__ import annotations

import re
from http import HTTPStatus

import msgspec
from aiohttp import hdrs, web

from server.http.cloudevents import CLOUDEVENT
from server.http.problems import BASIC_CHALLENGE, CHALLENGE, CONTENT_TYPE, Problem, native

PREFIXES = ("/api/v1/device/", "/api/v1/devices/", "/api/v1/events/")
"""Where to look for paths of this surface; natively there are others below them."""

_PATH = re.compile(r"/api/v1/(?:devices?/[^/]+/events|(?P<event>events/[^/]+))(?:/.*)?")
_NATIVE_FORMS = (CONTENT_TYPE, CLOUDEVENT)


def render(request: web.Request, problem: Problem) -> web.Response:
    """A problem in this manner, or natively where the request is none of this surface."""
    if not _is_of_this_surface(request):
        return native(request, problem)
    headers = dict(problem.headers)
    status = HTTPStatus(HTTPStatus.NOT_FOUND if problem.status == HTTPStatus.GONE else problem.status)
    if status == HTTPStatus.UNAUTHORIZED:
        challenge = headers.get(hdrs.WWW_AUTHENTICATE, CHALLENGE)
        headers[hdrs.WWW_AUTHENTICATE] = f"{challenge}, {BASIC_CHALLENGE}"
    document = {"statusCode": status, "error": status.phrase, "message": problem.detail, **problem.members}
    return web.Response(
        status=status, headers=headers, body=msgspec.json.encode(document), content_type="application/json"
    )


def _is_of_this_surface(request: web.Request) -> bool:
    path = _PATH.fullmatch(request.rel_url.raw_path)
    if path is None or (path["event"] and request.method == hdrs.METH_DELETE):
        return False
    accepted = ",".join(request.headers.getall(hdrs.ACCEPT, ())).lower()
    return not any(form in accepted for form in _NATIVE_FORMS)
