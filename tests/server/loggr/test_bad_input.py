"""Whatever strangers send, they are answered in this surface's manner, and never with a 500."""

from __future__ import annotations

import gzip
import random
from urllib.parse import quote, quote_from_bytes

import pytest

from server.loggr.routes import ROUTES
from tests.server.api import Api, event

JUNK = [
    "", "0", "-1", "1e9", "NaN", "9" * 40, "%FF", "%00", "%ED%A0%80", "a" * 3000, "(", "[", "a**", "(?i", "\\",
    "(" * 500, "((((a{30}){30}){30}){30}", "\x00", "\u202e", "🌿" * 300, "null", "{}", "[]", "../..", "*", "::",
    "'; DROP TABLE lines; --", '"quoted" AND "x"', "text_0", "asc", "desc", "1:2", "4dfdff994e1feb0b4c0020ef", "..",
    "4dfdff99", "@json\n", "@json\n{", "ip:::", "1,2,3", ".", "a b c d", "true", "²",
]  # fmt: skip
NAMES = [
    "pagenum", "pagesize", "order", "tags", "text", "sinceid", "source", "user", "class", "created", "cursor",
    "value", "data", "geo", "timestamp", "session", "device", "asset", "link", "username", "email", "page", "other",
]  # fmt: skip
TYPES = [
    "application/x-www-form-urlencoded",
    "application/json",
    "text/plain",
    "multipart/form-data",
    "x",
    "",
]


def sent(chance: random.Random, text: str) -> str:
    """A value as a client escapes it, or does not."""
    if text.startswith("%"):
        return text
    return quote(text, safe=chance.choice(["", "/:*()"]))


@pytest.mark.parametrize("seed", range(6))
async def test_nothing_that_is_sent_makes_the_server_fail(api: Api, seed: int) -> None:
    chance = random.Random(seed)
    await api.send(
        event(
            "4dfdff994e1feb0b4c0020ef", type="log-line", log="shop", data={"text": "a b c 🌿", "tags": ["a"]}
        )
    )
    for _ in range(120):
        route = chance.choice(ROUTES)
        log, id = (sent(chance, chance.choice(["shop", *JUNK])) or "x" for _ in range(2))
        pairs = [
            f"{chance.choice(NAMES)}={sent(chance, chance.choice(JUNK))}" for _ in range(chance.randrange(4))
        ]
        query = "&".join(pairs)
        method = chance.choice([route.method, route.method, "GET", "POST", "HEAD", "DELETE", "PUT"])
        body = chance.choice(
            [None, query.encode(), b"\xff\xfe", b"text=" + quote_from_bytes(b"\x80").encode()]
        )
        headers = {"Content-Type": chance.choice(TYPES)} if body and chance.random() < 0.8 else {}
        path = route.path.replace("{log}", log.replace("/", "%2F")).replace("{id}", id.replace("/", "%2F"))
        if any(part in (".", "..") for part in path.split("/")):
            continue
        token = chance.choice(["admin", "ingest", "read"])
        answer = await api.ask(method, f"{path}?{query}", token=token, headers=headers, body=body)
        assert answer.status < 500, (method, path, query, body, answer.body)
        if answer.status >= 400 and method != "HEAD":
            assert answer.headers["Content-Type"] == "application/json", (method, path, query, answer.body)
            assert answer.document["status"] == answer.status
            assert set(answer.document) == {"status", "error", "message"}


@pytest.mark.parametrize(
    "expression", ["(x+x+)+y", "(.*)*=(.*)*=(.*)*", "(a|aa)+$", "((a*)*)*b", "(a?){300}a{300}"]
)
async def test_a_hostile_expression_is_answered(api: Api, expression: str) -> None:
    await api.send(event("1", type="log-line", log="shop", data={"text": "a" * 60_000}))
    answer = await api.get("/logs/shop/events", {"text": expression}, token="read")
    assert answer.status == 200


async def test_a_form_that_is_too_large_is_refused(api: Api) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = b"text=" + b"x" * (256 * 1024)
    answer = await api.ask("POST", "/1/logs/shop/events", headers=headers, body=body)
    assert (answer.status, answer.document["status"]) == (413, 413)


@pytest.mark.parametrize("name", ["tags", "text", "source", "user", "class"])
async def test_a_form_on_a_get_cannot_ask_for_what_no_query_could(api: Api, name: str) -> None:
    body = f"{name}=".encode() + b"a+" * 100_000
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await api.ask("GET", "/logs/shop/events", headers=headers, body=body, token="read")
    assert (answer.status, answer.document["error"]) == (400, "Bad Request")
    assert answer.document["message"].startswith(f"{name} is longer than ")


async def test_a_form_of_very_many_fields_is_refused(api: Api) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = b"&".join(b"f%d=1" % number for number in range(1000))
    answer = await api.ask("POST", "/1/logs/shop/events", headers=headers, body=body)
    assert answer.status == 400
    assert "more than 64 fields" in answer.document["message"]


async def test_a_gzipped_form_is_a_form(api: Api) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"}
    answer = await api.ask("POST", "/1/logs/shop/events", headers=headers, body=gzip.compress(b"text=packed"))
    assert (answer.status, answer.document["text"]) == (201, "packed")


async def test_while_the_server_stops_nothing_is_taken_in(api: Api) -> None:
    api.services.stopping.set()
    answer = await api.ask("POST", "/1/logs/shop/events", {"text": "late"})
    assert answer.status == 503
    assert "Retry-After" in answer.headers
    assert answer.document["error"] == "Service Unavailable"


async def test_a_line_that_is_erased_the_moment_it_is_posted_is_not_found(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = api.services
    wait_for = services.projections.wait_for

    async def wait_and_erase(position: int, seconds: float) -> bool:
        monkeypatch.undo()
        await services.erase("shop", [position], "asked for")
        return await wait_for(position, seconds)

    monkeypatch.setattr(services.projections, "wait_for", wait_and_erase)
    answer = await api.ask("POST", "/1/logs/shop/events", {"text": "hello"})
    assert answer.status == 404, answer.body
