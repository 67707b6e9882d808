"""The URL space, on one screen.

Rule 1: every route is a row: method, path, the role it needs (None: none), what answers, what can be asked.
Rule 2: an id in a path is `{id}` (`{a}` and `{b}` where there are two): any text, percent-encoded;
        `server.questions.parameters.path_ids` decodes it.
Rule 3: a surface with manners of its own has a table of its own: `routes` in `server.roundware`, `server.loggr`.
Rule 4: a row that needs a role is let in, parsed and typed by `native` before its handler sees it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from aiohttp import hdrs, web

from server import loggr, roundware
from server.access import Role, log_in, log_out, show_login
from server.api import (
    assets,
    assets_audio,
    assets_peaks,
    compare,
    devices,
    erasure,
    events,
    explain,
    exports,
    findings,
    health,
    ingest,
    logs,
    page,
    playback,
    sessions,
)
from server.api.call import native
from server.exports.table import EXPORTS
from server.playing.questions import PLAYBACK
from server.questions.assets import ASSET, ASSETS, PEAKS, UPLOAD
from server.questions.devices import DEVICE, DEVICES, FEED
from server.questions.events import ERASE, ERASE_EVENT, EVENT, EVENTS
from server.questions.findings import FINDINGS, LISTENING
from server.questions.logs import LINES, LOGS
from server.questions.parameters import Parameters
from server.questions.read import HEAD, NOTHING
from server.questions.sessions import REPLAY, SESSION, SESSION_EVENTS, SESSIONS
from server.reads.comparing import COMPARE
from server.reads.explaining import EXPLAIN
from server.reads.session_listens import SESSION_LISTENS
from server.sound.questions import ANY

GET, POST, PUT, DELETE = hdrs.METH_GET, hdrs.METH_POST, hdrs.METH_PUT, hdrs.METH_DELETE
V1 = "/api/v1"


class Route(NamedTuple):
    """One row of the table. A GET answers HEAD too."""

    method: str
    path: str
    role: Role | None
    answer: Callable[[Any], Awaitable[web.StreamResponse]]
    parameters: Parameters[Any] = NOTHING


ROUTES = (
    Route(POST, f"{V1}/events", "ingest", ingest.append, ingest.INGEST),
    Route(GET, f"{V1}/events", "read", events.page, EVENTS),
    Route(GET, f"{V1}/events/{{id}}", "read", events.one, EVENT),
    Route(DELETE, f"{V1}/events/{{id}}", "admin", erasure.erase_event, ERASE_EVENT),
    Route(GET, f"{V1}/sessions", "read", sessions.page, SESSIONS),
    Route(GET, f"{V1}/sessions/{{id}}", "read", sessions.one, SESSION),
    Route(DELETE, f"{V1}/sessions/{{id}}", "admin", erasure.erase_session, ERASE),
    Route(GET, f"{V1}/sessions/{{id}}/events", "read", sessions.events, SESSION_EVENTS),
    Route(GET, f"{V1}/sessions/{{id}}/listens", "read", sessions.listens, SESSION_LISTENS),
    Route(GET, f"{V1}/sessions/{{id}}/timeline", "read", sessions.timeline, REPLAY),
    Route(GET, f"{V1}/sessions/{{id}}/replay", "read", exports.replay, ANY),
    *(
        Route(
            GET, f"{V1}/sessions/{{id}}/replay.{row.extension}", "read", exports.download(row), row.parameters
        )
        for row in EXPORTS
    ),
    Route(GET, f"{V1}/sessions/{{id}}/explain", "read", explain.explain, EXPLAIN),
    Route(GET, f"{V1}/sessions/{{id}}/findings", "read", findings.of_session, FINDINGS),
    Route(GET, f"{V1}/sessions/{{id}}/playback", "read", playback.playback, PLAYBACK),
    Route(GET, f"{V1}/sessions/{{a}}/compare/{{b}}", "read", compare.compare, COMPARE),
    Route(GET, f"{V1}/devices", "read", devices.page, DEVICES),
    Route(DELETE, f"{V1}/devices/{{id}}", "admin", erasure.erase_device, ERASE),
    Route(GET, f"{V1}/devices/{{id}}/clock", "read", devices.clock, DEVICE),
    Route(GET, f"{V1}/devices/{{id}}/listening", "read", findings.of_day, LISTENING),
    Route(GET, f"{V1}/devices/{{id}}/events", "read", devices.feed, FEED),
    Route(GET, f"{V1}/device/{{id}}/events", "read", devices.feed, FEED),
    Route(GET, f"{V1}/logs", "read", logs.page, LOGS),
    Route(GET, f"{V1}/logs/{{id}}/events", "read", logs.lines, LINES),
    Route(DELETE, f"{V1}/users/{{id}}", "admin", erasure.erase_user, ERASE),
    Route(GET, f"{V1}/assets", "read", assets.page, ASSETS),
    Route(GET, f"{V1}/assets/{{id}}", "read", assets.one, ASSET),
    Route(PUT, f"{V1}/assets/{{id}}/audio", "ingest", assets_audio.put, UPLOAD),
    Route(GET, f"{V1}/assets/{{id}}/audio", "read", assets_audio.get, ASSET),
    Route(DELETE, f"{V1}/assets/{{id}}/audio", "admin", assets_audio.delete, UPLOAD),
    Route(GET, f"{V1}/assets/{{id}}/peaks", "read", assets_peaks.get, PEAKS),
    Route(GET, f"{V1}/head", "read", health.head, HEAD),
    Route(GET, "/readyz", "read", health.ready),
    Route(GET, "/healthz", None, health.alive),
    Route(GET, "/login", None, show_login),
    Route(POST, "/login", None, log_in),
    Route(POST, "/logout", None, log_out),
    Route(GET, "/", None, page.show_page),
    Route(GET, "/static/{path}", None, page.show_file),
)


def mount(app: web.Application) -> None:
    """Put every route into an application, those of the older surfaces too."""
    for route in ROUTES:
        handler = route.answer if route.role is None else native(route.role, route.answer, route.parameters)
        path = re.sub(r"\{(id|a|b)\}", r"{\1:[^/]+}", route.path).replace("{path}", "{path:.+}")
        if route.method == GET:
            app.router.add_get(path, handler)
        else:
            app.router.add_route(route.method, path, handler)
    loggr.mount(app)
    roundware.mount(app)
