"""What a request expects before it sends its body (`Expect`; RFC 9110, 10.1.1).

Rule 1: `100-continue` is all that can be expected, and aiohttp sees to it. Anything else is 417, in the manner of
        its path.
Rule 2: this stands before the application: aiohttp looks at the header before any middleware does, and fails
        over a value that is no text.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

from server.http.headers import put_headers
from server.http.problems import Manners, describe

KNOWN = "100-continue"


def refuse_expectations(server: web.Server, manners: Manners) -> None:
    """Let a server refuse what it cannot do, before its application sees the request."""
    server.request_handler = _refusing(server.request_handler, manners)


Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def _refusing(handler: Handler, manners: Manners) -> Handler:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        expected = request.headers.get(hdrs.EXPECT, KNOWN)
        if isinstance(request, web.Request) and expected.lower() != KNOWN:
            refusal = web.HTTPExpectationFailed(text=f"nothing but {KNOWN} can be expected")
            response = manners.of(request.path)(request, describe(request, refusal))
            await put_headers(request, response)
            return response
        return await handler(request)

    return handle
