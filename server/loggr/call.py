"""One request as a handler of this surface gets it.

Rule 1: a key may come in the form, so the form is read before it is known who asks; it is small.
Rule 2: the log is the one that the path names, and the key must be allowed to use it. The handler names the role.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from server.access import IDENTITY, Identity, Unauthorized, identify, in_form
from server.api.call import SERVICES, Call
from server.loggr.fields import Brought, Fields, read_fields
from server.questions.parameters import path_ids

WAYS = "as `apikey` in the query or the form, or as the password of `Authorization: Basic email:key`"


class Asked(msgspec.Struct, frozen=True):
    """What a request asks: its fields, and the log that it is about."""

    fields: Fields
    log: str


LoggrCall = Call[Asked]
Answer = Callable[[LoggrCall], Awaitable[web.StreamResponse]]


def loggr(answer: Answer) -> Handler:
    """A handler that finds out who asks about which log, parses once, and answers."""

    async def handle(request: web.Request) -> web.StreamResponse:
        services = request.app[SERVICES]
        brought = await read_fields(request, services.bodies)
        identity = await _who(request, brought)
        ids = path_ids(request)
        asked = Asked(brought.fields, identity.one_log(ids["log"]))
        return await answer(Call(request, services, identity, asked, ids))

    return handle


async def _who(request: web.Request, brought: Brought) -> Identity:
    """Who asks: by the query or a header, which were looked at before, else by the form."""
    if IDENTITY in request:
        return request[IDENTITY]
    credential = in_form(brought.credentials)
    if credential is None:
        raise Unauthorized(f"a key is needed: send it {WAYS}", given=False)
    return await identify(request, credential)
