from __future__ import annotations

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from replay.errors import Invalid
from server.questions.parameters import Parameters, integer, moment, name, one_of, path_ids, seconds, text


class Question(msgspec.Struct, frozen=True):
    log: str | None = None
    limit: int = 50
    since: int | None = None
    state: str | None = None
    wait: float = 5.0
    words: str | None = None


QUESTION = Parameters(
    Question,
    log=name,
    limit=integer(0, 500),
    since=moment,
    state=one_of("live", "open", "ended"),
    wait=seconds(30),
    words=text(10),
)

UNDERSTOOD = [
    ("", Question()),
    ("log=park&limit=0", Question(log="park", limit=0)),
    ("limit=500&wait=0.25", Question(limit=500, wait=0.25)),
    ("wait=.5", Question(wait=0.5)),
    ("wait=1e1", Question(wait=10)),
    ("since=1970-01-01T00:00:01Z", Question(since=1_000_000)),
    ("since=1970-01-01T02:00:01%2B02:00", Question(since=1_000_000)),
    ("since=1970-01-01T02:00:01+02:00", Question(since=1_000_000)),
    ("state=live", Question(state="live")),
    ("log=&limit=&since=", Question()),
    ("log=a%2Fb%20c", Question(log="a/b c")),
    ("log=%E2%99%AB", Question(log="♫")),
    ("words=two+words", Question(words="two words")),
    ("apikey=abc&log=park", Question(log="park")),
]

REFUSED = [
    ("limt=5", "limt", "no parameter here; known are log, limit"),
    ("limit=5&limit=6", "limit", "more than once"),
    ("limit=&limit=6", "limit", "more than once"),
    ("limit=501", "limit", "whole number from 0 to 500"),
    ("limit=-1", "limit", "whole number"),
    ("limit=1e2", "limit", "whole number"),
    ("limit=5.0", "limit", "whole number"),
    ("limit=%D9%A3", "limit", "whole number"),
    ("limit=" + "9" * 5000, "limit", "whole number"),
    ("wait=1_0", "wait", "number of seconds"),
    ("wait=%D9%A3", "wait", "number of seconds"),
    ("wait=1e999", "wait", "number of seconds"),
    ("wait=nan", "wait", "number of seconds"),
    ("wait=inf", "wait", "number of seconds"),
    ("wait=31", "wait", "from 0 to 30"),
    ("wait=soon", "wait", "number of seconds"),
    ("since=yesterday", "since", "not an RFC 3339 time"),
    ("since=2026-05-01T10:00:00", "since", "UTC offset"),
    ("state=gone", "state", "one of live, open, ended"),
    ("log=..", "log", "must not be"),
    ("log=" + "x" * 257, "log", "256 bytes"),
    ("log=a%00b", "log", "printed"),
    ("log=%FF", "query", "not UTF-8"),
    ("%FF=1", "query", "not UTF-8"),
    ("words=12345678901", "words", "longer than 10"),
    ("&".join(f"a{n}=1" for n in range(65)), "query", "more than 64"),
]


@pytest.mark.parametrize(("raw", "question"), UNDERSTOOD)
def test_a_query_becomes_typed_values(raw: str, question: Question) -> None:
    assert QUESTION.parse(raw) == question


@pytest.mark.parametrize(("raw", "field", "message"), REFUSED)
def test_a_bad_query_names_the_parameter_and_what_it_takes(raw: str, field: str, message: str) -> None:
    with pytest.raises(Invalid, match=message) as refused:
        QUESTION.parse(raw)
    assert refused.value.field == field


PATHS = [
    ("/things/plain/end", {"id": "plain"}),
    ("/things/a%2Fb/end", {"id": "a/b"}),
    ("/things/%7Bid%7D/end", {"id": "{id}"}),
    ("/things/%25FF/end", {"id": "%FF"}),
    ("/things/%E2%99%AB%20x/end", {"id": "♫ x"}),
    ("/things/a+b;c=d@e:f!$&'()*,/end", {"id": "a+b;c=d@e:f!$&'()*,"}),
    ("/things/%FF/end", "id holds an escape that is not UTF-8"),
    ("/things/%2E%2E/end", "id must not be '.' or '..'"),
    ("/things/a%0Ab/end", "id holds a character that cannot be printed"),
    ("/things/" + "x" * 257 + "/end", "id is longer than 256 bytes"),
]


@pytest.mark.parametrize(("path", "expected"), PATHS)
async def test_an_id_in_a_path_is_percent_decoded_once(path: str, expected: object) -> None:
    async def handler(request: web.Request) -> web.Response:
        try:
            return web.json_response(path_ids(request))
        except Invalid as error:
            return web.json_response(error.message)

    app = web.Application()
    app.router.add_get("/things/{id:[^/]+}/end", handler)
    async with TestClient(TestServer(app)) as client:
        answer = await client.get(URL(path, encoded=True))
        assert await answer.json() == expected
