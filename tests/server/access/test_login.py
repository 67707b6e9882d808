"""The page's way in: codes, cookies, origins, and the way out."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie

import pytest

from server.access import login_link
from server.access.attempts import MAX_ADDRESSES, MOST, Attempts
from server.access.codes import CODE_SECONDS, MAX_CODES, Codes
from server.access.errors import TooManyAttempts
from server.access.pages import PAGE_SECONDS
from tests.server.access.conftest import Hands, Server, bearer, raw

WRITES = [("POST", "/write", "ingest"), ("DELETE", "/erase", "admin"), ("POST", "/logout", "read")]


async def test_a_code_logs_a_page_in_to_read_every_log(server: Server) -> None:
    assert await server.log_in(code=server.door.codes.new()) == 200
    assert (await server.ask("/who?log=park"))[1]["log"] == "park"
    assert (await server.ask("/write", "POST", {"Origin": server.origin}))[0] == 403
    assert (await server.ask("/erase", "DELETE", {"Origin": server.origin}))[0] == 403


async def test_a_code_works_once_only(server: Server) -> None:
    code = server.door.codes.new()
    assert await server.log_in(code=code) == 200
    server.client.session.cookie_jar.clear()
    status, document = await server.ask("/login", "POST", json={"code": code})
    assert status == 401
    assert "was used or is too old" in document["detail"]
    assert code not in str(document)
    assert (await server.ask())[0] == 401


async def test_a_code_is_too_old_after_ten_minutes(server: Server) -> None:
    young, old = server.door.codes.new(), server.door.codes.new()
    server.clock.move(CODE_SECONDS - 1)
    assert await server.log_in(code=young) == 200
    server.clock.move(1)
    assert await server.log_in(code=old) == 401


def test_open_codes_are_bounded_and_the_oldest_goes(clock: Hands) -> None:
    codes = Codes(clock)
    first, *others = [codes.new() for _ in range(MAX_CODES + 1)]
    assert not codes.take(first)
    assert all(codes.take(code) for code in others)


def test_the_link_carries_the_code_in_its_fragment() -> None:
    assert login_link("http://127.0.0.1:8642/", "c0de") == "http://127.0.0.1:8642/#code=c0de"


async def test_a_token_logs_a_page_in_as_itself(server: Server) -> None:
    token = await server.token("admin", logs=["park"], name="desk")
    status, document = await server.ask("/login", "POST", json={"token": f" {token} "})
    assert (status, document) == (200, {"name": "desk", "roles": ["admin"], "logs": ["park"]})
    assert (await server.ask())[1]["log"] == "park"
    assert (await server.ask("/who?log=museum"))[0] == 403
    assert (await server.ask("/erase", "DELETE", {"Origin": server.origin}))[0] == 204


async def test_a_page_dies_with_its_token(server: Server) -> None:
    await server.log_in(token=await server.token("read", name="phone"))
    assert (await server.ask())[0] == 200
    await server.door.tokens.revoke("phone")
    status, document = await server.ask()
    assert (status, document["detail"]) == (401, "this page is logged out: log in again")


async def test_the_cookie_is_for_this_server_alone_and_for_no_script(server: Server) -> None:
    async with server.client.post("/login", json={"code": server.door.codes.new()}) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        (cookie,) = SimpleCookie(answer.headers["Set-Cookie"]).values()
    assert cookie.key == f"playhead-{server.client.port}"
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert (cookie["secure"], cookie["domain"], cookie["max-age"]) == ("", "", str(PAGE_SECONDS))
    assert re.fullmatch(r"[\w-]{43}", cookie.value)


async def test_behind_a_proxy_with_https_the_cookie_is_secure(server: Server) -> None:
    headers = {"X-Forwarded-Proto": "https", "Host": "playhead.example", "Origin": "https://playhead.example"}
    request = server.client.post("/login", json={"code": server.door.codes.new()}, headers=headers)
    async with request as answer:
        assert answer.status == 200
        (cookie,) = SimpleCookie(answer.headers["Set-Cookie"]).values()
    assert (cookie.key, cookie["secure"]) == ("playhead", True)


async def test_the_cookies_of_two_ports_stand_beside_each_other(server: Server) -> None:
    names: list[str] = []
    for port in (8001, 8002):
        headers = {"Host": f"localhost:{port}"}
        request = server.client.post("/login", json={"code": server.door.codes.new()}, headers=headers)
        async with request as answer:
            names += SimpleCookie(answer.headers["Set-Cookie"])
    assert names == ["playhead-8001", "playhead-8002"]


async def test_a_made_up_cookie_lets_nobody_in(server: Server) -> None:
    for value in ("x" * 43, "", '"', "\\377", "é"):
        headers = {"Cookie": f"playhead-{server.client.port}={value}"}
        assert (await server.ask(headers=headers))[0] == 401


async def test_a_page_lives_thirty_days(server: Server) -> None:
    await server.log_in(code=server.door.codes.new())
    server.clock.move(PAGE_SECONDS - 1)
    assert (await server.ask())[0] == 200
    server.clock.move(1)
    assert (await server.ask())[0] == 401


async def test_logging_out_ends_the_session_and_not_only_the_cookie(server: Server) -> None:
    await server.log_in(code=server.door.codes.new())
    jar = server.client.session.cookie_jar
    (kept,) = list(jar)
    async with server.client.post("/logout", headers={"Origin": server.origin}) as answer:
        assert answer.status == 204
        assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert list(jar) == []
    assert (await server.ask(headers={"Cookie": f"{kept.key}={kept.value}"}))[0] == 401


async def test_logging_out_with_a_token_leaves_the_token_alone(server: Server) -> None:
    headers = bearer(await server.token("read"))
    assert (await server.ask("/logout", "POST", headers))[0] == 204
    assert (await server.ask(headers=headers))[0] == 200


@pytest.mark.parametrize(("method", "path", "role"), WRITES)
async def test_a_cookies_write_needs_the_same_origin(
    server: Server, method: str, path: str, role: str
) -> None:
    await server.log_in(token=await server.token("admin"))
    port = server.port
    for origin in (
        None,
        "null",
        "",
        "https://evil.example",
        f"https://127.0.0.1:{port}",
        "http://127.0.0.1",
        f"http://127.0.0.1:{port + 1}",
        f"http://localhost:{port}",
        f"http://127.0.0.1:{port}/",
        f"http://127.0.0.1:{port}.evil.example",
    ):
        headers = {} if origin is None else {"Origin": origin}
        status, document = await server.ask(path, method, headers)
        assert (status, origin) == (403, origin)
        assert "Origin" in document["detail"]
    assert (await server.ask(path, method, {"Origin": server.origin.upper()}))[0] in (200, 204)


async def test_a_cookies_read_needs_no_origin(server: Server) -> None:
    await server.log_in(token=await server.token("read"))
    assert (await server.ask(headers={"Origin": "https://evil.example"}))[0] == 200
    assert (await server.ask(method="HEAD"))[0] == 200


async def test_a_tokens_write_needs_no_origin(server: Server) -> None:
    token = await server.token("ingest")
    assert (await server.ask("/write", "POST", bearer(token)))[0] == 200
    assert (await server.ask(f"/write?apikey={token}", "POST", {"Origin": "https://app.example"}))[0] == 200


@pytest.mark.parametrize(
    ("host", "origin", "forwarded", "same"),
    [
        ("playhead.example", "https://playhead.example", "https", True),
        ("playhead.example:443", "https://playhead.example", "https", True),
        ("playhead.example", "https://playhead.example:443", "https, http", True),
        ("playhead.example", "http://playhead.example", None, True),
        ("playhead.example", "http://playhead.example:80", "gopher", True),
        ("playhead.example", "https://playhead.example", None, False),
        ("playhead.example", "http://playhead.example", "https", False),
        ("[::1]:8642", "http://[::1]:8642", None, True),
    ],
)
async def test_an_origin_is_scheme_name_and_port(
    server: Server, host: str, origin: str, forwarded: str | None, same: bool
) -> None:
    headers = {"Host": host, "Origin": origin}
    if forwarded:
        headers["X-Forwarded-Proto"] = forwarded
    status, _ = await server.ask("/login", "POST", headers, json={"code": server.door.codes.new()})
    assert status == (200 if same else 403)


async def test_a_login_from_another_site_is_refused_and_uses_no_code_up(server: Server) -> None:
    code = server.door.codes.new()
    for origin in ("https://evil.example", "null"):
        headers = {"Origin": origin}
        assert (await server.ask("/login", "POST", headers, json={"code": code}))[0] == 403
    assert await server.log_in(code=code) == 200


async def test_no_host_and_no_origin_are_not_the_same_origin(server: Server) -> None:
    body = f"code={server.door.codes.new()}"
    head = (
        "POST /login HTTP/1.0\r\nOrigin: null\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    answer = await raw(server, (head + body).encode())
    assert answer.split()[1] == b"403"


async def test_a_form_logs_in_too_and_is_sent_to_the_page(server: Server) -> None:
    async with server.client.post(
        "/login", data={"code": server.door.codes.new(), "token": ""}, allow_redirects=False
    ) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert (await server.ask())[0] == 200


async def test_the_login_shows_the_page(server: Server) -> None:
    async with server.client.get("/login", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"code"',
        b"{}",
        b'{"code": 1}',
        b'{"code": null}',
        b'{"code": ""}',
        b'{"code": "a", "token": "b"}',
        b'{"code": "\xff"}',
        b"[" * 4000,
    ],
)
@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded"]
)
async def test_a_login_that_cannot_be_read_is_bad_input(
    server: Server, body: bytes, content_type: str
) -> None:
    status, document = await server.ask("/login", "POST", {"Content-Type": content_type}, data=body)
    assert status == 400
    assert document["errors"][0]["field"] == "body"


@pytest.mark.parametrize("body", [b"code=%FF", b"\xff=1", b"&".join(b"a=1" for _ in range(9))])
async def test_a_form_that_cannot_be_read_is_bad_input(server: Server, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await server.ask("/login", "POST", headers, data=body))[0] == 400


async def test_a_login_is_small(server: Server) -> None:
    async def chunks() -> object:
        for _ in range(100):
            yield b" " * 1000

    for body in (b'{"code": "' + b"x" * 5000 + b'"}', chunks()):
        status, document = await server.ask("/login", "POST", data=body)
        assert (status, document["type"]) == (413, "urn:playhead:problem:too-large")


async def test_ten_wrong_attempts_close_the_login_for_a_minute(server: Server) -> None:
    for _ in range(MOST):
        assert await server.log_in(code="wrong") == 401
    code = server.door.codes.new()
    async with server.client.post("/login", json={"code": code}) as answer:
        assert answer.status == 429
        assert int(answer.headers["Retry-After"]) == 60
    server.clock.move(60)
    assert await server.log_in(code=code) == 200


async def test_what_cannot_be_read_is_no_wrong_attempt(server: Server) -> None:
    for _ in range(MOST):
        assert (await server.ask("/login", "POST", data=b"{"))[0] == 400
    assert await server.log_in(code=server.door.codes.new()) == 200


def test_the_attempts_of_one_address_do_not_count_for_another(clock: Hands) -> None:
    attempts = Attempts(clock)
    for _ in range(MOST):
        attempts.check("10.0.0.1")
        attempts.count("10.0.0.1")
    attempts.check("10.0.0.2")
    with pytest.raises(TooManyAttempts):
        attempts.check("10.0.0.1")


def test_each_minute_has_its_own_ten_attempts(clock: Hands) -> None:
    attempts = Attempts(clock)
    for _ in range(2):
        for _ in range(MOST):
            attempts.check("10.0.0.1")
            attempts.count("10.0.0.1")
        with pytest.raises(TooManyAttempts):
            attempts.check("10.0.0.1")
        clock.move(60)
    for _ in range(MOST - 1):
        attempts.count("10.0.0.1")
    clock.move(60)
    attempts.count("10.0.0.1")
    attempts.check("10.0.0.1")


def test_the_table_of_attempts_is_bounded(clock: Hands) -> None:
    attempts = Attempts(clock)
    for n in range(MAX_ADDRESSES + 1):
        attempts.count(f"address {n}")
    assert len(attempts._wrong) == MAX_ADDRESSES
