"""Keys on every route, and never in what the server writes down or sends back."""

from __future__ import annotations

import logging

import msgspec
import pytest

from server.access import Role
from server.loggr.routes import ROUTES, Route
from server.settings import Settings
from tests.server.api import Api, event

ROLES: dict[str, Role | None] = {
    "list_lines": "read",
    "list_or_post": "read",
    "show_line": "read",
    "show_data": "read",
    "erase_line": "admin",
    "post_line": "ingest",
    "post_user": "ingest",
    "refuse_creation": None,
}
LOWER: dict[Role, list[str]] = {"read": ["ingest"], "ingest": ["read"], "admin": ["read", "ingest"]}
ID = "0123456789abcdef01234567"

every_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")


def path_of(route: Route, log: str) -> str:
    return route.path.replace("{log}", log).replace("{id}", ID)


def role_of(route: Route) -> Role | None:
    return ROLES[route.answer.__name__]


@every_route
async def test_without_a_key_nobody_is_let_in(api: Api, route: Route) -> None:
    for headers in ({}, {"Authorization": "Basic bm9ib2R5"}, {"Authorization": "Digest x"}):
        answer = await api.ask(route.method, path_of(route, "park"), token=None, headers=headers)
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
        assert set(answer.document) == {"status", "error", "message"}


@every_route
async def test_a_role_that_is_too_low_is_refused(api: Api, route: Route) -> None:
    role = role_of(route)
    for token in LOWER[role] if role else ():
        answer = await api.ask(route.method, path_of(route, "park"), token=token)
        assert answer.status == 403
        assert role is not None
        assert role in answer.document["message"]


@every_route
async def test_a_key_for_another_log_is_refused(api: Api, route: Route) -> None:
    await api.send(event(ID, log="museum", data={"data": "x"}))
    token = "park-admin" if role_of(route) == "admin" else "park"
    answer = await api.ask(route.method, path_of(route, "museum"), token=token)
    assert answer.status == 403


@every_route
async def test_what_is_in_another_log_is_not_in_this_one(api: Api, route: Route) -> None:
    await api.send(event(ID, log="museum", type="log-line", data={"text": "secret", "data": "secret"}))
    token = "park-admin" if role_of(route) == "admin" else "park"
    answer = await api.ask(route.method, path_of(route, "park"), token=token)
    assert b"secret" not in answer.body
    if "{id}" in route.path:
        assert answer.status == 404
    assert (await api.get(f"/logs/museum/events/{ID}", token="read")).status == 200


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, access_log=True)


async def test_a_key_is_masked_in_what_the_server_writes_down(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="playhead.access")
    key = api.tokens["ingest"]
    await api.get("/1/logs/park/events", {"apikey": key, "text": "x"}, token=None)
    await api.get("/logs/park/events", {"apikey": "ph_wrong", "text": "("}, token=None)
    assert "apikey=***" in caplog.text
    assert key not in caplog.text
    assert "ph_wrong" not in caplog.text
