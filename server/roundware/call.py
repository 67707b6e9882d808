"""One request as a handler of this surface gets it.

Rule 1: of a parameter that is repeated the last value counts, a blank one is absent, and names that nobody knows
        are ignored: Roundware's own client adds some to every request.
Rule 2: every request is about one log: `?log=`, else the token's only log, else `default`.
Rule 3: an id in a path that cannot be one is not found.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from replay.errors import Invalid, NotFound
from server.access import Role, require
from server.api.call import SERVICES, Call
from server.http.leaving import while_wanted
from server.questions.parameters import path_ids, query_items
from server.roundware.values import SAFE_INTEGER


class Asked(msgspec.Struct, frozen=True):
    """What a request asks: its parameters, and the log that it is about."""

    parameters: dict[str, str]
    log: str


RoundwareCall = Call[Asked]
Answer = Callable[[RoundwareCall], Awaitable[web.StreamResponse]]


def roundware(role: Role, answer: Answer) -> Handler:
    """A handler that lets a role in, parses once, and answers; a read as long as its client waits."""

    async def handle(request: web.Request) -> web.StreamResponse:
        identity = require(request, role)
        parameters = read_parameters(request.rel_url.raw_query_string)
        asked = Asked(parameters, identity.one_log(parameters.get("log")))
        answered = answer(Call(request, request.app[SERVICES], identity, asked, _ids(request)))
        return await (while_wanted(request, answered) if role == "read" else answered)

    return handle


def read_parameters(raw_query: str) -> dict[str, str]:
    """The parameters of a raw query string, the blank ones left out. Raises `Invalid` for a bad escape."""
    last = {name: text.strip() for name, text in query_items(raw_query)}
    return {name: text for name, text in last.items() if text}


def number_of(call: RoundwareCall) -> int:
    """The number that ends the path. Raises `NotFound` for what is none."""
    text = call.id
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(SAFE_INTEGER))):
        raise NotFound(f"there is nothing numbered {text[:64]!r}")
    return int(text)


def _ids(request: web.Request) -> dict[str, str]:
    try:
        return path_ids(request)
    except Invalid as error:
        raise NotFound(error.message) from None
