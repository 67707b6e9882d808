"""`/api/v1/assets/{id}/audio`: a recording in, out, and away.

Rule 1: what comes in is what its bytes are: its `Content-Type` is not asked. It goes to the disk as it arrives, and
        is gone again unless all of it came and there is sound in it.
Rule 2: what goes out is told as what its bytes are, and is never guessed at, nor taken for a page.
"""

from __future__ import annotations

import asyncio
import os
import re
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar
from urllib.parse import quote

from aiohttp import hdrs, web

from replay.errors import NotFound, TooLarge
from replay.events import AssetDescribed
from replay.recordings import Known
from replay.recordings.drafts import Draft, check_room, draft
from replay.recordings.kinds import Kind, kind_of
from server.api.bodies import chunks
from server.api.call import Call
from server.api.ingest import acknowledge
from server.http.ranged import Content, send
from server.http.replies import POSITION, reply
from server.intake.storing import remove, store
from server.media.room import disk_trouble
from server.questions.assets import AssetQuestion, UploadQuestion
from server.reads.assets import description_of, find_description, recording_document
from server.reads.standing import view_position
from server.services.files import read_file

STEP = 1024 * 1024
"""Bytes that are written at once."""
QUIET_SECONDS = 60.0
MOST_SECONDS = 2 * 3600.0

LONGEST_NAME = 120
_NO_FILE_NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 ._()-]")

Q = TypeVar("Q", bound=AssetQuestion)


async def put(call: Call[UploadQuestion]) -> web.Response:
    """`PUT /api/v1/assets/{id}/audio`: store a recording, and describe its asset anew."""
    services = call.services
    log = call.identity.one_log(call.query.log)
    services.check_running()
    _check_form(call)
    await services.projections.assets.description(
        log, call.id
    )  # while that cannot be read, nothing is received
    with services.uploads.slot(), disk_trouble(), draft(services.media.recordings.media) as begun:
        check_room(begun.path.parent, call.request.content_length or 0)
        await _receive(call, begun)
        stored = await store(services, log, call.id, begun)
    recording = stored.recording
    known = Known(None, recording.sha256, recording.probe.duration, None, recording.probe)
    return await acknowledge(
        services,
        call.request,
        [stored.receipt],
        asset=call.id,
        log=log,
        sha256=recording.sha256,
        recording=recording_document(known),
    )


async def get(call: Call[AssetQuestion]) -> web.StreamResponse:
    """`GET /api/v1/assets/{id}/audio`: the recording's own bytes, or a range of them."""
    position = await view_position(call.services, call.query)
    known, description = await find_recording(call)
    if known.path is None or known.fault is not None:
        raise NotFound(f"there is no recording of asset {call.id!r}: {known.fault}")
    with disk_trouble():
        file = await asyncio.to_thread(_open, known.path)
    try:
        kind = kind_of(known.probe)
        content = Content(
            size=os.fstat(file.fileno()).st_size,
            etag=f'"{known.key}"',
            content_type=kind.media_type,
            source=partial(read_file, file),
            headers={hdrs.CONTENT_DISPOSITION: _disposition(description, kind), POSITION: str(position)},
        )
        return await send(call.request, content, write_timeout=call.services.settings.write_timeout)
    finally:
        await asyncio.to_thread(file.close)


async def delete(call: Call[UploadQuestion]) -> web.Response:
    """`DELETE /api/v1/assets/{id}/audio`: the file, unless another asset of the log has it too."""
    call.services.check_running()
    log = call.identity.one_log(call.query.log)
    await remove(call.services, log, call.id)
    return reply({"asset": call.id, "log": log, "removed": True}, position=call.services.projections.position)


async def find_recording(call: Call[Q]) -> tuple[Known, AssetDescribed]:
    """What is there of the recording that a request is about, fetched where it may be. Raises `NotFound`."""
    log = call.identity.one_log(call.query.log)
    description = description_of(await find_description(call.services, log, call.id))
    return await call.services.media.find(log, description), description


def _check_form(call: Call[UploadQuestion]) -> None:
    """Refuse before anything is read what is too large, or coded: a recording is sent as it is."""
    limit = call.services.settings.max_recording
    if (call.request.content_length or 0) > limit:
        raise TooLarge("body", f"the recording is larger than {limit:,} bytes")
    coding = call.request.headers.get(hdrs.CONTENT_ENCODING, "").strip().lower()
    if coding not in ("", "identity"):
        raise web.HTTPUnsupportedMediaType(text="a recording is sent as it is, without a Content-Encoding")


async def _receive(call: Call[UploadQuestion], begun: Draft) -> None:
    """Write the body as it arrives. Raises `TooLarge`, `Invalid` when it ends early, and aiohttp's 408."""
    gathered = bytearray()
    arriving = aiter(chunks(call.request, call.services.settings.max_recording))
    try:
        async with asyncio.timeout(MOST_SECONDS):
            while chunk := await asyncio.wait_for(anext(arriving, b""), QUIET_SECONDS):
                gathered += chunk
                if len(gathered) >= STEP:
                    await asyncio.to_thread(begun.write, bytes(gathered))
                    gathered.clear()
    except TimeoutError:
        raise web.HTTPRequestTimeout(
            text=f"the recording stopped arriving for {QUIET_SECONDS:g} seconds, or took {MOST_SECONDS:g}"
        ) from None
    await asyncio.to_thread(begun.write, bytes(gathered))


def _open(path: Path) -> BinaryIO:
    """Open a file that is no link. Raises OSError."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb", buffering=0)


def _disposition(description: AssetDescribed, kind: Kind) -> str:
    """How it is saved (RFC 6266): under its title, and in plain letters for who knows no others."""
    name = f"{(description.title or description.asset)[:LONGEST_NAME]}.{kind.ending}"
    name = _NO_FILE_NAME.sub("_", name)
    plain = _NOT_PLAIN.sub("_", name)
    saved = f'inline; filename="{plain}"'
    return saved if plain == name else f"{saved}; filename*=UTF-8''{quote(name, safe='')}"
