"""The paths of this surface: each with and without the slash at its end, for every method."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from aiohttp import hdrs, web

from server.access import Role
from server.api.call import SERVICES
from server.roundware import events, listenevents, sessions, users
from server.roundware.call import roundware

GET, POST, PATCH, DELETE = hdrs.METH_GET, hdrs.METH_POST, hdrs.METH_PATCH, hdrs.METH_DELETE
PREFIX = "/api/2/"
SIGN_UP_PATH = f"{PREFIX}users"


class Route(NamedTuple):
    """One row: method, path, the role it needs (None: none), what answers. A GET answers HEAD too."""

    method: str
    path: str
    role: Role | None
    answer: Callable[[Any], Awaitable[web.StreamResponse]]


ROUTES = (
    Route(GET, f"{PREFIX}listenevents", "read", listenevents.page),
    Route(POST, f"{PREFIX}listenevents", "ingest", listenevents.post),
    Route(GET, f"{PREFIX}listenevents/{{id}}", "read", listenevents.one),
    Route(PATCH, f"{PREFIX}listenevents/{{id}}", "ingest", listenevents.patch),
    Route(DELETE, f"{PREFIX}listenevents/{{id}}", "admin", listenevents.delete),
    Route(GET, f"{PREFIX}events", "read", events.page),
    Route(POST, f"{PREFIX}events", "ingest", events.post),
    Route(GET, f"{PREFIX}events/{{id}}", "read", events.one),
    Route(GET, f"{PREFIX}sessions", "read", sessions.page),
    Route(POST, f"{PREFIX}sessions", "ingest", sessions.post),
    Route(GET, f"{PREFIX}sessions/{{id}}", "read", sessions.one),
    Route(POST, SIGN_UP_PATH, None, users.post),
)


def mount(app: web.Application) -> None:
    """Put every path into an application that holds its services."""
    app[users.SIGN_UP] = users.SignUp(app[SERVICES])
    for route in ROUTES:
        handler = route.answer if route.role is None else roundware(route.role, route.answer)
        path = route.path.replace("{id}", "{id:[^/]+}")
        for form in (path, f"{path}/"):
            if route.method == GET:
                app.router.add_get(form, handler)
            else:
                app.router.add_route(route.method, form, handler)
