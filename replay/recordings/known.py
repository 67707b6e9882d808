"""What is known of an asset's recording when it is looked for."""

from __future__ import annotations

from pathlib import Path

import msgspec

MISSING = "missing"
"""The key of a recording that is not there."""


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """What a recording holds. `duration` is in nanoseconds, `rate` in frames a second.

    `container` and `codec` are FFmpeg's names. `cut_off` tells that its header promises more than is there, or that
    it is a chain of more links than are read.
    """

    container: str
    codec: str
    channels: int
    rate: int
    duration: int
    cut_off: bool = False


class Known(msgspec.Struct, frozen=True):
    """What is there of an asset's recording.

    `fault` is None when it is there and can be decoded, else one sentence that says why not. `key` is the identity
    of the content, for entity tags: its SHA-256 where the description names it, else a stamp that changes with the
    file, and `MISSING` without one. `duration` is how long it really is, in nanoseconds. `path` is the file, whole
    or broken; `probe` is what it holds, where it could be read.
    """

    path: Path | None
    key: str
    duration: int | None
    fault: str | None
    probe: Probe | None = None


UNDESCRIBED = Known(None, MISSING, None, "it has no description")
"""What is there of the recording of an asset that nobody has described."""
