"""`GET /api/v1/assets/{id}/peaks`: a recording's waveform, as audiowaveform's `.dat` or JSON."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
from aiohttp import hdrs, web

from replay.clock import NANOSECONDS, to_nanoseconds, to_seconds
from replay.errors import Invalid, NotFound
from replay.recordings.known import Probe
from replay.recordings.peaks import zooms_of
from replay.recordings.waveform import read
from server.api.assets_audio import find_recording
from server.api.call import Call
from server.http.ranged import PRIVATE
from server.http.replies import JSON, VARIES, matches, negotiate, reply
from server.media.room import disk_trouble
from server.questions.assets import PeaksQuestion
from server.reads.standing import view_position

BINARY = "application/octet-stream"
START = "Playhead-Start"
"""The header that tells where in the recording the first peak begins, in seconds."""
FITS = 4096
"""Peaks that an answer has at most when no zoom is asked for."""


class Part(msgspec.Struct, frozen=True):
    """Which peaks are asked for: those of so many `frames`, from `first` (inclusive) to `stop` (exclusive)."""

    frames: int
    first: int
    stop: int


async def get(call: Call[PeaksQuestion]) -> web.Response:
    """The peaks of a recording, or of a part of it, at a zoom."""
    form = negotiate(call.request.headers.get(hdrs.ACCEPT), (JSON, BINARY))
    position = await view_position(call.services, call.query)
    known, _ = await find_recording(call)
    if known.probe is None or known.fault is not None:
        raise NotFound(f"there is no recording of asset {call.id!r}: {known.fault}")
    part = choose(call.query, known.probe)
    etag = f'"{known.key}-{part.frames}-{part.first}-{part.stop}-{form}"'
    headers = {**PRIVATE, **VARIES, hdrs.ETAG: etag}
    if matches(call.request.headers.get(hdrs.IF_NONE_MATCH), etag):
        return reply(b"", position=position, status=304, headers=headers)
    path = await call.services.media.drawing.file(known, part.frames)
    with disk_trouble():
        body = await asyncio.to_thread(_body, path, part, form)
    headers[START] = f"{to_seconds(part.first * part.frames * NANOSECONDS // known.probe.rate):.9f}"
    return reply(body, position=position, content_type=form, headers=headers)


def choose(question: PeaksQuestion, probe: Probe) -> Part:
    """The part that a question asks for. Raises `Invalid`."""
    start = to_nanoseconds(question.start or 0)
    stop = probe.duration if question.end is None else min(to_nanoseconds(question.end), probe.duration)
    if question.end is not None and to_nanoseconds(question.end) < start:
        raise Invalid("end", "end is before start")
    frames = _zoom(question, zooms_of(probe), (stop - start) * probe.rate // NANOSECONDS)
    peak = frames * NANOSECONDS
    return Part(frames, start * probe.rate // peak, max(-(-stop * probe.rate // peak), 0))


def _zoom(question: PeaksQuestion, zooms: tuple[int, ...], wanted: int) -> int:
    """The zoom for a part of so many frames: the one asked for, or the coarsest that is as fine, or fine enough."""
    if question.zoom is not None and question.samples_per_peak is not None:
        raise Invalid("zoom", "zoom and samples_per_peak exclude each other: give one of them")
    if question.zoom is not None:
        return zooms[min(question.zoom, len(zooms) - 1)]
    if question.samples_per_peak is not None:
        return max((zoom for zoom in zooms if zoom <= question.samples_per_peak), default=zooms[0])
    return next((zoom for zoom in zooms if wanted <= zoom * FITS), zooms[-1])


def _body(path: Path, part: Part, form: str) -> bytes:
    waveform = read(path, part.first, part.stop)
    return waveform.encode() if form == BINARY else msgspec.json.encode(waveform.document())
