"""The door: who is let in, with which role, to which log; and when it closes behind them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from server.access import Access, Role, TokenStore
from server.access.secret import new_secret
from tests.server.access.conftest import ClientMaker, Server, bearer, started


@pytest.mark.parametrize("path", ["/", "/healthz", "/static/page.js"])
async def test_the_public_paths_need_no_token(server: Server, path: str) -> None:
    assert await server.ask(path) == (200, "public")
    assert (await server.ask(path, headers=bearer("ph_wrong")))[0] == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/who"),
        ("POST", "/write"),
        ("DELETE", "/erase"),
        ("POST", "/logout"),
        ("GET", "/nowhere"),
        ("GET", "/static"),
        ("GET", "/statics/x"),
        ("GET", "//"),
        ("GET", "/login/x"),
        ("OPTIONS", "/who"),
    ],
)
async def test_every_other_path_needs_one(server: Server, method: str, path: str) -> None:
    url = str(server.client.make_url("/"))[:-1] + path
    async with server.client.session.request(method, url) as answer:
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="playhead"'
        assert answer.content_type == "application/problem+json"
        document = await answer.json(content_type=None)
    assert document["type"] == "urn:playhead:problem:unauthorized"
    assert "Authorization: Bearer TOKEN" in document["detail"]


async def test_a_token_that_does_not_hold_is_told_why(server: Server) -> None:
    token = await server.token("read")
    typo = token[:-1] + ("a" if token[-1] != "a" else "b")
    for wrong, says in (
        (typo, "is mistyped"),
        ("sk_live", "begin with ph_"),
        (new_secret(), "is unknown or was revoked"),
    ):
        async with server.client.get("/who", headers=bearer(wrong)) as answer:
            assert answer.status == 401
            assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
            document = await answer.json(content_type=None)
        assert says in document["detail"]
        assert wrong not in str(document)


async def test_a_header_that_is_not_utf8_is_refused(server: Server) -> None:
    reader, writer = await asyncio.open_connection(server.client.host, server.client.port)
    for value in (b"Bearer \xff", b"Basic \xff", b"\xff"):
        writer.write(b"GET /who HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + value + b"\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.split()[1] == b"401"
        length = next(line for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
        await reader.readexactly(int(length.split()[1]))
    writer.close()


@pytest.mark.parametrize(
    ("role", "read", "ingest", "admin"),
    [("read", 200, 403, 403), ("ingest", 403, 200, 403), ("admin", 200, 200, 204)],
)
async def test_each_role_opens_its_own_doors(
    server: Server, role: Role, read: int, ingest: int, admin: int
) -> None:
    headers = bearer(await server.token(role, name="phone"))
    assert (await server.ask("/who", headers=headers))[0] == read
    assert (await server.ask("/write", "POST", headers))[0] == ingest
    assert (await server.ask("/erase", "DELETE", headers))[0] == admin


async def test_a_role_too_low_is_told_which_is_needed(server: Server) -> None:
    status, document = await server.ask("/write", "POST", bearer(await server.token("read", name="phone")))
    assert status == 403
    assert document["type"] == "urn:playhead:problem:forbidden"
    assert document["detail"] == "this needs the role ingest; the token 'phone' has read"


@pytest.mark.parametrize(
    ("logs", "query", "status", "log"),
    [
        (None, "", 200, "default"),
        (None, "?log=park", 200, "park"),
        (None, "?log=", 200, "default"),
        (["park"], "", 200, "park"),
        (["park"], "?log=park", 200, "park"),
        (["park"], "?log=museum", 403, None),
        (["museum", "park"], "?log=museum", 200, "museum"),
        (["museum", "park"], "", 403, None),
        (None, "?log=..", 400, None),
    ],
)
async def test_a_request_has_its_one_log(
    server: Server, logs: list[str] | None, query: str, status: int, log: str | None
) -> None:
    headers = bearer(await server.token("read", logs=logs))
    got, document = await server.ask(f"/who{query}", headers=headers)
    assert (got, document.get("log")) == (status, log)
    if status != 200:
        assert document["errors"][0]["field"] == "log"


async def test_a_revoked_token_is_refused_at_once(server: Server) -> None:
    token = await server.token("read", name="phone")
    assert (await server.ask(headers=bearer(token)))[0] == 200
    await server.door.tokens.revoke("phone")
    assert (await server.ask(headers=bearer(token)))[0] == 401


@pytest.mark.parametrize("by", ["header", "page"])
async def test_revoking_a_token_ends_its_open_stream(server: Server, by: str, tmp_path: Path) -> None:
    """Revoked in another store, as the command line does; the stream ends of itself, and no other one does."""
    token, other = await server.token("read", name="phone"), await server.token("read", name="desk")
    headers = bearer(token)
    if by == "page":
        await server.log_in(token=token)
        headers = {}
    async with (
        server.client.get("/stream", headers=headers) as ours,
        server.client.get("/stream", headers=bearer(other)) as theirs,
    ):
        await ours.content.readexactly(2)
        await theirs.content.readexactly(2)
        command_line = await TokenStore.open(tmp_path / "tokens.db")
        await command_line.revoke("phone")
        await command_line.close()
        await ours.content.read()
        await theirs.content.readexactly(2)


async def test_logging_out_ends_the_pages_open_stream(server: Server) -> None:
    await server.log_in(code=server.door.codes.new())
    async with server.client.get("/stream") as stream:
        await stream.content.readexactly(2)
        await server.ask("/logout", "POST", {"Origin": server.origin})
        await stream.content.read()


class Broken:
    """A file that fails."""

    def seek(self, _offset: int) -> int:
        raise OSError("disk I/O error")


async def test_a_stream_ends_when_the_tokens_cannot_be_read(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with server.client.get("/stream", headers=bearer(await server.token("read"))) as stream:
        await stream.content.readexactly(2)
        with monkeypatch.context() as patch:
            patch.setattr(server.door.tokens.kept, "_file", Broken())
            await stream.content.read()


async def test_nobody_is_let_in_while_the_tokens_cannot_be_read(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = bearer(await server.token("read"))
    with monkeypatch.context() as patch:
        patch.setattr(server.door.tokens.kept, "_file", Broken())
        status, document = await server.ask(headers=headers)
    assert (status, document["type"]) == (503, "urn:playhead:problem:unavailable")
    assert (await server.ask(headers=headers))[0] == 200


async def test_a_server_without_form_paths_lets_no_form_in(
    aiohttp_client: ClientMaker, tokens: TokenStore
) -> None:
    client = await aiohttp_client(await started(Access(tokens)))
    token = (await tokens.create("phone", ["ingest"])).token
    async with client.post("/forms/write", data={"apikey": token}) as answer:
        assert answer.status == 401


async def test_a_handler_that_forgot_to_identify_still_refuses(server: Server) -> None:
    """`require` is the last door: under a form path a request arrives without an identity."""
    async with server.client.post("/forms/write") as answer:
        assert answer.status == web.HTTPUnauthorized.status_code
