"""Whatever is sent, the answer is in this surface's manner, and never a 500."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import msgspec
import pytest

from server.roundware.fields import MAX_FIELDS
from server.roundware.posted import MAX_BODY
from server.roundware.routes import ROUTES, Route
from tests.server.api import Api, Reply, event

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=cut"
PART = b'--cut\r\nContent-Disposition: form-data; name="session"\r\n'
WRITING = [route for route in ROUTES if route.method in ("POST", "PATCH")]

BODIES: list[tuple[str, bytes, int]] = [
    (JSON, b"", 400),
    (JSON, b" \n ", 400),
    (JSON, b"{", 400),
    (JSON, b"null", 400),
    (JSON, b'"text"', 400),
    (JSON, b"5", 400),
    (JSON, b"true", 400),
    (JSON, b"[]", 400),
    (JSON, b'{"session": NaN}', 400),
    (JSON, b'{"duration": 1e999}', 400),
    (JSON, b'{"session": "\xff"}', 400),
    (JSON, b'{"session": "\\ud800"}', 400),
    (JSON, b"[" * 100_000, 400),
    (JSON, b'{"data":' + b"[" * 900 + b"]" * 900 + b"}", 400),
    (JSON, b"session=35&asset=11", 400),
    (FORM, b"", 400),
    (FORM, b'{"session": 35}', 400),
    (FORM, b"%FF=%FF", 400),
    (FORM, b"\xff\xfe", 400),
    (FORM, b"&".join(b"a=1" for _ in range(MAX_FIELDS + 1)), 400),
    (FORM, b"session=" + b"x" * 300 + b"&session_id=" + b"x" * 300 + b"&device_id=" + b"x" * 300, 400),
    (PARTS, b"", 400),
    (PARTS, b"no parts at all", 400),
    (PARTS, b"--cut\r\n\r\n--cut--", 400),
    (PARTS, b'--cut\r\nContent-Disposition: form-data; name="session"\r\n\r\n\xff\r\n--cut--', 400),
    (PARTS, b'--cut\r\nContent-Disposition: form-data; name="session"\r\n\r\n35', 400),
    (PARTS, b"".join(b"--cut\r\n\r\nx\r\n" for _ in range(MAX_FIELDS + 1)) + b"--cut--", 400),
    (PARTS, PART + b"Content-Transfer-Encoding: base64\r\n\r\nMzU=\r\n--cut--", 400),
    (PARTS, b"--cut\r\nContent-Length: 1\r\n" + PART[5:] + b"\r\n35\r\n--cut--", 400),
    (PARTS, b"--cut\r\n" + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" * 5000, 400),
    (PARTS, b"--cut\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 8000, 400),
    (PARTS, b"--cut\r\n" + b"A: b\r\n" * 40_000, 400),
    ("multipart/form-data", b"--cut--", 400),
    ("multipart/form-data; boundary=", b"--\r\n\r\n----", 400),
    ("multipart/form-data; boundary=é", b"--cut--", 400),
    ("text/plain", b"session=35", 415),
    ("application/xml", b"<session>35</session>", 415),
    ("nonsense", b"{}", 400),
    (JSON, b'{"data": "' + b"x" * MAX_BODY + b'"}', 413),
]  # fmt: skip


def check_manner(answer: Reply) -> None:
    """JSON: `detail`, or fields with their sentences."""
    assert answer.status < 500, answer.body
    assert answer.headers["Content-Type"].startswith(JSON)
    if answer.status >= 400:
        for field, told in answer.document.items():
            assert isinstance(told, str) if field == "detail" else all(isinstance(one, str) for one in told)


@pytest.fixture
async def filled(api: Api) -> Api:
    await api.send(event("l", "listen-started", session="35", data={"asset": "11"}))
    return api


async def send(api: Api, route: Route, body: bytes, **headers: str) -> Reply:
    return await api.ask(route.method, route.path.replace("{id}", "1"), body=body, headers=headers)


@pytest.mark.parametrize("route", WRITING, ids=lambda route: f"{route.method} {route.path}")
async def test_a_body_that_cannot_be_taken_is_refused(filled: Api, route: Route) -> None:
    """Where every field is optional (a session's, a PATCH's), an empty body is no fault."""
    lenient = route.path == "/api/2/sessions" or route.method == "PATCH"
    for kind, body, status in BODIES:
        answer = await send(filled, route, body, **{"Content-Type": kind})
        check_manner(answer)
        assert answer.status == status or (lenient and answer.status == 200), (kind, body[:50], answer.body)


async def test_a_part_that_is_a_form_of_its_own_is_a_text(api: Api) -> None:
    """However deep the parts say that they nest, none is looked into: who nests costs nobody anything."""
    head = 'Content-Disposition: form-data; name="{}"\r\n'
    inner = "Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n"
    parts = [head.format(name) + "\r\n" + text for name, text in (("session_id", "35"), ("event_type", "x"))]
    parts.append(head.format("data") + inner * 200 + "end")
    body = "".join(f"--cut\r\n{part}\r\n" for part in parts) + "--cut--"
    answer = await api.ask(
        "POST", "/api/2/events/", body=body.encode(), headers={"Content-Type": PARTS}, token="ingest"
    )
    assert (answer.status, answer.document["data"]) == (200, "--in\r\n" + inner * 199 + "end")


async def test_a_body_that_is_too_large_is_told_the_bound(api: Api) -> None:
    answer = await send(api, WRITING[0], b" " * (MAX_BODY + 1), **{"Content-Type": JSON})
    assert (answer.status, answer.document) == (413, {"detail": "the body is larger than 256 KiB"})


@pytest.mark.parametrize(
    ("coding", "body", "status"),
    [
        ("gzip", gzip.compress(b"{}")[:-9], 400),
        ("gzip", b"no gzip", 400),
        ("gzip", gzip.compress(b'{"x": "' + b"x" * MAX_BODY + b'"}'), 413),
        ("deflate", zlib.compress(b"{}"), 415),
        ("br, gzip", b"{}", 415),
    ],
    ids=["cut off", "none", "a bomb", "another", "two"],
)
async def test_a_coding_that_cannot_be_undone_is_refused(
    api: Api, coding: str, body: bytes, status: int
) -> None:
    answer = await send(api, WRITING[0], body, **{"Content-Type": JSON, "Content-Encoding": coding})
    check_manner(answer)
    assert answer.status == status


async def test_a_coding_that_can_be_undone_is(api: Api) -> None:
    body = gzip.compress(b'{"session": 1, "asset": 2, "starttime": "2017-04-21"}')
    answer = await send(api, WRITING[0], body, **{"Content-Type": JSON, "Content-Encoding": "gzip"})
    assert answer.status == 200


NASTY: list[Any] = [
    None, True, False, 0, -1, 2**63, 2**64, -(2**70), 1.5, 1e308, "", " ", "\x00", "\n", ".", "..", "x" * 257,
    "é" * 129, "x" * 40_000, [], [[]], {}, {"a": {"b": [1]}}, [None], "2017-04-21", "9999-12-31T23:59:59.999999",
    "1e999999", "-1e-999999", "NaN", "'; DROP TABLE listens; --", "%", "{id}", "../../etc/passwd", "🌿",
]  # fmt: skip
FIELDS = [
    "session", "asset", "starttime", "duration", "duration_in_seconds", "device_id", "session_id", "event_type",
    "client_time", "latitude", "longitude", "tag_ids", "data", "project_id", "client_system", "client_type",
    "demo_stream_enabled", "geo_listen_enabled", "language", "language_id", "timezone",
]  # fmt: skip
GOOD = {"session": 35, "asset": 11, "starttime": "2017-04-21", "session_id": 35, "event_type": "location_update",
        "latitude": 1, "longitude": 2, "device_id": "d"}  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
async def test_no_value_of_any_field_breaks_a_write(filled: Api, field: str) -> None:
    for route in WRITING:
        if route.role is None:
            continue
        for value in NASTY:
            body = msgspec.json.encode({**GOOD, field: value})
            check_manner(await send(filled, route, body, **{"Content-Type": JSON}))
    for path in ("listenevents/", "events/", "sessions/"):
        answer = await filled.get(f"/api/2/{path}")
        assert answer.status == 200
        assert answer.document


READ = [
    "listenevents/", "listenevents/1/", "listenevents/{}/", "events/", "events/{}/", "sessions/", "sessions/{}/",
]  # fmt: skip
PARAMETERS = [
    "session", "asset", "project_id", "duration", "duration__lte", "duration__gte", "start_time__lte",
    "start_time__gte", "start_time__range", "limit", "after", "log", "session_id", "event_type", "server_time__gt",
    "server_time__lt", "tag_ids", "language_id", "nothing",
]  # fmt: skip
TEXTS = [
    "", "%20", "%00", "%FF", "%25FF", ".", "..", "-1", "1.5", "0", "9" * 400, "1e308", "1e999999", "-1e999999",
    "NaN", "x" * 300, "2017-13-01", "today", "%F0%9F%8C%BF", "a%2Fb", "35&session=", "'", "%3B--", "(((a+)+)+)+$",
]  # fmt: skip


@pytest.mark.parametrize("path", READ)
async def test_no_parameter_and_no_id_breaks_a_read(filled: Api, path: str) -> None:
    for text in TEXTS:
        ids = "" if text in ("", ".", "..") else text.partition("&")[0]
        asked = f"/api/2/{path.format(ids)}"
        if "{}" in path:
            check_manner(await filled.get(asked))
            continue
        for name in PARAMETERS:
            check_manner(await filled.get(f"{asked}?{name}={text}"))


async def test_a_read_with_too_many_parameters_is_refused(api: Api) -> None:
    answer = await api.get("/api/2/listenevents/?" + "&".join(f"p{n}=1" for n in range(65)))
    check_manner(answer)
    assert answer.status == 400


async def test_a_body_on_a_get_is_passed_over(filled: Api) -> None:
    for kind, body, _ in BODIES[:20]:
        answer = await filled.ask("GET", "/api/2/listenevents/", body=body, headers={"Content-Type": kind})
        assert (answer.status, len(answer.document)) == (200, 1)


async def test_half_of_an_id_that_another_log_has_is_not_found(api: Api) -> None:
    await api.send(event("l", "listen-started", session="35", log="park", data={"asset": "11"}))
    for path in ("listenevents/1/", "events/1/", "sessions/35/"):
        assert (await api.get(f"/api/2/{path}")).status == 404
    assert (await api.get("/api/2/listenevents/?session=35&asset=11")).document == []
