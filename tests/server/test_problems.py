"""Every error as an answer: status, type, members, headers, and the manner of the path."""

from __future__ import annotations

import asyncio
import inspect
import logging
import re
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.typedefs import Handler

from replay import errors
from replay.errors import (
    BadBundle,
    Conflict,
    Corrupt,
    Erased,
    Invalid,
    NotFound,
    PlayheadError,
    Rebuilding,
    TooLarge,
    Unavailable,
    Unplayable,
    Unprocessable,
)
from server.access import Forbidden, Misdirected, TooManyAttempts, Unauthorized
from server.access import errors as access_errors
from server.http.problems import TABLE, Manners, Problem, kind_of, native, problems
from tests.server.access.conftest import ClientMaker

SENTENCE = "it is so"


class Case(msgspec.Struct):
    error: PlayheadError
    status: int
    slug: str
    members: dict[str, Any] = {}
    headers: dict[str, str] = {}


CASES = [
    Case(Invalid("time", SENTENCE), 400, "invalid", {"errors": [{"field": "time", "detail": SENTENCE}]}),
    Case(
        Invalid("data.gain", SENTENCE, 7),
        400,
        "invalid",
        {"errors": [{"index": 7, "field": "data.gain", "detail": SENTENCE}]},
    ),
    Case(
        TooLarge("data", SENTENCE, 0),
        413,
        "too-large",
        {"errors": [{"index": 0, "field": "data", "detail": SENTENCE}]},
    ),
    Case(
        Unauthorized(SENTENCE, given=False),
        401,
        "unauthorized",
        {},
        {"WWW-Authenticate": 'Bearer realm="playhead"'},
    ),
    Case(
        Unauthorized(SENTENCE),
        401,
        "unauthorized",
        {},
        {"WWW-Authenticate": 'Bearer realm="playhead", error="invalid_token"'},
    ),
    Case(Forbidden(SENTENCE), 403, "forbidden"),
    Case(
        Forbidden(SENTENCE, field="log", index=2),
        403,
        "forbidden",
        {"errors": [{"index": 2, "field": "log", "detail": SENTENCE}]},
    ),
    Case(NotFound(SENTENCE), 404, "not-found"),
    Case(Conflict(SENTENCE, index=1), 409, "conflict", {"errors": [{"index": 1, "detail": SENTENCE}]}),
    Case(Conflict(SENTENCE, sources=("phone", "desk")), 409, "conflict", {"sources": ["phone", "desk"]}),
    Case(Unplayable(SENTENCE), 415, "unplayable", {"errors": [{"field": "body", "detail": SENTENCE}]}),
    Case(Unprocessable(SENTENCE), 422, "unprocessable"),
    Case(Erased(SENTENCE), 410, "erased"),
    Case(Misdirected(SENTENCE), 421, "misdirected"),
    Case(TooManyAttempts(SENTENCE, 42), 429, "too-many-attempts", {}, {"Retry-After": "42"}),
    Case(BadBundle(SENTENCE), 422, "bad-bundle"),
    Case(Corrupt(SENTENCE, 12), 500, "corrupt", {"position": 12}),
    Case(PlayheadError(SENTENCE), 500, "error"),
    Case(Unavailable(SENTENCE, 3), 503, "unavailable", {}, {"Retry-After": "3"}),
    Case(Rebuilding(5, 9), 503, "rebuilding", {"progress": {"done": 5, "total": 9}}, {"Retry-After": "2"}),
]


class Secret(Exception):
    """What nobody foresaw."""


async def redirect(_request: web.Request) -> web.Response:
    raise web.HTTPSeeOther("/elsewhere")


async def teapot(_request: web.Request) -> web.Response:
    raise web.HTTPUnsupportedMediaType(text="send JSON", headers={"Accept": "application/json"})


async def crash(_request: web.Request) -> web.Response:
    raise Secret("the password is 1234")


async def read(request: web.Request) -> web.Response:
    return web.Response(body=await request.read())


async def break_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"begun")
    raise Invalid("late", SENTENCE)


def raising(error: Exception) -> web.Application:
    async def fail(_request: web.Request) -> web.Response:
        raise error

    return app_of(fail)


