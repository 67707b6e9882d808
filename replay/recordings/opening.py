"""Opening a recording with FFmpeg, which trusts what it opens more than a server may.

Rule 1: only formats that hold sound within themselves: a playlist could name any file or address. Only plain files
        are read.
Rule 2: what FFmpeg finds wrong with a file is one error, `Unplayable`. What the system says stays an OSError.
Rule 3: of a file with pictures the sound counts. Of several sounds it is the one that FFmpeg prefers.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from replay.errors import Unplayable
from replay.recordings.ogg import Link, Part
from replay.recordings.riff import is_wave

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer

__all__ = ["FORMATS", "LEAST_RATE", "MOST_CHANNELS", "MOST_RATE", "Unplayable", "open_recording"]

FORMATS = (
    *("wav", "w64", "aiff", "au", "caf", "voc", "sox"),
    *(
        "flac",
        "mp3",
        "ogg",
        "aac",
        "ac3",
        "eac3",
        "dts",
        "wv",
        "ape",
        "tta",
        "tak",
        "mpc",
        "mpc8",
        "dsf",
        "gsm",
    ),
    *("amr", "amrnb", "amrwb", "mov", "matroska", "asf", "avi", "flv", "mpeg", "mpegts"),
)
"""FFmpeg's names of the containers that are taken."""

LEAST_RATE, MOST_RATE = 1_000, 768_000
"""Frames a second that a recording may have."""
MOST_CHANNELS = 64

WAVE_PACKETS = 8
"""Packets of a WAV file that are searched for another codec's frames (DTS is sold in such files): 32 KiB. FFmpeg
would search thousands, at a cost as high as decoding half a minute."""

MEBIBYTE = 2**20

NOT_AUDIO = "it is no sound file, or a broken one"


@contextmanager
def open_recording(path: Path, link: Link | None = None) -> Iterator[tuple[InputContainer, AudioStream]]:
    """The opened file, or a link of it, and its sound, for the length of the block.

    Raises `Unplayable`, OSError.
    """
    import av

    options = {"format_whitelist": ",".join(FORMATS), "protocol_whitelist": "file"}
    if is_wave(path):
        options["max_probe_packets"] = str(WAVE_PACKETS)
    try:
        with (
            nullcontext(f"file:{path}") if link is None else closing(Part(path, link)) as source,
            av.open(source, "r", options=options, metadata_errors="replace") as container,
        ):
            yield container, _sound(container)
    except av.FFmpegError as error:
        # "Input/output error" is also what FFmpeg calls a container that makes no sense to it.
        if isinstance(error, OSError) and not (error.errno == errno.EIO and _can_be_read(path)):
            raise
        raise Unplayable(NOT_AUDIO) from error


def _can_be_read(path: Path) -> bool:
    """Whether the disk gives all of a file. Raises OSError where it does not."""
    with path.open("rb") as file:
        while file.read(MEBIBYTE):
            pass
    return True


def _sound(container: InputContainer) -> AudioStream:
    stream = container.streams.best("audio")
    if stream is not None and stream.codec_context is not None:
        return stream  # type: ignore[return-value]
    if container.streams.audio:
        raise Unplayable("its sound is in a codec that cannot be decoded")
    if container.streams.video:
        raise Unplayable("it has pictures and no sound")
    raise Unplayable("there is no sound in it")
