"""Fetching recordings: from allowed prefixes and public addresses, bounded, verified, once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from replay.events import AssetDescribed
from replay.recordings import Known
from server.media import Media, fetching
from server.media.addresses import is_public
from server.media.fetching import Fetcher
from server.settings import Settings
from tests.replay.recordings.making import wav

WAV = wav(0.5)
SHA256 = hashlib.sha256(WAV).hexdigest()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Shop:
    """A server with recordings, and what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.headers: dict[str, str] = {}
        self.status = 200
        self.body = WAV
        self.wait: asyncio.Event | None = None
        self.redirects: dict[str, str] = {}

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        if self.wait is not None:
            await self.wait.wait()
        if request.path in self.redirects:
            return web.Response(status=302, headers={"Location": self.redirects[request.path]})
        return web.Response(body=self.body, status=self.status, headers=self.headers)


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
async def url(shop: Shop) -> AsyncIterator[str]:
    """Where the shop is."""
    app = web.Application()
    app.router.add_get("/{path:.*}", shop.answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/media")).rstrip("/")


@pytest.fixture
async def media(tmp_path: Path, url: str) -> AsyncIterator[Media]:
    """Media of a folder that may fetch from the shop, though it is on loopback."""
    made = Media(Settings(data=tmp_path, media_prefixes=(url,)), keep=True)
    made.fetcher = fetcher(made, most=2**20, budget=2**21)
    yield made
    await made.close()


def fetcher(media: Media, *, most: int, budget: int, allowed: Callable[[str], bool] | None = None) -> Fetcher:
    return Fetcher(media.recordings, most=most, budget=budget, allowed=allowed or (lambda _: True))


async def find(media: Media, url: str, sha256: str | None = None, seconds: float = 30) -> Known:
    return await media.find("default", AssetDescribed(asset="a", url=url, sha256=sha256), seconds)


def kept(media: Media) -> list[Path]:
    return [path for path in media.recordings.fetched.rglob("*") if path.is_file()]


async def test_a_recording_on_a_prefix_is_fetched_once(media: Media, shop: Shop, url: str) -> None:
    found = await find(media, f"{url}/a.wav?version=2")
    assert (found.fault, found.duration) == (None, 500_000_000)
    assert await find(media, f"{url}/a.wav?version=2") == found
    assert shop.asked == ["/media/a.wav?version=2"]
    assert [path.read_bytes() for path in kept(media)] == [WAV]


async def test_many_who_ask_at_once_cause_one_fetch(media: Media, shop: Shop, url: str) -> None:
    found = await asyncio.gather(*(find(media, f"{url}/a.wav") for _ in range(10)))
    assert {one.fault for one in found} == {None}
    assert len(shop.asked) == 1


async def test_what_is_off_the_prefixes_is_never_asked_for(media: Media, shop: Shop, url: str) -> None:
    for other in (url.replace("/media", "/other/a.wav"), f"{url}/../secret", "http://example.invalid/a.wav"):
        found = await find(media, other)
        assert found.fault == "its url lies on no prefix that may be fetched from"
    assert shop.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
async def test_an_address_inside_the_network_is_never_connected_to(
    host: str, shop: Shop, url: str, tmp_path: Path
) -> None:
    inside = url.replace("127.0.0.1", host)
    media = Media(Settings(data=tmp_path, media_prefixes=(inside,)), keep=True)
    assert (await find(media, f"{inside}/a.wav")).fault is not None
    found = await find(media, f"{inside}/b.wav")
    assert found.fault is not None
    assert "is no public address" in found.fault
    assert (shop.asked, kept(media)) == ([], [])
    await media.close()


async def test_the_address_is_looked_at_when_it_is_connected_to(media: Media, shop: Shop, url: str) -> None:
    """A name that meant a public address a moment earlier, and now means this machine."""
    looked: list[str] = []

    def rebound(address: str) -> bool:
        looked.append(address)
        return is_public(address)

    media.fetcher = fetcher(media, most=2**20, budget=2**20, allowed=rebound)
    assert "no public address" in str((await find(media, f"{url}/a.wav")).fault)
    assert looked == ["127.0.0.1"]
    assert shop.asked == []


async def test_a_redirect_is_followed_on_the_prefix_alone(media: Media, shop: Shop, url: str) -> None:
    shop.redirects = {"/media/a": "/media/b", "/media/b": "c", "/media/x": "/other/x"}
    assert (await find(media, f"{url}/a")).fault is None
    assert shop.asked == ["/media/a", "/media/b", "/media/c"]
    found = await find(media, f"{url}/x")
    assert "redirected off the prefixes" in str(found.fault)
    assert shop.asked[3:] == ["/media/x"]


async def test_a_circle_of_redirects_ends(media: Media, shop: Shop, url: str) -> None:
    shop.redirects = {"/media/a": "/media/a"}
    assert "redirected more than 3 times" in str((await find(media, f"{url}/a")).fault)
    assert len(shop.asked) == 4


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"status": 404}, "its server answered 404"),
        ({"status": 206}, "its server answered 206"),
        ({"body": b"<html>"}, "it is no sound file, or a broken one"),
        ({"body": b""}, "it is empty"),
        ({"body": b"\0" * (2**20 + 1)}, "it is larger than 1,048,576 bytes"),
        ({"headers": {"Content-Encoding": "gzip"}}, "its server sent it compressed"),
        ({"redirects": {"/media/a.wav": "http://["}}, "Invalid IPv6 URL"),
    ],
)
async def test_what_cannot_be_taken_is_a_fault_and_leaves_nothing(
    change: dict[str, Any], fault: str, media: Media, shop: Shop, url: str
) -> None:
    for name, value in change.items():
        setattr(shop, name, value)
    found = await find(media, f"{url}/a.wav")
    assert str(found.fault).startswith("it could not be fetched: ")
    assert fault in str(found.fault)
    assert (found.path, kept(media)) == (None, [])