def app_of(handler: Any, **manners: Any) -> web.Application:
    app = web.Application(middlewares=[problems(**manners)], client_max_size=1000)
    app.router.add_route("*", "/native/x", handler)
    app.router.add_get("/only-get", handler)
    app.router.add_get("/old/x", handler)
    return app


@pytest.fixture
def ask(aiohttp_client: Any) -> Any:
    async def ask(app: web.Application, path: str = "/native/x", method: str = "GET", **more: Any) -> Any:
        client: TestClient[Any, Any] = await aiohttp_client(app)
        async with client.request(method, path, allow_redirects=False, **more) as answer:
            body = await answer.read()
            document = await answer.json(content_type=None) if answer.content_type.endswith("json") else body
            return answer, document

    return ask


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.slug)
async def test_each_error_has_its_answer(ask: Any, case: Case) -> None:
    answer, document = await ask(raising(case.error))
    assert answer.status == case.status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert document == {
        "type": f"urn:playhead:problem:{case.slug}",
        "title": kind_of(case.error).title,
        "status": case.status,
        "detail": case.error.message,
        **case.members,
    }
    for name in ("Retry-After", "WWW-Authenticate"):
        assert answer.headers.get(name) == case.headers.get(name)


def test_every_error_class_has_its_own_row_and_a_case() -> None:
    classes = {
        cls
        for module in (errors, access_errors)
        for _, cls in inspect.getmembers(module, inspect.isclass)
        if issubclass(cls, PlayheadError)
    }
    assert set(TABLE) == classes
    assert {type(case.error) for case in CASES} == classes
    slugs = [kind.slug for kind in TABLE.values()]
    assert len(set(slugs)) == len(slugs)


class Several(Invalid):
    """An error that gathers several, as the refusal of a batch does."""

    def __init__(self, *gathered: PlayheadError) -> None:
        super().__init__("events", SENTENCE)
        self.errors = gathered


async def test_an_error_that_gathers_several_names_each_place(ask: Any) -> None:
    gathered = Several(Invalid("time", "no time", 3), NotFound("no place"), TooLarge("data", "too much", 9))
    answer, document = await ask(raising(gathered))
    assert (answer.status, document["detail"]) == (400, SENTENCE)
    assert document["errors"] == [
        {"index": 3, "field": "time", "detail": "no time"},
        {"index": 9, "field": "data", "detail": "too much"},
    ]


def test_a_class_without_a_row_takes_its_parents() -> None:
    class Unheard(Conflict):
        pass

    assert kind_of(Unheard(SENTENCE)).status == 409


async def test_an_unknown_path_is_a_problem_too(ask: Any) -> None:
    answer, document = await ask(app_of(read), "/nowhere?apikey=ph_x")
    assert answer.status == 404
    assert document == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "there is nothing at /nowhere",
    }


async def test_a_method_that_is_not_allowed_names_those_that_are(ask: Any) -> None:
    answer, document = await ask(app_of(read), "/only-get", "DELETE")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET,HEAD")
    assert answer.content_type == "application/problem+json"
    assert document["detail"] == "DELETE is not allowed at /only-get, only GET, HEAD"


async def test_a_body_above_the_servers_limit_is_too_large(ask: Any) -> None:
    answer, document = await ask(app_of(read), "/native/x", "POST", data=b"x" * 1001)
    assert (answer.status, document["type"]) == (413, "urn:playhead:problem:too-large")
    assert document["errors"][0]["field"] == "body"


async def test_another_http_error_keeps_its_sentence_and_headers(ask: Any) -> None:
    answer, document = await ask(app_of(teapot))
    assert (answer.status, answer.headers["Accept"]) == (415, "application/json")
    assert answer.headers.getall("Content-Type") == ["application/problem+json"]
    assert (document["title"], document["detail"]) == ("Unsupported Media Type", "send JSON")


async def test_a_redirect_is_no_error(ask: Any) -> None:
    answer, _ = await ask(app_of(redirect))
    assert (answer.status, answer.headers["Location"]) == (303, "/elsewhere")
    assert answer.content_type == "text/plain"


async def test_a_broken_body_is_the_senders_fault(ask: Any) -> None:
    answer, document = await ask(
        app_of(read), "/native/x", "POST", data=b"no gzip", headers={"Content-Encoding": "gzip"}
    )
    assert (answer.status, document["errors"][0]["field"]) == (400, "body")


