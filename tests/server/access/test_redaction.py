"""No secret is in what is written down."""

from __future__ import annotations

import io
import logging
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from server.access import RedactingFormatter, UnreadableRequests, redact
from server.access.secret import new_secret
from tests.server.access.conftest import Server, raw


@pytest.mark.parametrize(
    ("url", "redacted"),
    [
        ("/events?apikey=ph_x", "/events?apikey=***"),
        ("/events?text=a&apikey=ph_x&order=asc", "/events?text=a&apikey=***&order=asc"),
        ("/events?APIKEY=ph_x#top", "/events?APIKEY=***#top"),
        ("/events?%61pi%4Bey=ph_x", "/events?%61pi%4Bey=***"),
        ("/events?apikey=a;b=c&d=e", "/events?apikey=***&d=e"),
        ("/events?a=b;apikey=ph_x", "/events?a=b;apikey=***"),
        ("/events?apikey=ph_x&apikey=ph_y", "/events?apikey=***&apikey=***"),
        ("apikey=ph_x&text=a", "apikey=***&text=a"),
        ("http://127.0.0.1/#code=c0de", "http://127.0.0.1/#code=***"),
        ("/login?token=ph_x", "/login?token=***"),
        ("https://me:ph_x@playhead.example/x", "https://***@playhead.example/x"),
        ("/events?text=apikey&limit=3", "/events?text=apikey&limit=3"),
        ("/devices/a%20b/events?since=1", "/devices/a%20b/events?since=1"),
        ("Authorization: Bearer ph_abcdef234567", "Authorization: Bearer ph_***"),
        ("/logs/PH_ABCDEF234567/events", "/logs/ph_***/events"),
    ],
)
def test_a_url_is_written_without_its_secrets(url: str, redacted: str) -> None:
    assert redact(url) == redacted


@given(before=st.text(), after=st.text(), secret=st.text(alphabet="abcdef234567", min_size=12))
def test_a_key_is_masked_wherever_it_stands(before: str, after: str, secret: str) -> None:
    assume(secret not in before and secret not in after)
    assert secret not in redact(f"/x?{before}&apikey={secret}&{after}")


async def test_no_log_line_and_no_answer_repeats_a_key(
    server: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await server.token("ingest")

    async def fail(_secret: str) -> None:
        raise RuntimeError("nobody foresaw this")

    with caplog.at_level(logging.DEBUG):
        answers = [await server.ask(f"{path}?apikey={token}") for path in ("/who", "/nowhere", "/write")]
        with monkeypatch.context() as patch:
            patch.setattr(server.door.tokens, "authenticate", fail)
            answers.append(await server.ask(f"/who?apikey={token}"))
        await server.client.close()  # an access log's line is written after its answer
    assert [status for status, _ in answers] == [403, 404, 405, 500]
    assert token not in str(answers)
    assert "apikey=***" in caplog.text
    assert token not in caplog.text


async def test_the_access_log_masks_keys(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    token = await server.token("read")
    with caplog.at_level(logging.INFO, logger="aiohttp.access"):
        async with server.client.get(f"/who?apikey={token}") as answer:
            await answer.read()
        await server.client.close()  # the line is written after the answer
    (line,) = [record.getMessage() for record in caplog.records if record.name == "aiohttp.access"]
    assert re.fullmatch(r"127\.0\.0\.1 GET /who\?apikey=\*\*\* 200 \d+ \d+\.\d", line)


def test_the_formatter_masks_keys_in_tracebacks() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter("%(message)s"))
    logger = logging.getLogger("tests.formatter")
    logger.addHandler(handler)
    logger.propagate = False
    quoted = "GET /x?apikey=ph_x\xff HTTP/1.1"
    try:
        raise ValueError(quoted)
    except ValueError:
        logger.exception("bad %s", "/y?apikey=ph_y")
    logger.removeHandler(handler)
    assert "ValueError" in stream.getvalue()
    assert "ph_" not in stream.getvalue()
    assert stream.getvalue().endswith("ValueError: GET /x?apikey=*** HTTP/1.1\n")


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
async def test_a_request_that_cannot_be_read_is_not_quoted(server: Server, level: int) -> None:
    stream, logger = io.StringIO(), logging.getLogger("aiohttp.server")
    handler, before = logging.StreamHandler(stream), logger.level
    handler.addFilter(UnreadableRequests())
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(level)
    try:
        for line in (
            f"Authorization: Bearer {new_secret()}\0",
            "Cookie playhead=x",
            "Authorization: Basic aWQ6\0",
        ):
            request = f"GET /who HTTP/1.1\r\nHost: localhost\r\n{line}\r\n\r\n".encode()
            assert (await raw(server, request)).startswith(b"HTTP/1.0 400")
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
    lines = (
        ["DEBUG Error handling request from 127.0.0.1: BadHttpMessage"] * 3 if level == logging.DEBUG else []
    )
    assert stream.getvalue().splitlines() == lines
