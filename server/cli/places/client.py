"""A server, as the command line speaks to it: documents in, documents out, problems as the domain's errors.

Rule 1: what the server refuses raises the same error that it raised there, with the same message.
Rule 2: it asks for problem details by name: some paths tell others what went wrong in an older manner.
Rule 3: a token goes to the server that was named and to no other: redirects are not followed.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec
from aiohttp import hdrs
from yarl import URL

from replay.errors import Conflict, Erased, Invalid, NotFound, PlayheadError, TooLarge, Unavailable
from server.access.errors import Forbidden, Misdirected, Unauthorized
from server.cli.documents import Query
from server.cli.places.sse import Message, parse
from server.http.problems import CONTENT_TYPE
from server.http.replies import with_query

UNREADY = frozenset({503})
CONNECT_SECONDS = 10.0
SECONDS = 60.0
"""How long a server may be silent within an answer."""
UPLOAD_SECONDS = 600.0
"""How long a server may look into a recording that it was sent."""
QUIET_SECONDS = 120.0
"""How long a live stream may be without a sign of life before it counts as broken."""


class Client:
    """A connection to one server: `async with Client(url, token) as client`."""

    def __init__(self, url: str, token: str | None) -> None:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Invalid(
                "url", f"{url[:200]!r} is not the address of a server, such as http://localhost:8642"
            )
        self.url = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def __aenter__(self) -> Client:
        self._session = aiohttp.ClientSession(headers=self._headers)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def get(self, path: str, query: Query | None = None, *, accept_unready: bool = False) -> Any:
        """The document at a path; with `accept_unready` also when it comes with 503, as `/readyz` does.

        Raises the error that the answer tells of, `Unavailable` without any.
        """
        headers = {"Accept": f"application/json, {CONTENT_TYPE}"}
        accepted = UNREADY if accept_unready else frozenset()
        async with self._request("GET", path, query, headers, accepted=accepted) as response:
            return await _document(response)

    async def download(self, path: str, query: Query) -> AsyncGenerator[bytes, None]:
        """The bytes at a path, in pieces. Raises as `get` does, also when they end before their end."""
        async with self._request("GET", path, query, {}) as response:
            async for chunk in response.content.iter_any():
                yield chunk

    async def post(
        self, path: str, body: bytes, headers: Mapping[str, str], query: Query | None = None
    ) -> Any:
        """What the server answers to a body. Raises as `get` does."""
        async with self._request("POST", path, query, headers, body) as response:
            return await _document(response)

    async def put(self, path: str, body: AsyncIterator[bytes], size: int, query: Query | None = None) -> Any:
        """What the server answers to a large body of so many bytes. Raises as `get` does."""
        headers = {"Content-Length": str(size), "Content-Type": "application/octet-stream"}
        async with self._request("PUT", path, query, headers, body, silence=UPLOAD_SECONDS) as response:
            return await _document(response)

    async def stream(self, path: str, query: Query, last_id: str | None) -> AsyncGenerator[Message, None]:
        """The messages of a live stream until it breaks off, from `last_id` on. Raises as `get` does."""
        headers = {"Accept": "text/event-stream"}
        if last_id is not None:
            headers["Last-Event-ID"] = last_id
        async with self._request("GET", path, query, headers, silence=QUIET_SECONDS) as response:
            async for message in parse(response.content.iter_any()):
                yield message

    @asynccontextmanager
    async def _request(
        self,
        method: str,
        path: str,
        query: Query | None,
        headers: Mapping[str, str],
        body: bytes | AsyncIterator[bytes] | None = None,
        silence: float = SECONDS,
        accepted: frozenset[int] = frozenset(),
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        try:
            async with self._session.request(
                method,
                URL(self.url + with_query(path, (query or {}).items()), encoded=True),
                headers=headers,
                data=body,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=silence),
            ) as response:
                if response.status >= 300 and response.status not in accepted:
                    raise await _error(response)
                yield response
        except (aiohttp.InvalidURL, UnicodeError):
            raise Invalid("url", f"{self.url!r} is not the address of a server") from None
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Unavailable(f"no answer from {self.url}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it took too long"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "it closed the connection"
    if isinstance(error, aiohttp.ClientConnectorError):
        number = error.errno or 0  # below 0 are the resolver's own
        reason = os.strerror(number) if number > 0 else error.os_error.strerror
        return str(reason or error.os_error).lower()
    return str(error) or type(error).__name__


async def _document(response: aiohttp.ClientResponse) -> Any:
    try:
        return msgspec.json.decode(await response.read())
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise PlayheadError(f"{response.url.origin()} does not answer as Playhead does") from None


async def _error(response: aiohttp.ClientResponse) -> PlayheadError:
    """The error that an answer tells of."""
    problem = _problem(await response.read())
    if problem is None:
        what = f"{response.status} {response.reason}"
        if hdrs.LOCATION in response.headers:
            what += f" to {response.headers[hdrs.LOCATION]}"
        return PlayheadError(f"{response.url.origin()} does not answer as Playhead does: {what}")
    detail = str(problem.get("detail") or problem.get("title") or f"the server answered {response.status}")
    return _raised(response, problem, detail)


def _problem(body: bytes) -> dict[str, Any] | None:
    try:
        problem = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return problem if isinstance(problem, dict) else None


def _raised(response: aiohttp.ClientResponse, problem: dict[str, Any], detail: str) -> PlayheadError:
    errors = problem.get("errors") or [{}]
    index, field = errors[0].get("index"), errors[0].get("field")
    first = str(errors[0].get("detail", detail))
    match response.status:
        case 400 | 415 | 422:
            return Invalid(str(field or "request"), first, index)
        case 413:
            return TooLarge(str(field or "request"), first, index)
        case 401:
            given = hdrs.AUTHORIZATION in response.request_info.headers
            return Unauthorized(detail if given else "the server wants a token", given=given)
        case 403:
            return Forbidden(first, field=field, index=index)
        case 404:
            return NotFound(detail)
        case 409:
            return Conflict(first, index=index)
        case 410:
            return Erased(detail)
        case 421:
            return Misdirected(detail)
        case 429 | 502 | 503 | 504:
            return Unavailable(detail, _seconds(response.headers.get(hdrs.RETRY_AFTER)))
        case _:
            return PlayheadError(detail)


def _seconds(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 1
