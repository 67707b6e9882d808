"""What a recording's file is called and what it is to HTTP, by what it holds."""

from __future__ import annotations

from typing import NamedTuple

from replay.recordings.known import Probe


class Kind(NamedTuple):
    """The ending of a file's name, and its media type (RFC 6838)."""

    ending: str
    media_type: str


OTHER = Kind("bin", "application/octet-stream")
KINDS = {
    "wav": Kind("wav", "audio/wav"),
    "w64": Kind("w64", "audio/x-w64"),
    "aiff": Kind("aiff", "audio/aiff"),
    "au": Kind("au", "audio/basic"),
    "caf": Kind("caf", "audio/x-caf"),
    "flac": Kind("flac", "audio/flac"),
    "mp3": Kind("mp3", "audio/mpeg"),
    "ogg": Kind("ogg", "audio/ogg"),
    "aac": Kind("aac", "audio/aac"),
    "ac3": Kind("ac3", "audio/ac3"),
    "eac3": Kind("eac3", "audio/eac3"),
    "amr": Kind("amr", "audio/amr"),
    "mov": Kind("m4a", "audio/mp4"),
    "matroska": Kind("mka", "audio/matroska"),
    "mpegts": Kind("ts", "video/mp2t"),
}
"""By FFmpeg's name of the container."""
WEBM = Kind("webm", "audio/webm")
WEBM_CODECS = ("opus", "vorbis")


def kind_of(probe: Probe | None) -> Kind:
    """What a recording is, by what it holds and never by its name."""
    if probe is None:
        return OTHER
    if probe.container == "matroska" and probe.codec in WEBM_CODECS:
        return WEBM
    return KINDS.get(probe.container, OTHER)
