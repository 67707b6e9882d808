"""Lists of devices, and what a device's clock shows."""

from __future__ import annotations

import asyncio

from projections.feeds import DeviceFilter
from replay.clocks import estimate_clock
from replay.clocks.document import clock_document
from replay.timeline import place
from replay.timeline.correction import reading_of
from server.access import Identity
from server.questions.devices import DeviceQuestion, DevicesQuestion
from server.reads.answers import Answer, next_page
from server.reads.documents import device_document
from server.reads.standing import view_position
from server.services import Services

CLOCK_RECORDS = 1000
"""The records that a device's clock is told from, when it is asked for by itself: those that happened last."""


async def devices(services: Services, identity: Identity, question: DevicesQuestion) -> Answer:
    """Devices, newest first by the position of their first record."""
    wanted = DeviceFilter(logs=identity.all_logs(question.log), log=question.log, text=question.text)
    await view_position(services, question)
    page = await services.projections.feeds.devices(wanted, question.before, question.limit)
    path = None if page.next is None else next_page("devices", question, before=page.next)
    found = [device_document(row) for row in page.devices]
    return Answer({"devices": found, "position": page.position, "next": path}, page.position, path)


async def device_clock(services: Services, identity: Identity, id: str, question: DeviceQuestion) -> Answer:
    """What a device's latest records tell of its clock. Raises `NotFound`."""
    log = identity.one_log(question.log)
    position = await view_position(services, question)
    feeds = services.projections.feeds
    await feeds.device(log, id)
    records = await services.log.get(sorted(await feeds.latest(log, id, limit=CLOCK_RECORDS)))
    readings = [reading_of(place(record)) for record in records if not record.erased]
    clock = await asyncio.to_thread(estimate_clock, id, readings)
    return Answer({"log": log, **clock_document(clock)}, position)
