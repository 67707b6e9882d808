"""The client: what a server refuses raises the error that the server raised."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from replay.errors import Conflict, Erased, Invalid, NotFound, PlayheadError, TooLarge, Unavailable
from server.access.errors import Forbidden, Misdirected, Unauthorized
from server.cli.places.client import Client
from server.http.problems import problems

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Answer], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serve one answer for every path, with the server's own problem details; gives the URL."""
    servers: list[TestServer] = []

    async def start(answer: Answer) -> str:
        app = web.Application(middlewares=[problems()])
        app.router.add_route("*", "/{path:.*}", answer)
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        return str(server.make_url(""))

    yield start
    for server in servers:
        await server.close()


async def test_a_document_comes_with_the_token_and_the_query(serve: Serve) -> None:
    async def answer(request: web.Request) -> web.Response:
        told = {"token": request.headers["Authorization"], "target": request.raw_path}
        return web.json_response(told)

    async with Client(await serve(answer), "ph_x") as client:
        found = await client.get("/a%2Fb/%7Bc%7D", {"text": "ä & b", "none": None, "limit": 3})
    assert found == {"token": "Bearer ph_x", "target": "/a%2Fb/%7Bc%7D?text=%C3%A4+%26+b&limit=3"}


@pytest.mark.parametrize(
    "error",
    [
        Invalid("data.gain", "data.gain is required", 7),
        TooLarge("id", "id is longer than 256 bytes", 0),
        Unauthorized("that token is unknown"),
        Forbidden("the token may not use the log 'x'", field="log", index=3),
        NotFound("there is no session 'x'"),
        Conflict("the id '1' is taken by other content", index=2),
        Erased("it was erased"),
        Misdirected("not a host of this server"),
        Unavailable("the queue is full", 7),
        PlayheadError("something else"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_an_error_comes_through_as_it_was_raised(serve: Serve, error: PlayheadError) -> None:
    async def answer(request: web.Request) -> web.Response:
        raise error

    async with Client(await serve(answer), "ph_x") as client:
        with pytest.raises(PlayheadError) as caught:
            await client.get("/api/v1/head")
    assert type(caught.value) is type(error)
    assert vars(caught.value) == vars(error)


async def test_without_a_token_the_error_says_so(serve: Serve) -> None:
    async def answer(request: web.Request) -> web.Response:
        raise Unauthorized("a token is needed", given=False)

    async with Client(await serve(answer), None) as client:
        with pytest.raises(Unauthorized) as caught:
            await client.get("/")
    assert not caught.value.given


@pytest.mark.parametrize("status", [200, 404, 500])
async def test_what_is_no_playhead_is_told_apart(serve: Serve, status: int) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="<html>", status=status)

    async with Client(await serve(answer), None) as client:
        with pytest.raises(PlayheadError, match="does not answer as Playhead does"):
            await client.get("/")


async def test_a_redirect_is_not_followed_with_the_token(serve: Serve) -> None:
    seen: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.json_response({})

    target = await serve(elsewhere)

    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": target})

    async with Client(await serve(answer), "ph_x") as client:
        with pytest.raises(PlayheadError, match="302 Found to http"):
            await client.get("/")
    assert seen == []


async def test_nobody_at_the_address_is_unavailable(unused_tcp_port: int) -> None:
    async with Client(f"127.0.0.1:{unused_tcp_port}", None) as client:
        with pytest.raises(Unavailable, match=f"no answer from http://127.0.0.1:{unused_tcp_port}: "):
            await client.get("/")


async def test_a_connection_that_breaks_is_unavailable(serve: Serve) -> None:
    async def answer(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with Client(await serve(answer), None) as client:
        with pytest.raises(Unavailable, match="it closed the connection"):
            await client.get("/")


@pytest.mark.parametrize("url", ["ftp://x", "http://", "//", "http:///path"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="is not the address of a server"):
        Client(url, None)


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("localhost:8642", "http://localhost:8642"),
        ("https://replay.example/sub/", "https://replay.example/sub"),
        ("http://127.0.0.1:8642/#login=abc", "http://127.0.0.1:8642"),
    ],
)
def test_an_address_is_taken_as_people_paste_it(given: str, base: str) -> None:
    assert Client(given, None).url == base


async def test_a_stream_sends_the_last_id_and_gives_messages(serve: Serve) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        told: dict[str, Any] = {"last": request.headers["Last-Event-ID"], "accept": request.headers["Accept"]}
        await response.write(b"id: e-8\ndata: " + msgspec.json.encode(told) + b"\n\n")
        return response

    async with Client(await serve(answer), None) as client:
        messages = [message async for message in client.stream("/api/v1/events", {}, "e-7")]
    assert [message.id for message in messages] == ["e-8"]
    assert msgspec.json.decode(messages[0].data) == {"last": "e-7", "accept": "text/event-stream"}
