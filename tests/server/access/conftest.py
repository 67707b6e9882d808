"""A small server behind the door: one handler for each role, a stream, the page's ways in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from replay.clock import MICROSECONDS
from server import access
from server.access import ACCESS, Access, AccessLog, Role, TokenStore
from server.http.problems import problems

Client = TestClient[Any, Any]


class ClientMaker(Protocol):
    """What the fixture `aiohttp_client` gives."""

    async def __call__(self, server: TestServer, /) -> Client: ...


START = 1_777_000_000 * MICROSECONDS


class Hands:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> int:
        return self.time

    def move(self, seconds: float) -> None:
        self.time += int(seconds * MICROSECONDS)


async def who(request: web.Request) -> web.Response:
    identity = access.require(request, "read")
    return web.json_response({"name": identity.name, "token": identity.token, "log": access.scope(request)})


async def write(request: web.Request) -> web.Response:
    access.require(request, "ingest")
    return web.json_response({"log": access.scope(request)})


async def erase(request: web.Request) -> web.Response:
    access.require(request, "admin")
    return web.Response(status=204)


async def form(request: web.Request) -> web.Response:
    """As a surface does whose clients put their key into a form."""
    credential = access.in_form(await request.post())
    if credential is not None:
        await access.identify(request, credential)
    access.require(request, "ingest")
    return web.Response(status=201)


async def stream(request: web.Request) -> web.StreamResponse:
    """Sends a byte at a time for as long as whoever asked is still let in."""
    access.require(request, "read")
    response = web.StreamResponse()
    await response.prepare(request)
    while await access.identity_still_valid(request):
        await response.write(b".")
        await asyncio.sleep(0.01)
    return response


async def public(_request: web.Request) -> web.Response:
    return web.Response(text="public")


def make_app(door: Access) -> web.Application:
    app = web.Application(middlewares=[problems(), access.guard])
    app[ACCESS] = door
    app.router.add_get("/", public)
    app.router.add_get("/healthz", public)
    app.router.add_get("/static/{name}", public)
    app.router.add_get("/login", access.show_login)
    app.router.add_post("/login", access.log_in)
    app.router.add_post("/logout", access.log_out)
    app.router.add_get("/who", who)
    app.router.add_post("/write", write)
    app.router.add_delete("/erase", erase)
    app.router.add_post("/forms/write", form)
    app.router.add_get("/stream", stream)
    return app


async def started(door: Access) -> TestServer:
    """The app on a free port, with the access log that Playhead uses."""
    server = TestServer(make_app(door))
    await server.start_server(access_log_class=AccessLog)
    return server


class Server:
    """The server of a test, and what a test asks it for."""

    def __init__(self, client: Client, door: Access, clock: Hands) -> None:
        self.client = client
        self.door = door
        self.clock = clock

    @property
    def port(self) -> int:
        assert self.client.port is not None
        return self.client.port

    @property
    def origin(self) -> str:
        return str(self.client.make_url("/").origin())

    async def token(self, *roles: Role, logs: Iterable[str] | None = None, name: str = "test") -> str:
        return (await self.door.tokens.create(name, roles or ("read",), logs)).token

    async def ask(
        self, path: str = "/who", method: str = "GET", headers: Mapping[str, str] | None = None, **more: Any
    ) -> tuple[int, Any]:
        """The status and the document of an answer; a body that is no JSON as text."""
        more.setdefault("allow_redirects", False)
        async with self.client.request(method, path, headers=headers, **more) as answer:
            is_json = answer.content_type.endswith("json")
            return answer.status, await (answer.json(content_type=None) if is_json else answer.text())

    async def log_in(self, **fields: str) -> int:
        """Log the client's cookie jar in."""
        return (await self.ask("/login", "POST", json=fields))[0]


async def raw(server: Server, request: bytes) -> bytes:
    """Send bytes as they are and return the whole answer."""
    reader, writer = await asyncio.open_connection(server.client.host, server.client.port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def tokens(tmp_path: Path, clock: Hands) -> AsyncIterator[TokenStore]:
    store = await TokenStore.open(tmp_path / "tokens.db", clock=clock)
    yield store
    await store.close()


@pytest.fixture
async def server(aiohttp_client: ClientMaker, tokens: TokenStore, clock: Hands) -> Server:
    door = Access(tokens, hosts=["playhead.example"], forms=["/forms/"], clock=clock)
    return Server(await aiohttp_client(await started(door)), door, clock)