async def test_what_nobody_foresaw_is_logged_with_the_id_that_is_answered(
    ask: Any, caplog: pytest.LogCaptureFixture
) -> None:
    answer, document = await ask(app_of(crash), "/native/x?apikey=ph_x&limit=3")
    assert (answer.status, document["type"]) == (500, "urn:playhead:problem:internal")
    assert "1234" not in str(document)
    assert "Secret" not in str(document)
    assert document["incident"] in document["detail"]
    (record,) = [record for record in caplog.records if record.name == "server.http.problems"]
    assert record.getMessage() == f"{document['incident']}: GET /native/x?apikey=***&limit=3 failed"
    assert record.exc_info is not None
    assert record.exc_info[0] is Secret


async def test_damage_to_the_log_is_logged(ask: Any, caplog: pytest.LogCaptureFixture) -> None:
    await ask(raising(Corrupt(SENTENCE, 12)))
    assert [record.levelno for record in caplog.records if record.name == "server.http.problems"] == [
        logging.ERROR
    ]


async def test_what_the_sender_did_wrong_is_not_logged(ask: Any, caplog: pytest.LogCaptureFixture) -> None:
    await ask(raising(Invalid("time", SENTENCE)))
    assert [record for record in caplog.records if record.name == "server.http.problems"] == []


async def test_an_answer_that_has_begun_is_cut_and_not_followed_by_another(
    aiohttp_client: ClientMaker,
) -> None:
    server = TestServer(app_of(break_off))
    client = await aiohttp_client(server)
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(b"GET /native/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert answer.count(b"HTTP/1.1") == 1
    assert b"begun" in answer
    assert not answer.endswith(b"0\r\n\r\n")


async def find_nobody(_request: web.Request) -> web.StreamResponse:
    """An answer that cannot be sent any more."""
    raise ConnectionError("Connection lost")


async def begin_to_nobody(request: web.Request) -> web.StreamResponse:
    """A stream that finds nobody with its first bytes; aiohttp counts them as sent."""
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"begun")
    return response


@pytest.mark.parametrize("answer", [find_nobody, begin_to_nobody])
async def test_a_client_that_left_is_nobodys_fault(
    aiohttp_client: Any,
    caplog: pytest.LogCaptureFixture,
    answer: Handler,
) -> None:
    left = asyncio.Event()

    async def hang_up(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        left.set()
        return await answer(request)

    client: TestClient[Any, Any] = await aiohttp_client(app_of(hang_up))
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(b"GET /native/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert await reader.read() == b""
    writer.close()
    await left.wait()
    await client.close()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_lost_connection_to_elsewhere_is_the_servers_fault(ask: Any) -> None:
    answer, _ = await ask(raising(ConnectionError("upstream")))
    assert answer.status == 500


def old_manner(_request: web.Request, problem: Problem) -> web.Response:
    return web.json_response({"detail": problem.detail.upper()}, status=problem.status)


async def test_a_surface_answers_errors_in_its_own_manner(ask: Any) -> None:
    async def fail(_request: web.Request) -> web.Response:
        raise NotFound(SENTENCE)

    manners = {"by_prefix": {"/old/": old_manner}}
    answer, document = await ask(app_of(fail, **manners), "/old/x")
    assert (answer.status, document) == (404, {"detail": SENTENCE.upper()})
    answer, document = await ask(app_of(fail, **manners), "/old/nowhere")
    assert (answer.status, document) == (404, {"detail": "THERE IS NOTHING AT /OLD/NOWHERE"})
    _, document = await ask(app_of(fail, **manners), "/native/x")
    assert document["title"] == kind_of(NotFound("")).title


def test_the_longest_prefix_decides_the_manner() -> None:
    def inner(request: web.Request, problem: Problem) -> web.Response:
        return old_manner(request, problem)

    manners = Manners({"/old/": old_manner, "/old/inner/": inner})
    assert manners.of("/old/inner/x") is inner
    assert manners.of("/old/x") is old_manner
    assert manners.of("/older") is native
    assert manners.of("/") is native


def test_titles_and_sentences_are_plain() -> None:
    for kind in TABLE.values():
        assert re.fullmatch(r"[A-Z][^.!]+", kind.title)
        assert re.fullmatch(r"[a-z-]+", kind.slug)
