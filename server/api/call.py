"""One request as a handler of the native surface gets it: who asks, for what, in typed values."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from server.access import Identity, Role, require
from server.access.origin import scheme
from server.http.leaving import while_wanted
from server.questions.parameters import Parameters, path_ids
from server.services import Services

SERVICES = web.AppKey("services", Services)

Q = TypeVar("Q")


@dataclass(frozen=True, slots=True)
class Call(Generic[Q]):
    """A request that was let in. `query` holds its parameters, `ids` the ids of its path, decoded."""

    request: web.Request
    services: Services
    identity: Identity
    query: Q
    ids: dict[str, str]

    @property
    def id(self) -> str:
        """The one id of its path."""
        return self.ids["id"]

    @property
    def base(self) -> str:
        """How absolute links to this server begin: the scheme and host that the caller used."""
        host = self.request.headers.get(hdrs.HOST)
        return f"{scheme(self.request)}://{host}" if host else ""


Answer = Callable[[Call[Q]], Awaitable[web.StreamResponse]]


def native(role: Role, answer: Answer[Q], parameters: Parameters[Q]) -> Handler:
    """A handler that lets a role in, parses once, and answers; a read as long as its client waits."""

    async def handle(request: web.Request) -> web.StreamResponse:
        identity = require(request, role)
        query: Any = parameters.parse(request.rel_url.raw_query_string)
        answered = answer(Call(request, request.app[SERVICES], identity, query, path_ids(request)))
        return await (while_wanted(request, answered) if role == "read" else answered)

    return handle
