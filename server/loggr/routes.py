"""The URL space of this surface.

Rule 1: agents post under `/1`, where every read works too.
"""

from __future__ import annotations

from typing import NamedTuple

from aiohttp import hdrs, web

from server.loggr.call import Answer, loggr
from server.loggr.items import erase_line, show_data, show_line
from server.loggr.listing import list_lines, list_or_post, refuse_creation
from server.loggr.posting import post_line, post_user

GET, POST, DELETE = hdrs.METH_GET, hdrs.METH_POST, hdrs.METH_DELETE

PREFIXES = ("/logs/", "/1/logs/")
"""Where this surface's manners hold, and a key may come in a form."""


class Route(NamedTuple):
    """One row of the table. A GET answers HEAD too."""

    method: str
    path: str
    answer: Answer


ROUTES = (
    Route(GET, "/logs/{log}/events", list_lines),
    Route(POST, "/logs/{log}/events", refuse_creation),
    Route(GET, "/logs/{log}/events/{id}", show_line),
    Route(DELETE, "/logs/{log}/events/{id}", erase_line),
    Route(GET, "/logs/{log}/events/{id}/data", show_data),
    Route(GET, "/1/logs/{log}/events", list_or_post),
    Route(POST, "/1/logs/{log}/events", post_line),
    Route(GET, "/1/logs/{log}/events/{id}", show_line),
    Route(GET, "/1/logs/{log}/events/{id}/data", show_data),
    Route(POST, "/1/logs/{log}/users", post_user),
)


def mount(app: web.Application) -> None:
    """Put every route into an application."""
    for route in ROUTES:
        path = route.path.replace("{log}", "{log:[^/]+}").replace("{id}", "{id:[^/]+}")
        if route.method == GET:
            app.router.add_get(path, loggr(route.answer))
        else:
            app.router.add_route(route.method, path, loggr(route.answer))
