"""Access, from the table of routes itself: with and without the slash, in this surface's words."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from server.access import Role
from server.roundware.routes import ROUTES, Route
from tests.server.api import Api

NEEDING = [route for route in ROUTES if route.role is not None]
LOWER: dict[Role, list[str]] = {"read": ["ingest"], "ingest": ["read"], "admin": ["read", "ingest"]}
FIELDS = {
    "session": 35,
    "asset": 11,
    "starttime": "2017-04-21",
    "duration": 5,
    "session_id": 35,
    "event_type": "heartbeat",
}

every_route = pytest.mark.parametrize("route", NEEDING, ids=lambda route: f"{route.method} {route.path}")
either_way = pytest.mark.parametrize("slash", ["", "/"], ids=["without", "with"])


async def ask(api: Api, route: Route, slash: str, token: str | None) -> Any:
    number = {"/api/2/listenevents/{id}": "1", "/api/2/events/{id}": "3", "/api/2/sessions/{id}": "35"}
    path = route.path.replace("{id}", number.get(route.path, "")) + slash
    body = None if route.method in ("GET", "DELETE") else msgspec.json.encode(FIELDS)
    return await api.ask(
        route.method, path, token=token, body=body, headers={"Content-Type": "application/json"}
    )


async def fill(api: Api) -> None:
    for path in ("listenevents", "events"):
        body = msgspec.json.encode(FIELDS)
        headers = {"Content-Type": "application/json"}
        assert (await api.ask("POST", f"/api/2/{path}/", body=body, headers=headers)).status == 200


@every_route
@either_way
async def test_the_role_itself_is_let_in(api: Api, route: Route, slash: str) -> None:
    await fill(api)
    assert route.role is not None
    answer = await ask(api, route, slash, route.role)
    assert answer.status == (204 if route.method == "DELETE" else 200), answer.body


@every_route
@either_way
async def test_a_role_that_is_too_low_is_refused(api: Api, route: Route, slash: str) -> None:
    assert route.role is not None
    for token in LOWER[route.role]:
        answer = await ask(api, route, slash, token)
        assert (answer.status, answer.document) == (
            403, {"detail": "You do not have permission to perform this action."}
        )  # fmt: skip


@every_route
@either_way
async def test_without_a_token_nobody_is_let_in(api: Api, route: Route, slash: str) -> None:
    answer = await ask(api, route, slash, None)
    assert (answer.status, answer.headers["WWW-Authenticate"], answer.document) == (
        401, "Token", {"detail": "Authentication credentials were not provided."}
    )  # fmt: skip


@every_route
async def test_every_get_answers_head(api: Api, route: Route) -> None:
    if route.method == "GET":
        await fill(api)
        head = await ask(api, route._replace(method="HEAD"), "/", "read")
        assert (head.status, head.body) == (200, b"")
        assert head.headers["Content-Type"].startswith("application/json")


@every_route
async def test_every_read_and_write_says_where_the_views_stand(api: Api, route: Route) -> None:
    await fill(api)
    if route.method != "DELETE":
        assert (await ask(api, route, "/", "admin")).position >= 3


async def test_a_page_logged_in_by_its_cookie_may_read_and_writes_from_its_own_origin_alone(api: Api) -> None:
    await fill(api)
    login = await api.ask(
        "POST", "/login", token=None, body=msgspec.json.encode({"token": api.tokens["admin"]})
    )
    cookie = {"Cookie": login.headers["Set-Cookie"].partition(";")[0]}
    assert (await api.get("/api/2/listenevents/", token=None, headers=cookie)).status == 200
    for origin, status in (("https://walks.example", 403), (api.url, 204)):
        headers = {**cookie, "Origin": origin}
        answer = await api.ask("DELETE", "/api/2/listenevents/1", token=None, headers=headers)
        assert answer.status == status
