"""Pages of other origins on this surface, and on no other (https://fetch.spec.whatwg.org/#http-cors-protocol).

Rule 1: a page's origin must be one of the setting `origins`, or that be `*`; else no header is given, and the
        browser keeps the answer from the page.
Rule 2: a browser asks first, and without any token: that question is answered by this alone.
Rule 3: a token travels in a header. No cookie of this server is ever let through to another origin.
"""

from __future__ import annotations

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from server.access import ACCESS
from server.api.call import SERVICES
from server.http.replies import POSITION
from server.roundware.routes import PREFIX

ANY = "*"
METHODS = "GET, HEAD, POST, PATCH, DELETE"
HEADERS = "authorization, content-type"
SECONDS = "600"
"""How long a browser may remember the answer."""


@web.middleware
async def answer_preflight(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a browser that asks whether a page may send something; pass everything else on."""
    asks = request.method == hdrs.METH_OPTIONS and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
    if not (asks and request.path.startswith(PREFIX)):
        return await handler(request)
    request.app[ACCESS].hosts.check(request)
    answer = web.Response(status=204)
    if _allowed(request) is not None:
        answer.headers[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = METHODS
        answer.headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = HEADERS
        answer.headers[hdrs.ACCESS_CONTROL_MAX_AGE] = SECONDS
    return answer


async def allow_origins(request: web.Request, response: web.StreamResponse) -> None:
    """Let a page of an allowed origin read an answer of this surface, errors too."""
    if not request.path.startswith(PREFIX) or not request.app[SERVICES].settings.origins:
        return
    response.headers.add(hdrs.VARY, hdrs.ORIGIN)
    allowed = _allowed(request)
    if allowed is not None:
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = allowed
        response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = f"{POSITION}, {hdrs.RETRY_AFTER}"


def _allowed(request: web.Request) -> str | None:
    """What `Access-Control-Allow-Origin` says; None for an origin that is not allowed."""
    origins = {origin.rstrip("/").lower() for origin in request.app[SERVICES].settings.origins}
    given = request.headers.get(hdrs.ORIGIN)
    if given is None:
        return None
    if ANY in origins:
        return ANY
    return given if given.lower() in origins else None
