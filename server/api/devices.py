"""`/api/v1/devices`: the list, and a device's feed in Vinli's manner (the path also in the singular)."""

from __future__ import annotations

from aiohttp import web

from server.api.call import Call
from server.http.replies import link, reply
from server.questions.devices import DeviceQuestion, DevicesQuestion, FeedQuestion
from server.reads import devices as reads
from server.vinli.feed import read_feed


async def page(call: Call[DevicesQuestion]) -> web.Response:
    """`GET /api/v1/devices`: newest first."""
    found = await reads.devices(call.services, call.identity, call.query)
    return reply(found.document, position=found.position, headers=link(found.next))


async def clock(call: Call[DeviceQuestion]) -> web.Response:
    """`GET /api/v1/devices/{id}/clock`."""
    found = await reads.device_clock(call.services, call.identity, call.id, call.query)
    return reply(found.document, position=found.position)


async def feed(call: Call[FeedQuestion]) -> web.Response:
    """`GET /api/v1/devices/{id}/events`."""
    found = await read_feed(call.services, call.identity, call.id, call.query, call.base)
    return reply(found.document, position=found.position)
