"""Assets, read: for `/api/v1/assets` and for the command line.

Rule 1: an asset is what somebody described; it stands where it was described first, so that pages stay as they are.
Rule 2: a list looks only at which files are there; what is in them is said by one asset, which looks into its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from projections import AssetFilter, AssetRow
from replay.clock import to_seconds
from replay.errors import NotFound
from replay.events import AssetDescribed
from replay.log.contract import Record
from replay.recordings import Known
from replay.recordings.kinds import kind_of
from server.access import Identity
from server.http.replies import with_query
from server.questions.assets import AssetQuestion, AssetsQuestion
from server.questions.read import asked
from server.reads.answers import Answer
from server.reads.documents import API, item_path, log_query
from server.reads.standing import view_position
from server.services import Services


async def assets(services: Services, identity: Identity, question: AssetsQuestion) -> Answer:
    """Assets, newest first by the position of their first description."""
    wanted = AssetFilter(logs=identity.all_logs(question.log), log=question.log, text=question.text)
    await view_position(services, question)
    page = await services.projections.assets.list(wanted, question.before, question.limit)
    found = await _documents(services, page.assets)
    path = None
    if page.next is not None:
        path = with_query(f"{API}/assets", {**asked(question), "before": page.next}.items())
    return Answer({"assets": found, "position": page.position, "next": path}, page.position, path)


async def asset(services: Services, identity: Identity, id: str, question: AssetQuestion) -> Answer:
    """One asset, and what its recording holds. Raises `NotFound`."""
    log = identity.one_log(question.log)
    position = await view_position(services, question)
    record = await find_description(services, log, id)
    known = await services.media.look(log, description_of(record))
    return Answer(asset_document(log, id, record, known), position)


async def find_description(services: Services, log: str, asset: str) -> Record:
    """The record that describes an asset last. Raises `NotFound`."""
    record = await services.projections.assets.description(log, asset)
    if record is None:
        raise NotFound(f"there is no asset {asset!r} in log {log!r}")
    return record


def description_of(record: Record) -> AssetDescribed:
    """What a record says of an asset."""
    return msgspec.convert(record.event().data, AssetDescribed)


def asset_document(log: str, asset: str, record: Record, known: Known) -> dict[str, Any]:
    """An asset as JSON shows it. `description` is what its last description says, `position` where that stands."""
    path, of_log = item_path("assets", asset), log_query(log)
    return {
        "asset": asset,
        "log": log,
        "description": record.event().data,
        "recording": recording_document(known),
        "position": record.position,
        "links": {
            "self": path + of_log,
            "audio": f"{path}/audio{of_log}",
            "peaks": f"{path}/peaks{of_log}",
        },
    }


def recording_document(known: Known) -> dict[str, Any]:
    """What is there of a recording. What it holds is there where somebody has looked into it."""
    document: dict[str, Any] = {"there": known.fault is None, "fault": known.fault}
    if known.probe is not None:
        document |= {
            "duration": to_seconds(known.probe.duration),
            "container": known.probe.container,
            "codec": known.probe.codec,
            "channels": known.probe.channels,
            "rate": known.probe.rate,
            "cut_off": known.probe.cut_off,
            "media_type": kind_of(known.probe).media_type,
        }
    return document


async def _documents(services: Services, rows: Sequence[AssetRow]) -> list[dict[str, Any]]:
    """The assets of a page; one whose last description was erased since is left out."""
    records = await services.log.get([row.last for row in rows])
    described = {record.position: record for record in records if not record.erased}
    found = [(row, described[row.last]) for row in rows if row.last in described]
    descriptions = [(row.log, description_of(record)) for row, record in found]
    glances = await asyncio.to_thread(
        lambda: [services.media.recordings.glance(log, one) for log, one in descriptions]
    )
    return [
        asset_document(row.log, row.asset, record, known)
        for (row, record), known in zip(found, glances, strict=True)
    ]
