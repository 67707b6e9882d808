from __future__ import annotations

import asyncio
import io
import random
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from replay.errors import Invalid, TooLarge, Unavailable
from server.api import bodies
from server.api.bodies import MAX_PARTS, Decoder, make_decoder, read_body
from server.api.zstandard import ZstdError, decompressor
from server.services.budget import Budget
from tests.server.packing import COMPRESS, zstd

LIMIT = 1024 * 1024
PLAIN = b'{"type": "heartbeat"}' * 500

coded = pytest.mark.parametrize("coding", sorted(COMPRESS))


def decode(decoder: Decoder, sent: bytes, step: int) -> bytes:
    parts = [part for at in range(0, len(sent), step) for part in decoder.feed(sent[at : at + step])]
    decoder.finish()
    return b"".join(parts)


@coded
@given(data=st.binary(max_size=5000), repeat=st.sampled_from([1, 200]), step=st.integers(1, 70_000))
def test_what_was_packed_comes_out_however_it_is_cut(
    coding: str, data: bytes, repeat: int, step: int
) -> None:
    plain = data * repeat
    assert decode(make_decoder(coding), COMPRESS[coding](plain), step) == plain


@coded
def test_members_in_a_row_are_one_body(coding: str) -> None:
    pack = COMPRESS[coding]
    sent = pack(b"one ") + pack(b"") + pack(b"two")
    assert decode(make_decoder(coding), sent, 7) == b"one two"


@coded
@pytest.mark.parametrize("size", [bodies.STEP, 2 * bodies.STEP, 2 * bodies.STEP + 1])
def test_output_that_fills_whole_steps_is_complete(coding: str, size: int) -> None:
    plain = random.Random(size).randbytes(size // 2) + b"a" * (size - size // 2)
    assert decode(make_decoder(coding), COMPRESS[coding](plain), 1 << 20) == plain


@coded
@given(data=st.binary(min_size=1, max_size=500), lost=st.integers(1, 500))
def test_a_body_that_ends_early_is_refused(coding: str, data: bytes, lost: int) -> None:
    sent = COMPRESS[coding](data)
    with pytest.raises(Invalid, match="ended early"):
        decode(make_decoder(coding), sent[: max(0, len(sent) - lost)], 64)


@coded
@pytest.mark.parametrize("tail", [b"x", b"trailing", b"\x00" * 8])
def test_a_body_that_goes_on_after_its_end_is_refused(coding: str, tail: bytes) -> None:
    with pytest.raises(Invalid, match=r"not valid|ended early"):
        decode(make_decoder(coding), COMPRESS[coding](PLAIN) + tail, 1 << 20)


@coded
def test_a_body_of_very_many_parts_is_refused(coding: str) -> None:
    empty, last = COMPRESS[coding](b""), COMPRESS[coding](b"[]")
    assert decode(make_decoder(coding), empty * (MAX_PARTS - 1) + last, 1 << 16) == b"[]"
    with pytest.raises(TooLarge, match="20,000 members or frames"):
        decode(make_decoder(coding), empty * MAX_PARTS + last, 1 << 16)


@coded
def test_a_flipped_byte_is_refused(coding: str) -> None:
    sent = bytearray(COMPRESS[coding](random.Random(1).randbytes(3000)))
    if coding == "zstd":
        sent = bytearray(zstd.compress(PLAIN, options={zstd.CompressionParameter.checksum_flag: 1}))
    sent[-2] ^= 0x10
    with pytest.raises(Invalid, match="not valid"):
        decode(make_decoder(coding), bytes(sent), 100)


def test_a_zstd_window_above_what_http_allows_is_refused() -> None:
    wide: dict[int, int] = {
        zstd.CompressionParameter.window_log: 27,
        zstd.CompressionParameter.content_size_flag: 0,
    }
    packer = zstd.ZstdCompressor(options=wide)
    sent = packer.compress(b"a" * 1000) + packer.flush()
    with pytest.raises(ZstdError):
        decompressor().decompress(sent)
    with pytest.raises(Invalid, match="not valid zstd"):
        decode(make_decoder("zstd"), sent, 100)


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "gzip, zstd", "compress", "*"])
def test_another_coding_or_two_of_them_are_refused_with_what_is_taken(coding: str) -> None:
    with pytest.raises(web.HTTPUnsupportedMediaType) as refused:
        make_decoder(coding)
    assert "identity, gzip, zstd" in (refused.value.text or "")
    assert refused.value.headers["Accept-Encoding"] == "gzip, zstd"


