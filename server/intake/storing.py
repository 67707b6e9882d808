"""An asset's recording stored: put in its place, and told to the log.

Rule 1: the log has the last word. A recording without a description is no one's, so it is placed first and
        described next; what a crash leaves between the two is placed again by the retry.
Rule 2: the description is the asset's last one with `url`, `sha256` and `duration` changed: its title, its place
        and whatever else it says stay. Where it says all of that already, its own receipt is the answer.
Rule 3: its id is made of what it follows and what it says, so that the same upload twice at once is one event.
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import Any

import msgspec

from replay.clock import to_seconds
from replay.envelope import parse_event
from replay.errors import Conflict, NotFound
from replay.events import AssetDescribed
from replay.ids import derived_id
from replay.log.contract import Receipt
from replay.recordings.drafts import Draft
from replay.recordings.inside import Outside, relative_parts
from replay.recordings.keeping import Examined, examine, place
from replay.recordings.known import Known
from server.media.room import disk_trouble
from server.questions.read import Read
from server.reads.assets import description_of, find_description
from server.reads.standing import view_position
from server.services import Services

SOURCE = "/api/v1/assets"
DESCRIBED = "asset-described"


class Stored(msgspec.Struct, frozen=True):
    """A stored recording: what it is, and the receipt of its description."""

    recording: Examined
    receipt: Receipt


async def store(services: Services, log: str, asset: str, draft: Draft) -> Stored:
    """Make a written draft the recording of an asset.

    Raises `Unplayable`, `TooLarge` (its description has grown too large), `Unavailable`.
    """
    with disk_trouble():
        async with services.media.looking:
            examined = await asyncio.to_thread(examine, draft)
        async with services.media.placing:
            await asyncio.to_thread(place, services.media.recordings, log, draft, examined)
            return Stored(examined, await _describe(services, log, asset, examined))


async def remove(services: Services, log: str, asset: str) -> None:
    """Remove an asset's recording from its log's folder, and what the cache has of it.

    Raises `NotFound` when there is none, and `Conflict` when another asset's description names it too.
    """
    async with services.media.placing:
        description = await described(services, log, asset)
        known = await asyncio.to_thread(services.media.recordings.find, log, description)
        if known.path is None:
            raise NotFound(f"there is no recording of asset {asset!r} in log {log!r}: {known.fault}")
        await _check_unshared(services, log, asset, known)
        with disk_trouble():
            await services.media.drawing.forget(known)
            await services.renders.forget(known)
            async with services.encodings.forgetting(log):
                await asyncio.to_thread(services.media.recordings.remove, known.path)


async def described(services: Services, log: str, asset: str) -> AssetDescribed:
    """The last description of an asset. Raises `NotFound`."""
    return description_of(await find_description(services, log, asset))


async def _describe(services: Services, log: str, asset: str, examined: Examined) -> Receipt:
    await _settle(services)
    last = await services.projections.assets.description(log, asset)
    before: dict[str, Any] = {} if last is None else last.event().data
    data = {
        **before,
        "asset": asset,
        "url": examined.url,
        "sha256": examined.sha256,
        "duration": to_seconds(examined.probe.duration),
    }
    if last is not None and before == data:
        event = last.event()
        return Receipt(event.id, event.source, last.position, "already-stored")
    erasure = await services.projections.timelines.newest_erasure(log)
    follows = "" if last is None else str(last.position)
    id_ = derived_id(log, asset, examined.sha256, follows, str(erasure))
    fields = {"id": id_, "source": SOURCE, "type": DESCRIBED, "data": data}
    services.check_running()
    replaces = before.get("url") not in (None, examined.url)
    async with services.encodings.forgetting(log) if replaces else nullcontext():
        with services.trouble.noted():
            [receipt] = await services.log.append([parse_event(fields, log=log)])
    return receipt


async def _settle(services: Services) -> None:
    """Wait until the views have passed all that the log holds."""
    await view_position(services, Read(), (await services.log.head()).position)


async def _check_unshared(services: Services, log: str, asset: str, known: Known) -> None:
    """Raise `Conflict` when a description of another asset leads to the same file."""
    await _settle(services)
    async for record in services.projections.assets.descriptions(log):
        other = description_of(record)
        if other.asset != asset and _leads_to(services, log, other, known):
            raise Conflict(f"the recording is that of asset {other.asset!r} too")


def _leads_to(services: Services, log: str, description: AssetDescribed, known: Known) -> bool:
    recordings = services.media.recordings
    if description.url is None:
        return False
    if recordings.may_fetch(description.url):
        return recordings.file_of_address(description) == known.path
    try:
        return recordings.folder(log).joinpath(*relative_parts(description.url)) == known.path
    except Outside:
        return False
