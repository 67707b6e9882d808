"""A server as its users see it: what a test sends over HTTP, and what comes back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
import msgspec
from yarl import URL

from server.services import Services

Headers = Mapping[str, str]

NATIVE: Headers = {"Accept": "application/json, application/problem+json"}
"""What a native client accepts: on the paths that are Vinli's too, errors come natively for that."""


@dataclass(frozen=True)
class Reply:
    """An answer, read to its end."""

    status: int
    headers: Headers
    body: bytes

    @property
    def document(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def position(self) -> int:
        return int(self.headers["Playhead-Position"])

    @property
    def faults(self) -> list[tuple[int | None, str | None, str]]:
        """(index, field, detail) of each fault that a problem names."""
        assert self.headers["Content-Type"] == "application/problem+json"
        return [
            (fault.get("index"), fault.get("field"), fault["detail"])
            for fault in self.document.get("errors", [])
        ]


class Api:
    """A running server, and one token of each kind. `tokens` maps a name to a secret."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, services: Services, tokens: dict[str, str]
    ) -> None:
        self.session = session
        self.url = url
        self.services = services
        self.tokens = tokens

    def target(self, path: str, parameters: Mapping[str, object] | None = None) -> URL:
        """A path that is already percent-encoded, as a URL that is sent as it stands."""
        query = f"?{urlencode(dict(parameters))}" if parameters else ""
        return URL(f"{self.url}{path}{query}", encoded=True)

    def headers(self, token: str | None, headers: Headers | None = None) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {self.tokens[token]}"} if token else {}
        return {**bearer, **(headers or {})}

    async def ask(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, object] | None = None,
        *,
        token: str | None = "admin",
        headers: Headers | None = None,
        body: Any = None,
    ) -> Reply:
        sent = self.headers(token, headers)
        if isinstance(body, bytes):
            body = io.BytesIO(body)
        target = self.target(path, parameters)
        async with self.session.request(
            method, target, headers=sent, data=body, allow_redirects=False
        ) as answer:
            return Reply(answer.status, answer.headers, await answer.read())

    async def get(self, path: str, parameters: Mapping[str, object] | None = None, **more: Any) -> Reply:
        return await self.ask("GET", path, parameters, **more)

    async def send(self, *events: object, **more: Any) -> Reply:
        """Post events as a JSON array."""
        headers = {"Content-Type": "application/json", **more.pop("headers", {})}
        body = msgspec.json.encode(events)
        path = more.pop("path", "/api/v1/events")
        return await self.ask("POST", path, body=body, headers=headers, **more)


def event(id: str | None = None, type: str = "heartbeat", **more: object) -> dict[str, object]:
    """An event as a sender writes it; what is None is left out."""
    fields = {"id": id, "source": "test", "type": type, **more}
    return {name: value for name, value in fields.items() if value is not None}
