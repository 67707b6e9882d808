"""What a hostile or a clumsy stranger sends: each gets an answer that is no failure, and the server goes on."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import quote

import msgspec
import pytest

from server import app
from server.access import login
from server.services import Services
from tests.server.api import Api, Reply, event
from tests.server.conftest import serve
from tests.server.streams import id_of
from tests.server.test_live import stream

FIRST, LAST = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"


async def say(api: Api, *lines: bytes) -> Reply:
    """Send the lines of a request as they stand, bytes that no client would send too."""
    host, port = api.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(b"\r\n".join((*lines, b"Connection: close", b"", b"")))
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"Content-Length: (\d+)", head)
        body = await reader.readexactly(int(length[1]) if length else 0)
    finally:
        writer.close()
        await writer.wait_closed()
    return Reply(int(head.split()[1]), {}, body)


def bearer(api: Api, token: str = "admin") -> bytes:
    return b"Authorization: Bearer " + api.tokens[token].encode()


@pytest.mark.parametrize(
    "name", ["%00", "a%00b", "a" * 256, "a/" * 2500, "%00/../app.js", "..%2fapp.js", "."]
)
async def test_a_page_has_no_file_of_an_impossible_name(api: Api, name: str) -> None:
    answer = await api.get(f"/static/{name}", token=None)
    assert (answer.status, answer.document["title"]) == (404, "Not Found")


@pytest.mark.parametrize("host", [b"\xff.localhost", b"\xff", b'"<x>.localhost', b"evil%00.localhost"])
async def test_a_host_is_written_in_ascii(api: Api, host: bytes) -> None:
    await api.send(event("1", device="phone"))
    line = b"GET /api/v1/devices/phone/events HTTP/1.1"
    assert (await say(api, line, b"Host: " + host, bearer(api))).status == 421


@pytest.mark.parametrize("key", [b"\xff", b"\xed\xa0\x80"])
async def test_an_idempotency_key_that_is_no_text_is_refused(api: Api, key: bytes) -> None:
    headers = (b"Host: localhost", b"Content-Type: application/json", b"Content-Length: 0", bearer(api))
    answer = await say(api, b"POST /api/v1/events HTTP/1.1", *headers, b"Idempotency-Key: " + key)
    assert answer.status == 400
    assert answer.document["errors"][0]["field"] == "Idempotency-Key"


EXPECTING = [
    (b"/api/v1/head", "detail"),
    (b"/nowhere", "detail"),
    (b"/api/v1/devices/phone/events", "message"),
    (b"/logs/park/events", "message"),
    (b"/api/2/events/", "detail"),
]


@pytest.mark.parametrize(("path", "said_as"), EXPECTING)
@pytest.mark.parametrize("expected", [b"\xff", b"200-ok", b"100-continue, more"])
async def test_what_cannot_be_expected_is_refused(
    api: Api, path: bytes, said_as: str, expected: bytes
) -> None:
    line = b"GET " + path + b" HTTP/1.1"
    answer = await say(api, line, b"Host: localhost", bearer(api), b"Expect: " + expected)
    assert (answer.status, answer.document[said_as]) == (417, "nothing but 100-continue can be expected")


async def test_a_body_that_waits_for_100_continue_is_taken(api: Api) -> None:
    headers = {"Content-Type": "application/json", "Expect": "100-continue"}
    answer = await api.ask("POST", "/api/v1/events", body=b'{"type": "x"}', headers=headers)
    assert answer.status == 200


@pytest.mark.parametrize("part", ["", "/timeline", "/replay"])
async def test_a_session_from_the_first_of_all_years_to_beyond_the_last_is_told(api: Api, part: str) -> None:
    ended = event("1", "listen-ended", session="wide", time=FIRST, data={"asset": "a", "duration": 1e9})
    begun = event("2", "listen-started", session="wide", time=LAST, data={"asset": "b", "duration": 1e9})
    assert (await api.send(ended, begun)).status == 200
    answer = await api.get(f"/api/v1/sessions/wide{part}")
    assert answer.status == 200
    if part == "/timeline":
        assert answer.document["stop"] == LAST


async def test_a_feed_is_paged_from_the_first_of_all_times(api: Api) -> None:
    await api.send(event("1", device="phone", time=FIRST))
    asked: dict[str, object] = {"limit": 0, "sortDir": "asc"}
    found = (await api.get("/api/v1/devices/phone/events", asked)).document
    assert (found["events"], found["meta"]["pagination"]["remaining"]) == ([], 1)
    following = found["meta"]["pagination"]["links"]["next"].removeprefix(api.url)
    page = (await api.get(following.replace("limit=0", "limit=1"))).document
    assert [one["id"] for one in page["events"]] == ["1"]


async def test_what_is_stored_after_a_revocation_is_on_no_stream_of_the_token(
    api: Api, services: Services
) -> None:
    assert services.access is not None
    await api.send(event("1"))
    async with stream(api, token="read") as opened:
        assert id_of(await opened.next()) == "1"
        await services.access.tokens.revoke("read")
        await api.send(event("2"))
        assert await opened.rest() == []


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "%", "_", "\\", "'", "\u202e", "İ", "ß", "😀"])
async def test_any_text_can_be_looked_for(api: Api, text: str) -> None:
    data = {"client": f"before{text}after"}
    await api.send(event("1", "session-started", session="s", data=data))
    for path in ("/api/v1/sessions", "/api/v1/devices"):
        assert (await api.get(f"{path}?text={quote(text)}")).status == 200
    assert msgspec.json.decode((await api.get("/api/v1/sessions/s/replay")).body)["session"] == "s"


async def test_a_second_content_encoding_is_not_passed_over(api: Api) -> None:
    headers = (b"Host: localhost", b"Content-Type: application/json", b"Content-Length: 0", bearer(api))
    codings = (b"Content-Encoding: gzip", b"Content-Encoding: zstd")
    answer = await say(api, b"POST /api/v1/events HTTP/1.1", *headers, *codings)
    assert (answer.status, "'gzip, zstd' is not taken" in answer.document["detail"]) == (415, True)


async def test_a_login_that_does_not_arrive_is_not_waited_for(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login, "MAX_SECONDS", 0.05)
    headers = (b"Host: localhost", b"Content-Type: application/json", b"Content-Length: 40")
    assert (await say(api, b"POST /login HTTP/1.1", *headers)).status == 408


@pytest.mark.parametrize("begun", [b"", b"GET /healthz HTTP/1.1\r\nHost: local"])
async def test_a_connection_that_asks_nothing_is_closed(
    services: Services, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(app, "KEEP_ALIVE", 0.1)
    async with serve(services) as api:
        host, port = api.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(begun)
        assert await reader.read() == b""
        writer.close()
