"""Recordings fetched from the addresses that descriptions name, into the cache.

Rule 1: only what lies on a prefix of the setting `media_prefixes` is fetched, only from public addresses, and a
        redirect is followed only to such a place. Proxies of the environment are not used.
Rule 2: it is bounded: in bytes, in time, in how many are fetched at once and how many wait. All that was fetched
        together has a budget; what was fetched longest ago goes first.
Rule 3: each address is fetched once, whoever asks. One that failed is not tried again for a while.
Rule 4: what holds no sound, or is not what its description's `sha256` says, is not kept.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import aiohttp
from aiohttp import hdrs
from yarl import URL

from replay.errors import PlayheadError
from replay.events import AssetDescribed
from replay.recordings import Recordings
from replay.recordings.drafts import Draft, check_room, draft
from replay.recordings.evicting import trim
from replay.recordings.keeping import examine
from server.media.addresses import Allowed, connect_only_to, is_public

AT_ONCE = 4
WAITING = 200
REDIRECTS = 3
MOST_SECONDS = 900.0
CONNECT_SECONDS = 10.0
QUIET_SECONDS = 30.0
AGAIN_AFTER = 60.0
REMEMBERED = 1000
STEP = 256 * 1024

MOVED = (301, 302, 303, 307, 308)


class Failed(PlayheadError):
    """A recording that could not be fetched; the message is a sentence's end."""


class Fetcher:
    """Fetches recordings. `most` is the largest one, `budget` what all may take, in bytes.

    `allowed` tells which IP addresses may be connected to.
    """

    def __init__(
        self, recordings: Recordings, *, most: int, budget: int, allowed: Allowed = is_public
    ) -> None:
        self._recordings = recordings
        self._most = most
        self._budget = budget
        self._allowed = allowed
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[Path, asyncio.Task[None]] = {}
        self._failed: OrderedDict[Path, tuple[float, str]] = OrderedDict()

    async def fetch(self, description: AssetDescribed, seconds: float) -> str | None:
        """Fetch a description's recording, waiting so long at most; None when it is there, else why not."""
        target = self._recordings.file_of_address(description)
        until, fault = self._failed.get(target, (0.0, ""))
        if time.monotonic() < until:
            return fault
        task = self._under_way.get(target)
        if task is None:
            if len(self._under_way) >= WAITING:
                return "too many recordings are being fetched"
            task = asyncio.create_task(self._fetch(description, target))
            self._under_way[target] = task
        await asyncio.wait({task}, timeout=seconds)
        if not task.done():
            return "it is being fetched"
        _, fault = self._failed.get(target, (0.0, ""))
        return fault or None

    async def close(self) -> None:
        """Give up what is being fetched."""
        for task in list(self._under_way.values()):
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _fetch(self, description: AssetDescribed, target: Path) -> None:
        try:
            async with self._slots:
                await self._into_place(description, target)
            self._failed.pop(target, None)
        except PlayheadError as error:
            self._note(target, f"it could not be fetched: {error.message}")
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            self._note(target, f"it could not be fetched: {_reason(error)}")
        finally:
            self._under_way.pop(target, None)

    def _note(self, target: Path, fault: str) -> None:
        self._failed[target] = (time.monotonic() + AGAIN_AFTER, fault)
        self._failed.move_to_end(target)
        if len(self._failed) > REMEMBERED:
            self._failed.popitem(last=False)

    async def _into_place(self, description: AssetDescribed, target: Path) -> None:
        with draft(self._recordings.fetched) as begun:
            async with asyncio.timeout(MOST_SECONDS), self._session() as session:
                await self._receive(session, description.url or "", begun)
            examined = await asyncio.to_thread(examine, begun)
            if description.sha256 not in (None, examined.sha256):
                raise Failed("it does not match its sha256")
            await asyncio.to_thread(begun.place, target)
        await asyncio.to_thread(trim, self._recordings.fetched, self._budget, spare=target)

    def _session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(socket_factory=connect_only_to(self._allowed), force_close=True)
        timeout = aiohttp.ClientTimeout(None, sock_connect=CONNECT_SECONDS, sock_read=QUIET_SECONDS)
        return aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False)

    async def _receive(self, session: aiohttp.ClientSession, url: str, begun: Draft) -> None:
        for _ in range(REDIRECTS + 1):
            async with session.get(
                URL(url, encoded=True), allow_redirects=False, headers={hdrs.ACCEPT_ENCODING: "identity"}
            ) as response:
                if response.status not in MOVED:
                    await self._body(response, begun)
                    return
                url = urljoin(url, response.headers.get(hdrs.LOCATION, ""))
            if not self._recordings.may_fetch(url):
                raise Failed("it was redirected off the prefixes that may be fetched from")
        raise Failed(f"it was redirected more than {REDIRECTS} times")

    async def _body(self, response: aiohttp.ClientResponse, begun: Draft) -> None:
        if response.status != HTTPStatus.OK:
            raise Failed(f"its server answered {response.status}")
        if response.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity":
            raise Failed("its server sent it compressed")
        size = response.content_length or 0
        self._check(size)
        await asyncio.to_thread(check_room, begun.path.parent, size)
        async for chunk in response.content.iter_chunked(STEP):
            self._check(begun.size + len(chunk))
            await asyncio.to_thread(begun.write, chunk)

    def _check(self, size: int) -> None:
        if size > min(self._most, self._budget):
            raise Failed(f"it is larger than {min(self._most, self._budget):,} bytes")


def _reason(error: Any) -> str:
    if isinstance(error, TimeoutError):
        return "it took too long"
    if isinstance(error, aiohttp.ClientConnectorError):
        return str(error.os_error.strerror or error.os_error).lower()
    return str(error)[:200] or type(error).__name__