def test_the_budget_is_shared_and_given_back() -> None:
    budget = Budget(100)
    with budget.hold() as first:
        first.take(60)
        with budget.hold() as second:
            second.take(40)
            with pytest.raises(Unavailable) as refused:
                second.take(1)
        assert refused.value.retry_after > 0
        first.take(40)
    assert budget.taken == 0


def test_one_alone_may_have_what_its_own_bounds_allow() -> None:
    budget = Budget(100)
    with budget.hold() as alone:
        alone.take(150)
        alone.take(50)
        with budget.hold() as second, pytest.raises(Unavailable):
            second.take(1)
    assert budget.taken == 0


@pytest.fixture
async def client() -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """A server that answers with the body as it read it, and 400, 413 or 503 with the reason."""
    budget = Budget(4 * LIMIT)

    async def echo(request: web.Request) -> web.Response:
        try:
            with budget.hold() as hold:
                return web.Response(body=await read_body(request, hold, limit=LIMIT))
        except TooLarge as error:
            return web.Response(status=413, text=error.message)
        except Invalid as error:
            return web.Response(status=400, text=error.message)

    app = web.Application()
    app.router.add_post("/", echo)
    server = TestServer(app)
    await server.start_server(auto_decompress=False)
    async with TestClient(server) as client:
        yield client


@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd", "GZIP", "x-gzip"])
async def test_a_body_arrives_decompressed(
    client: TestClient[web.Request, web.Application], coding: str
) -> None:
    pack = COMPRESS.get(coding.lower().removeprefix("x-"), bytes)
    answer = await client.post("/", data=pack(PLAIN), headers={"Content-Encoding": coding})
    assert (answer.status, await answer.read()) == (200, PLAIN)


@coded
async def test_a_bomb_is_stopped_at_the_bound(
    client: TestClient[web.Request, web.Application], coding: str
) -> None:
    bomb = COMPRESS[coding](bytes(300 * LIMIT))
    assert len(bomb) < LIMIT
    answer = await client.post("/", data=bomb, headers={"Content-Encoding": coding})
    assert (answer.status, await answer.text()) == (413, "the body is larger than 1 MiB")


async def test_a_body_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(
    client: TestClient[web.Request, web.Application],
) -> None:
    assert (await client.post("/", data=io.BytesIO(bytes(LIMIT)))).status == 200
    assert (await client.post("/", data=io.BytesIO(bytes(LIMIT + 1)))).status == 413


async def test_a_body_without_a_declared_length_is_bounded_too(
    client: TestClient[web.Request, web.Application],
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(LIMIT // 1000 + 2):
            yield bytes(1000)

    assert (await client.post("/", data=endless())).status == 413


async def test_a_body_that_arrives_too_slowly_is_given_up(
    client: TestClient[web.Request, web.Application], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "MAX_SECONDS", 0.05)
    answered = asyncio.Event()

    async def stalled() -> AsyncIterator[bytes]:
        yield b"a"
        await answered.wait()

    answer = await client.post("/", data=stalled())
    answered.set()
    assert answer.status == 408


async def test_a_chunked_body_cut_off_in_the_middle_is_refused(
    client: TestClient[web.Request, web.Application],
) -> None:
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n")
    answer = await reader.read(4096)
    writer.close()
    assert b" 400 " in answer.splitlines()[0]
