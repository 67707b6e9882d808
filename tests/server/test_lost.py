"""Where there is no page: a browser is shown one that says so, everybody else has problem details."""

from __future__ import annotations

import re

import pytest

from tests.server.api import Api, Reply
from tests.server.conftest import shares_a_server

pytestmark = shares_a_server

BROWSERS = {
    "Chromium": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Firefox": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "html": "text/html",
}
NOWHERE = ["/sessions", "/docs", "/docs/", "/logs", "/sessions/complaint", "/static/nothing.js", "/%00", "/1"]
OF_APIS = [
    *("/api/v1/nothing", "/api/2/nothing", "/api/", "/logs/nothing/at/all", "/1/logs/nothing/at/all"),
    *("/1/nothing", "/api/v1/sessions/nobody", "/api/v1/devices/nobody/nothing"),
]


async def visit(api: Api, path: str, accept: str = BROWSERS["Chromium"], token: str | None = None) -> Reply:
    return await api.get(path, token=token, headers={"Accept": accept})


def is_page(answer: Reply) -> bool:
    return answer.headers["Content-Type"].startswith("text/html")


def is_problem(answer: Reply) -> bool:
    return answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("token", [None, "read"])
@pytest.mark.parametrize("path", NOWHERE)
async def test_a_browser_that_goes_nowhere_is_shown_the_way(
    shared: Api, path: str, token: str | None
) -> None:
    answer = await visit(shared, path, token=token)
    assert (answer.status, is_page(answer)) == (404, True)
    assert b"There is no such page" in answer.body
    assert b'<a href="/">' in answer.body
    assert answer.headers["Vary"] == "Accept"
    assert "WWW-Authenticate" not in answer.headers


@pytest.mark.parametrize("browser", BROWSERS)
async def test_every_browser_is_known_by_what_it_would_rather_have(shared: Api, browser: str) -> None:
    assert is_page(await visit(shared, "/sessions", BROWSERS[browser]))


@pytest.mark.parametrize("path", OF_APIS)
async def test_below_an_api_a_browser_has_what_everybody_has(shared: Api, path: str) -> None:
    answer = await visit(shared, path, token="admin")
    assert (answer.status, is_page(answer)) == (404, False)


@pytest.mark.parametrize(
    "accept",
    [
        *("", "*/*", "application/json", "application/problem+json", "application/json, text/html;q=0.9"),
        *("text/html, application/json", "text/html;q=0", "image/png", "text/html;q=many"),
    ],
)
async def test_who_wants_no_page_has_problem_details(shared: Api, accept: str) -> None:
    answer = await visit(shared, "/sessions", accept, token="read")
    assert (answer.status, is_problem(answer)) == (404, True)
    assert answer.document["detail"] == "there is nothing at /sessions"
    assert answer.headers["Vary"] == "Accept"


async def test_a_program_without_a_token_is_asked_for_one_where_there_is_nothing(shared: Api) -> None:
    answer = await visit(shared, "/sessions", "*/*")
    assert (answer.status, is_problem(answer)) == (401, True)
    assert "WWW-Authenticate" in answer.headers


async def test_what_is_there_asks_a_browser_for_a_token(shared: Api) -> None:
    answer = await visit(shared, "/readyz")
    assert (answer.status, is_problem(answer)) == (401, True)


async def test_only_who_walks_is_shown_a_page(shared: Api) -> None:
    headers = {"Accept": BROWSERS["html"]}
    for method in ("POST", "PUT", "DELETE"):
        answer = await shared.ask(method, "/sessions", headers=headers)
        assert (answer.status, is_problem(answer)) == (404, True)
    answer = await shared.ask("HEAD", "/sessions", headers=headers)
    assert (answer.status, is_page(answer), answer.body) == (404, True, b"")


async def test_a_foreign_host_is_shown_no_page(shared: Api) -> None:
    headers = {"Accept": BROWSERS["html"], "Host": "evil.example"}
    answer = await shared.get("/sessions", token=None, headers=headers)
    assert (answer.status, is_problem(answer)) == (421, True)


async def test_the_page_says_nothing_back_and_runs_under_the_strict_policy(shared: Api) -> None:
    answer = await visit(shared, "/%3Cscript%3Ealert(1)%3C/script%3E?apikey=ph_secret")
    assert is_page(answer)
    assert b"alert" not in answer.body
    assert b"ph_secret" not in answer.body
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


async def test_the_pages_own_files_are_there(shared: Api) -> None:
    page = (await visit(shared, "/sessions")).body.decode()
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(files) == 5
    for file in files:
        assert (await shared.get(file, token=None)).status == 200
