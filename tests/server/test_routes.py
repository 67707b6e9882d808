"""Access on every route, from the route table itself: a new row is in these tests by being in the table."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
import pytest_asyncio

from replay.findings import LIMITS
from server.access import Role
from server.api.assets_audio import put
from server.api.ingest import append
from server.api.playback import playback
from server.http.replies import NDJSON
from server.questions.findings import WithThresholds
from server.questions.parameters import Parameters
from server.routes import ROUTES, Route
from tests.replay.recordings.making import wav
from tests.server.api import NATIVE, Api, event
from tests.server.conftest import shares_a_server

NEEDING = [route for route in ROUTES if route.role is not None]
OF_A_LOG = [route for route in NEEDING if "log" in route.parameters.readers]
LOWER: dict[Role, list[str]] = {"read": ["ingest"], "ingest": ["read"], "admin": ["read", "ingest"]}
HOLDING: dict[Role, str] = {"read": "read", "ingest": "ingest", "admin": "admin"}

every_route = pytest.mark.parametrize("route", NEEDING, ids=lambda route: f"{route.method} {route.path}")
every_log_route = pytest.mark.parametrize("route", OF_A_LOG, ids=lambda route: f"{route.method} {route.path}")

READS = [route for route in NEEDING if route.method == "GET" and route.path.startswith("/api/v1/")]
every_read = pytest.mark.parametrize("route", READS, ids=lambda route: route.path)


def path_of(route: Route) -> str:
    return re.sub(r"{(id|a|b)}", "it", route.path)


MUST: dict[str, dict[str, object]] = {
    "/api/v1/sessions/{id}/explain": {"at": "0"},
    "/api/v1/devices/{id}/listening": {"day": "2026-05-14"},
}
"""What a route must be asked with, to be answered at all."""


def asked(route: Route, **more: object) -> dict[str, object]:
    """The parameters of a request to a route: those that it must have, and more."""
    return {**MUST.get(route.path, {}), **more}


async def fill(api: Api, log: str) -> None:
    """An event, a session that has ended, a device, a user and an asset with its recording, each called `it`."""
    folder = api.services.media.recordings.folder(log)
    folder.mkdir(parents=True)
    (folder / "it.wav").write_bytes(wav())
    described = {"asset": "it", "url": "it.wav"}
    of: dict[str, Any] = {"session": "it", "device": "it", "user": "it", "log": log}
    sent = [
        event("it", "asset-described", time="2026-05-14T12:00:00Z", data=described, **of),
        event("end", "session-ended", time="2026-05-14T12:00:01Z", **of),
    ]
    assert (await api.send(*sent)).status == 200


FILLED = 2
"""Where a log stands that is filled."""


def body_of(route: Route) -> dict[str, Any]:
    if route.answer is put:
        return {"body": wav()}
    if route.answer is playback:
        return {"headers": {"Accept": NDJSON}}
    if route.answer is not append:
        return {"headers": NATIVE}
    return {"body": b'{"type":"x"}', "headers": {"Content-Type": "application/json"}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def filled(shared: Api) -> Api:
    """A server two of whose logs are filled, for those who change nothing."""
    for log in ("default", "museum"):
        await fill(shared, log)
    return shared


@every_route
@shares_a_server
async def test_without_a_token_nobody_is_let_in(filled: Api, route: Route) -> None:
    answer = await filled.ask(route.method, path_of(route), token=None, **body_of(route))
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    wrong = await filled.ask(
        route.method, path_of(route), token=None, headers={"Authorization": "Bearer ph_wrong"}
    )
    assert wrong.status == 401


@every_route
@shares_a_server
async def test_a_role_that_is_too_low_is_refused(filled: Api, route: Route) -> None:
    assert route.role is not None
    for token in LOWER[route.role]:
        answer = await filled.ask(route.method, path_of(route), token=token, **body_of(route))
        assert answer.status == 403
        assert route.role in answer.document["detail"]


@every_route
async def test_the_role_itself_is_let_in(api: Api, route: Route) -> None:
    assert route.role is not None
    await fill(api, "default")
    answer = await api.ask(
        route.method, path_of(route), asked(route), token=HOLDING[route.role], **body_of(route)
    )
    assert answer.status == 200, answer.body


@every_log_route
@shares_a_server
async def test_a_log_that_the_token_may_not_use_is_refused(filled: Api, route: Route) -> None:
    for token in ("park", "park-admin"):
        if route.role == "admin" and token == "park":
            continue
        answer = await filled.ask(
            route.method, path_of(route), asked(route, log="museum"), token=token, **body_of(route)
        )
        assert answer.status == 403
        assert "museum" in answer.document["detail"]


@every_log_route
async def test_what_is_in_another_log_is_not_there(api: Api, route: Route) -> None:
    """A collection is empty, an item is not found, whatever the other log holds; a write goes to its own log."""
    await fill(api, "museum")
    token = "park-admin" if route.role == "admin" else "park"
    answer = await api.ask(route.method, path_of(route), asked(route), token=token, **body_of(route))
    if route.answer in (append, put):
        assert answer.status == 200
    elif "{" in route.path:
        assert answer.status == 404
    else:
        assert answer.status == 200
        assert b'"it"' not in answer.body


@every_read
@shares_a_server
async def test_every_read_says_where_its_view_stands(filled: Api, route: Route) -> None:
    assert (await filled.get(path_of(route), asked(route))).position == 2 * FILLED


@every_read
async def test_every_read_waits_for_the_position_that_it_is_asked_for(api: Api, route: Route) -> None:
    await fill(api, "default")
    assert (await api.get(path_of(route), asked(route, min_position=FILLED))).status == 200
    early = await api.get(path_of(route), asked(route, min_position=FILLED + 1, wait=0.01))
    assert (early.status, int(early.headers["Retry-After"])) == (503, 1)
    waiting = asyncio.ensure_future(api.get(path_of(route), asked(route, min_position=FILLED + 1, wait=20)))
    await api.send(event("later"))
    assert (await waiting).position == FILLED + 1


def test_every_row_of_one_item_or_list_knows_the_log() -> None:
    without = {route.path for route in NEEDING} - {route.path for route in OF_A_LOG}
    # The path of the last one is the log.
    assert without == {"/api/v1/head", "/readyz", "/api/v1/logs", "/api/v1/logs/{id}/events"}


def test_no_two_rows_are_the_same() -> None:
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


def test_every_parameter_has_a_place_in_its_struct() -> None:
    for route in ROUTES:
        assert isinstance(route.parameters, Parameters)
        names = set(route.parameters.readers)
        if isinstance(route.parameters, WithThresholds):
            names = names - set(LIMITS) | {"thresholds"}
        assert len(names) == len(route.parameters.struct.__struct_fields__)


@pytest.mark.parametrize("path", ["/", "/static/main.js", "/login", "/healthz"])
async def test_what_is_public_needs_no_token(api: Api, path: str) -> None:
    assert (await api.get(path, token=None)).status in (200, 303)


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/static", "/anything", "//", "/healthz/", "/Healthz"])
async def test_what_is_not_there_is_told_to_nobody_without_a_token(api: Api, path: str) -> None:
    assert (await api.get(path, token=None)).status == 401


async def test_every_answer_carries_the_same_headers(api: Api) -> None:
    await fill(api, "default")
    answers = [
        await api.get(path_of(route))
        for route in ROUTES
        if route.method == "GET" and "{path}" not in route.path
    ]
    answers.append(await api.get("/api/v1/nothing"))
    answers.append(await api.get("/api/v1/events", token=None))
    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Server"] == "Playhead"
        if answer.headers.get("Content-Type", "").endswith("json"):
            assert (
                "no-store" in answer.headers["Cache-Control"] or "private" in answer.headers["Cache-Control"]
            )


async def test_a_page_runs_its_own_scripts_alone(api: Api) -> None:
    policy = (await api.get("/", token=None)).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "Content-Security-Policy" not in (await api.get("/api/v1/head")).headers


async def test_another_hosts_name_is_misdirected(api: Api) -> None:
    assert (await api.get("/api/v1/head", headers={"Host": "evil.example"})).status == 421
    assert (await api.get("/", token=None, headers={"Host": "evil.example"})).status == 421
