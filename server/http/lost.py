"""What a browser is shown where there is no page.

Rule 1: this is for who walked here, with a `GET` that would rather have HTML than JSON. Whoever else asks, and
        whatever is below the paths of an API, has problem details.
Rule 2: a path that leads nowhere needs no token to say so.
Rule 3: the page is a file as it lies in `server/web`: nothing that was asked for comes back in it.
"""

from __future__ import annotations

from http import HTTPStatus
from importlib.resources import files

from aiohttp import hdrs, web

from replay.errors import Invalid
from server.http.headers import HTML
from server.http.problems import CONTENT_TYPE, Problem, Renderer, native
from server.http.replies import JSON, VARIES, negotiate

PAGE = (files("server") / "web" / "lost.html").read_bytes()


def render(request: web.Request, problem: Problem) -> web.Response:
    """A page for who is lost, else problem details."""
    if not _leads_nowhere(request, problem):
        return native(request, problem)
    response = _page() if _is_navigation(request) else native(request, problem)
    response.headers.update(VARIES)
    return response


MANNERS: dict[str, Renderer] = {"/": render, **dict.fromkeys(("/api/", "/logs/", "/1/"), native)}
"""A page for every path but those of the APIs; a surface's own manner is for a longer path than these."""


def _page() -> web.Response:
    headers = {hdrs.CACHE_CONTROL: "no-store"}
    return web.Response(
        status=HTTPStatus.NOT_FOUND, body=PAGE, content_type=HTML, charset="utf-8", headers=headers
    )


def _leads_nowhere(request: web.Request, problem: Problem) -> bool:
    """Whether nothing is there, for whoever asks: the door's refusal comes before the router's."""
    if problem.status == HTTPStatus.UNAUTHORIZED:
        return isinstance(request.match_info.http_exception, web.HTTPNotFound)
    return problem.status == HTTPStatus.NOT_FOUND


def _is_navigation(request: web.Request) -> bool:
    """Whether a person waits for a page."""
    if request.method not in (hdrs.METH_GET, hdrs.METH_HEAD):
        return False
    try:
        return negotiate(request.headers.get(hdrs.ACCEPT), (CONTENT_TYPE, JSON, HTML)) == HTML
    except (Invalid, web.HTTPNotAcceptable):
        return False
