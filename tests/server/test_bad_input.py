"""Bad input, by name: each gets its clear error, stores nothing, and the server goes on."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any, NamedTuple

import msgspec
import pytest

from tests.server.api import NATIVE, Api, event
from tests.server.conftest import shares_a_server
from tests.server.packing import COMPRESS

JSON = {"Content-Type": "application/json"}
GOOD = event("good")


class Bad(NamedTuple):
    """A body that is refused: its status, the field that is named, a part of the sentence."""

    name: str
    body: bytes
    status: int
    field: str
    says: str
    headers: dict[str, str] = JSON


def one(**more: Any) -> bytes:
    return msgspec.json.encode({"id": "1", "source": "test", "type": "x", **more})


def started(**data: Any) -> bytes:
    return one(type="listen-started", data={"asset": "a", **data})


def coded(coding: str, body: bytes) -> dict[str, str]:
    return {**JSON, "Content-Encoding": coding}


PACKED = gzip.compress(one())
DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
NESTED = b'{"id":"1","source":"s","type":"x","data":' + b'{"a":' * 40 + b"1" + b"}" * 40 + b"}"

BAD = [
    Bad("malformed JSON", b'{"id": "1",', 400, "body", "malformed: it ends early"),
    Bad("no JSON at all", b"hello", 400, "body", "malformed"),
    Bad("an empty body", b"", 400, "body", "ends early"),
    Bad("trailing characters", one() + b"x", 400, "body", "trailing characters"),
    Bad("bad UTF-8", b'{"id":"\xff"}', 400, "body", "not valid UTF-8"),
    Bad("a lone surrogate", b'{"id":"\\ud800"}', 400, "body", "malformed"),
    Bad("another encoding", one().decode().encode("utf-16"), 400, "body", "JSON is"),
    Bad("a deeply nested body", DEEP, 400, "body", "nested too deeply"),
    Bad("deeply nested data", NESTED, 400, "data", "nested deeper than 32"),
    Bad("a truncated gzip", PACKED[:-9], 400, "body", "gzip body ended early", coded("gzip", b"")),
    Bad("a gzip with a tail", PACKED + b"tail", 400, "body", "gzip", coded("gzip", b"")),
    Bad("no gzip at all", one(), 400, "body", "not valid gzip", coded("gzip", b"")),
    Bad("a truncated zstd", COMPRESS["zstd"](one())[:-3], 400, "body", "ended early", coded("zstd", b"")),
    Bad("no zstd at all", one(), 400, "body", "not valid zstd", coded("zstd", b"")),
    Bad("a missing type", b'{"id":"1","source":"s"}', 400, "type", "type is required"),
    Bad("an empty id", one(id=""), 400, "id", "must not be empty"),
    Bad("an id of dots", one(id=".."), 400, "id", "must not be"),
    Bad("an id with a control character", one(id="a\nb"), 400, "id", "cannot be printed"),
    Bad("an id that is a number", one(id=7), 400, "id", "must be a text"),
    Bad("an over-long id", one(id="x" * 257), 413, "id", "longer than 256 bytes"),
    Bad("an id of 86 wide characters", one(id="♫" * 86), 413, "id", "longer than 256 bytes"),
    Bad("an over-long session", one(session="x" * 300), 413, "session", "longer than 256 bytes"),
    Bad("data above 64 KiB", one(data={"a": "x" * 66_000}), 413, "data", "larger than 65536 bytes"),
    Bad("data that is a list", one(data=[1]), 400, "data", "must be a JSON object"),
    Bad("data that is a text", one(data="hello"), 400, "data", "must be a JSON object"),
    Bad("data in base64", one(data_base64="aGk="), 400, "data_base64", "not taken"),
    Bad("a number out of range", started(gain=5000), 400, "data.gain", "data.gain"),
    Bad("a negative duration", started(duration=-1), 400, "data.duration", "data.duration"),
    Bad("an integer beyond 64 bits", one(data={"n": 2**70}), 400, "data", "beyond 64 bits"),
    Bad("a number beyond floats", b'{"type":"x","data":{"n":1e999}}', 400, "body", "out of range"),
    Bad("NaN", b'{"type":"x","data":{"n":NaN}}', 400, "body", "malformed"),
    Bad("infinity", b'{"type":"x","data":{"n":-Infinity}}', 400, "body", "malformed"),
    Bad("a time without meaning", one(time="25:99 tomorrow"), 400, "time", "not an RFC 3339 time"),
    Bad("a time without an offset", one(time="2026-05-01T10:00:00"), 400, "time", "UTC offset"),
    Bad("a 30th of February", one(time="2026-02-30T10:00:00Z"), 400, "time", "not an RFC 3339 time"),
    Bad("a time that is a number", one(time=1_700_000_000), 400, "time", "must be a text"),
    Bad("a sequence that is a fraction", one(sequence=1.5), 400, "sequence", "must be an integer"),
    Bad("a negative sequence", one(sequence=-1), 400, "sequence", "from 0"),
    Bad("an ingested event-erased", one(type="event-erased"), 400, "type", "written by the log alone"),
    Bad("a position of one's own", one(position=7), 400, "position", "given by the log"),
    Bad(
        "a recorded time of one's own",
        one(recordedtime="2026-05-01T10:00:00Z"),
        400,
        "recordedtime",
        "the log",
    ),
    Bad("an event that says it is erased", one(erased=True), 400, "erased", "given by the log"),
    Bad("an event that says it is not erased", one(erased=False), 400, "erased", "given by the log"),
    Bad("another specversion", one(specversion="0.3"), 400, "specversion", "must be '1.0'"),
    Bad("an event that is a list", b"[[]]", 400, "event", "must be a JSON object"),
    Bad("an event that is null", b"null", 400, "event", "must be a JSON object"),
    Bad("a missing asset", one(type="listen-started"), 400, "data.asset", "data.asset is required"),
    Bad("a log with a line feed", one(log="a\nb"), 400, "log", "cannot be printed"),
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
@shares_a_server
async def test_a_bad_body_is_refused_by_name(shared: Api, bad: Bad) -> None:
    before = (await shared.send(GOOD)).document["position"]
    answer = await shared.ask("POST", "/api/v1/events", body=bad.body, headers=bad.headers)
    assert answer.status == bad.status, answer.body
    _, field, detail = answer.faults[0]
    assert field == bad.field
    assert bad.says in detail
    assert (await shared.get("/api/v1/head")).document["position"] == before


@pytest.mark.parametrize("coding", sorted(COMPRESS))
async def test_a_decompression_bomb_is_stopped(api: Api, coding: str) -> None:
    bomb = COMPRESS[coding](b"[" + bytes(64 * 2**20))
    headers = {**JSON, "Content-Encoding": coding}
    answer = await api.ask("POST", "/api/v1/events", body=bomb, headers=headers)
    assert (answer.status, answer.faults[0][1]) == (413, "body")
    assert "32 MiB" in answer.document["detail"]
    assert (await api.send(GOOD)).status == 200


@pytest.mark.parametrize(
    ("headers", "status", "says"),
    [
        ({"Content-Type": "text/plain"}, 415, "send one of application/json"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415, "send one of application/json"),
        ({"Content-Type": "application/json; charset=latin-1"}, 415, "UTF-8"),
        ({**JSON, "Content-Encoding": "br"}, 415, "identity, gzip, zstd"),
        ({**JSON, "Content-Encoding": "gzip, gzip"}, 415, "identity, gzip, zstd"),
    ],
)
@shares_a_server
async def test_a_form_that_is_not_taken_is_refused_with_what_is(
    shared: Api, headers: dict[str, str], status: int, says: str
) -> None:
    answer = await shared.ask("POST", "/api/v1/events", body=b"{}", headers=headers)
    assert answer.status == status
    assert says in answer.document["detail"]


ODD_IDS = [
    "a/b",
    "a b",
    "%FF",
    "%2F",
    "{id}",
    "♫ park",
    "a?b#c",
    "...",
    "a;b,c&d=e+f",
    "'\"<script>",
    "\\",
    "x" * 256,
]


@pytest.mark.parametrize("id", ODD_IDS)
async def test_odd_characters_in_ids_come_back_by_their_paths(api: Api, id: str) -> None:
    sent = await api.send(event(id, session=id, device=id, user=id))
    assert sent.status == 200
    page = (await api.get("/api/v1/sessions")).document
    (session,) = page["sessions"]
    assert session["session"] == id
    for path in session["links"].values():
        assert (await api.get(path)).status == 200
    (device,) = (await api.get("/api/v1/devices")).document["devices"]
    feed = (await api.get(device["links"]["events"])).document
    own = feed["events"][0]["links"]["self"].removeprefix(api.url)
    assert (await api.get(own)).document["event"]["id"] == id


@pytest.mark.parametrize("collection", ["events", "sessions", "devices"])
@pytest.mark.parametrize(
    ("id", "says"),
    [
        ("%FF", "not UTF-8"),
        ("%C3%28", "not UTF-8"),
        ("%2E%2E", "must not be"),
        ("a%0Ab", "cannot be printed"),
        ("%ED%A0%80", "not UTF-8"),
    ],
)
@shares_a_server
async def test_an_id_that_none_can_have_is_refused_in_a_path(
    shared: Api, collection: str, id: str, says: str
) -> None:
    answer = await shared.ask("DELETE", f"/api/v1/{collection}/{id}")
    assert (answer.status, answer.faults[0][1]) == (400, "id")
    assert says in answer.document["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/events/none",
        "/api/v1/sessions/none",
        "/api/v1/sessions/none/timeline",
        "/api/v1/sessions/none/replay",
        "/api/v1/devices/none/events",
        "/api/v1/device/none/events",
        "/api/v1/nothing",
        "/api/v2/events",
    ],
)
@shares_a_server
async def test_what_is_not_there_is_a_404(shared: Api, path: str) -> None:
    answer = await shared.get(path, headers=NATIVE)
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/v1/events", "GET,HEAD,POST"),
        ("POST", "/api/v1/sessions", "GET,HEAD"),
        ("PATCH", "/api/v1/events/1", "DELETE,GET,HEAD"),
    ],
)
@shares_a_server
async def test_a_method_that_a_path_has_not_is_a_405(
    shared: Api, method: str, path: str, allowed: str
) -> None:
    answer = await shared.ask(method, path)
    assert (answer.status, answer.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/v1/events?limt=5", "limt"),
        ("/api/v1/events?limit=0", "limit"),
        ("/api/v1/events?limit=1001", "limit"),
        ("/api/v1/events?after=-1", "after"),
        ("/api/v1/events?after=9", "after"),
        ("/api/v1/events?after=99999999999999999999", "after"),
        ("/api/v1/events?log=a&log=b", "log"),
        ("/api/v1/events?min_position=x", "min_position"),
        ("/api/v1/events?wait=31", "wait"),
        ("/api/v1/sessions?state=gone", "state"),
        ("/api/v1/sessions?since=yesterday", "since"),
        ("/api/v1/sessions?before=abc", "before"),
        ("/api/v1/sessions?text=" + "x" * 257, "text"),
        ("/api/v1/sessions/s/replay?as_of=soon", "as_of"),
        ("/api/v1/sessions/s/replay?as_of=9", "as_of"),
        ("/api/v1/devices/d/events?since=soon", "since"),
        ("/api/v1/devices/d/events?sortDir=up", "sortDir"),
        ("/api/v1/devices/d/events?limit=-1", "limit"),
        ("/readyz?verbose=1", "verbose"),
        ("/api/v1/head?%FF", "query"),
    ],
)
@shares_a_server
async def test_a_bad_parameter_is_named(shared: Api, path: str, field: str) -> None:
    answer = await shared.get(path, headers=NATIVE)
    assert (answer.status, answer.faults[0][1]) == (400, field)


async def test_a_body_cut_off_by_its_sender_stores_nothing(api: Api) -> None:
    host, port = api.target("/").host, api.target("/").port
    assert host is not None
    _, writer = await asyncio.open_connection(host, port)
    head = (
        "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
        f"Authorization: Bearer {api.tokens['admin']}\r\nContent-Length: 1000\r\n\r\n"
    )
    writer.write(head.encode() + one() + b"\n")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await api.send(GOOD)).document["position"] == 1
