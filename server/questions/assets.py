"""What can be asked of assets, and of their recordings."""

from __future__ import annotations

import msgspec

from server.questions.parameters import Parameters, integer, name, seconds, text
from server.questions.read import READ, Read, position

MAX_ASSETS = 500
MAX_ZOOM = 6
MAX_MEDIA = 1e9
"""The latest moment of a recording that can be asked for, in seconds."""


class AssetsQuestion(Read, frozen=True, kw_only=True):
    """Assets, newest first. `text` is looked for in their ids."""

    log: str | None = None
    text: str | None = None
    limit: int = 50
    before: int | None = None


ASSETS = Parameters(
    AssetsQuestion, log=name, text=text(256), limit=integer(1, MAX_ASSETS), before=position, **READ
)


class AssetQuestion(Read, frozen=True, kw_only=True):
    """One asset of one log."""

    log: str | None = None


ASSET = Parameters(AssetQuestion, log=name, **READ)


class UploadQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """The recording is of this log's asset."""

    log: str | None = None


UPLOAD = Parameters(UploadQuestion, log=name)


class PeaksQuestion(AssetQuestion, frozen=True, kw_only=True):
    """A recording's peaks from `start` to `end` (seconds of it), at a zoom or at so many samples a peak."""

    zoom: int | None = None
    samples_per_peak: int | None = None
    start: float | None = None
    end: float | None = None


PEAKS = Parameters(
    PeaksQuestion,
    log=name,
    zoom=integer(0, MAX_ZOOM),
    samples_per_peak=integer(1, 2**31 - 1),
    start=seconds(MAX_MEDIA),
    end=seconds(MAX_MEDIA),
    **READ,
)
