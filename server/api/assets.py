"""`/api/v1/assets`: the list, one asset."""

from __future__ import annotations

from aiohttp import web

from server.api.call import Call
from server.http.replies import link, reply
from server.questions.assets import AssetQuestion, AssetsQuestion
from server.reads import assets


async def page(call: Call[AssetsQuestion]) -> web.Response:
    """`GET /api/v1/assets`: newest first."""
    found = await assets.assets(call.services, call.identity, call.query)
    return reply(found.document, position=found.position, headers=link(found.next))


async def one(call: Call[AssetQuestion]) -> web.Response:
    """`GET /api/v1/assets/{id}`."""
    found = await assets.asset(call.services, call.identity, call.id, call.query)
    return reply(found.document, position=found.position)
