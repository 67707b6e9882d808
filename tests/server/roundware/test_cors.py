"""Pages of other origins: those that are allowed, on this surface, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.settings import Settings
from tests.server.api import Api
from tests.server.conftest import patient
from tests.server.roundware.conftest import ORIGIN

ALLOW = "Access-Control-Allow-Origin"
PREFLIGHT = {
    "Origin": ORIGIN,
    "Access-Control-Request-Method": "PATCH",
    "Access-Control-Request-Headers": "authorization,content-type",
}


@pytest.mark.parametrize(
    "path",
    ["/api/2/listenevents/", "/api/2/listenevents/1", "/api/2/events", "/api/2/sessions/", "/api/2/users/"],
)
async def test_a_browser_may_ask_first_without_a_token(api: Api, path: str) -> None:
    answer = await api.ask("OPTIONS", path, token=None, headers=PREFLIGHT)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers[ALLOW] == ORIGIN
    methods = answer.headers["Access-Control-Allow-Methods"].split(", ")
    assert {"GET", "POST", "PATCH", "DELETE"} <= set(methods)
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization, content-type"
    assert answer.headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_a_page_of_an_allowed_origin_may_read_answers_and_errors(api: Api) -> None:
    for token, status in (("read", 200), ("ingest", 403), (None, 401)):
        answer = await api.get("/api/2/listenevents/", token=token, headers={"Origin": ORIGIN.upper()})
        assert (answer.status, answer.headers[ALLOW]) == (status, ORIGIN.upper())
        assert answer.headers["Vary"] == "Origin"
    assert "Playhead-Position" in answer.headers["Access-Control-Expose-Headers"]
    assert (await api.get("/api/2/nothing", headers={"Origin": ORIGIN})).headers[ALLOW] == ORIGIN


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://walks.example", "https://walks.example:8443", "null"]
)
async def test_a_page_of_another_origin_may_not(api: Api, origin: str) -> None:
    for method in ("OPTIONS", "GET"):
        answer = await api.ask(method, "/api/2/listenevents/", headers={**PREFLIGHT, "Origin": origin})
        assert ALLOW not in answer.headers
        assert "Access-Control-Allow-Methods" not in answer.headers
        assert answer.headers["Vary"] == "Origin"


async def test_no_other_surface_lets_pages_in(api: Api) -> None:
    for path in ("/api/v1/events", "/api/v1/sessions", "/", "/login", "/healthz", "/api/20/"):
        for method in ("OPTIONS", "GET"):
            answer = await api.ask(method, path, headers=PREFLIGHT)
            assert not [name for name in answer.headers if name.startswith("Access-Control-")]


async def test_options_that_is_no_such_question_is_a_method_like_others(api: Api) -> None:
    answer = await api.ask("OPTIONS", "/api/2/listenevents/", headers={"Origin": ORIGIN})
    assert (answer.status, answer.document) == (405, {"detail": 'Method "OPTIONS" not allowed.'})
    assert (await api.ask("OPTIONS", "/api/2/listenevents/", token=None)).status == 401


async def test_a_question_to_another_host_is_misdirected(api: Api) -> None:
    answer = await api.ask(
        "OPTIONS", "/api/2/events/", token=None, headers={**PREFLIGHT, "Host": "evil.example"}
    )
    assert answer.status == 421
    assert list(answer.document) == ["detail"]


class TestAny:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return patient(tmp_path, origins=("*",))

    async def test_a_star_lets_every_page_in(self, api: Api) -> None:
        for origin in ("https://anything.example", "null"):
            answer = await api.get("/api/2/listenevents/", headers={"Origin": origin})
            assert answer.headers[ALLOW] == "*"
        assert ALLOW not in (await api.get("/api/2/listenevents/")).headers


class TestNone:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return patient(tmp_path)

    async def test_without_the_setting_no_page_is_let_in(self, api: Api) -> None:
        for method in ("OPTIONS", "GET"):
            answer = await api.ask(method, "/api/2/listenevents/", headers=PREFLIGHT)
            assert ALLOW not in answer.headers
            assert "Vary" not in answer.headers


class TestSlash:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return patient(tmp_path, origins=("https://Walks.example/",))

    async def test_a_slash_and_capitals_in_the_setting_make_no_difference(self, api: Api) -> None:
        answer = await api.get("/api/2/listenevents/", headers={"Origin": ORIGIN})
        assert answer.headers[ALLOW] == ORIGIN