async def test_what_does_not_match_its_sha256_is_not_kept(media: Media, url: str) -> None:
    assert "does not match its sha256" in str((await find(media, f"{url}/a.wav", "0" * 64)).fault)
    assert kept(media) == []
    assert (await find(media, f"{url}/a.wav", SHA256)).key == SHA256


async def test_what_failed_is_not_asked_for_again_at_once(
    media: Media, shop: Shop, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.status = 500
    first = await find(media, f"{url}/a.wav")
    assert await find(media, f"{url}/a.wav") == first
    assert len(shop.asked) == 1
    monkeypatch.setattr(fetching, "AGAIN_AFTER", -1.0)
    shop.status = 500
    await find(media, f"{url}/b.wav")
    shop.status = 200
    assert (await find(media, f"{url}/b.wav")).fault is None


async def test_a_server_that_is_not_there_is_a_fault(tmp_path: Path, unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}"
    media = Media(Settings(data=tmp_path, media_prefixes=(url,)), keep=True)
    media.fetcher = fetcher(media, most=2**20, budget=2**20)
    assert "could not be fetched: " in str((await find(media, f"{url}/a.wav")).fault)
    await media.close()


async def test_a_slow_one_is_waited_for_a_while_and_goes_on(media: Media, shop: Shop, url: str) -> None:
    shop.wait = asyncio.Event()
    assert (await find(media, f"{url}/a.wav", seconds=0.01)).fault == "it is being fetched"
    shop.wait.set()
    assert (await find(media, f"{url}/a.wav")).fault is None
    assert len(shop.asked) == 1


async def test_closing_gives_up_what_is_under_way(media: Media, shop: Shop, url: str) -> None:
    shop.wait = asyncio.Event()
    await find(media, f"{url}/a.wav", seconds=0.01)
    await media.close()
    shop.wait.set()
    assert kept(media) == []


async def test_too_many_are_not_begun(
    media: Media, shop: Shop, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "WAITING", 1)
    shop.wait = asyncio.Event()
    await find(media, f"{url}/a.wav", seconds=0.01)
    assert (await find(media, f"{url}/b.wav")).fault == "too many recordings are being fetched"
    shop.wait.set()


async def test_all_together_stay_within_the_budget(media: Media, url: str) -> None:
    media.fetcher = fetcher(media, most=2**20, budget=len(WAV) * 2)
    for name in "abc":
        assert (await find(media, f"{url}/{name}.wav")).fault is None
    assert len(kept(media)) == 2
    assert (await find(media, f"{url}/c.wav")).fault is None


async def test_a_prefix_that_is_taken_back_closes_what_was_fetched(
    media: Media, url: str, tmp_path: Path
) -> None:
    await find(media, f"{url}/a.wav")
    closed = Media(Settings(data=tmp_path), keep=True)
    assert "on no prefix" in str((await find(closed, f"{url}/a.wav")).fault)
