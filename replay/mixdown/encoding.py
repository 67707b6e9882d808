"""Samples as FLAC, MP3 or Opus, encoded as they are made.

Rule 1: the same samples give the same bytes: encoders are told to be exact, and have one thread.
Rule 2: what is sent is never changed afterwards. So a header says beforehand how long the sound is: FLAC's count of
        samples, and an Info frame for MP3, which also tells a player what the encoder adds before and after.
Rule 3: memory is that of one block.
Rule 4: what is decoded is as loud as what was encoded: what an encoder turns down is turned up before.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import NamedTuple

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from replay.recordings.pcm import Pcm

LAYOUTS = {1: "mono", 2: "stereo"}


class Shape(NamedTuple):
    """What is to be encoded: how many frames, at what rate, of how many channels."""

    frames: int
    rate: int
    channels: int


class Codec(NamedTuple):
    """One row: FFmpeg's names of encoder, container and sample format, what these are told, the bits a second for
    each channel, what the first bytes are made into, and the level of what the encoder makes, by channels."""

    encoder: str
    container: str
    format: str
    options: dict[str, str]
    bit_rate: int | None
    begin: Callable[[bytes, Shape], bytes]
    levels: dict[int, float]


def _as_it_is(head: bytes, _shape: Shape) -> bytes:
    return head


def _with_length(head: bytes, shape: Shape) -> bytes:
    """A FLAC stream whose STREAMINFO (RFC 9639, 8.2) says how many samples there are: 36 bits from byte 21 on."""
    (packed,) = struct.unpack(">Q", head[18:26])
    return head[:18] + struct.pack(">Q", packed | shape.frames & (2**36 - 1)) + head[26:]


ENCODER_DELAY = 576
"""Samples that LAME puts before the sound, as it tells them; a decoder adds 529 of its own."""
GRANULE = 1152
"""Samples of an MP3 frame at 32 kHz and above (MPEG-1)."""


def _with_info(head: bytes, shape: Shape) -> bytes:
    """An MP3 stream behind an Info frame.

    It is the header of the first frame, then how many there are, and how many samples at the begin and the end are
    not of the sound, in the places that LAME's tag has for them.
    """
    count = -(-shape.frames // GRANULE) + 1
    added = count * GRANULE - ENCODER_DELAY - shape.frames
    side_info = 32 if shape.channels == 2 else 17
    header = bytes((head[0], head[1] | 1, head[2] & 0xFD, head[3]))
    tag = b"Info" + struct.pack(">II", 1, count) + b"Lavc".ljust(21, b"\0")
    tag += ((ENCODER_DELAY << 12) | added).to_bytes(3, "big")
    size = 144 * _bits(MP3, shape) // shape.rate
    return (header + bytes(side_info) + tag).ljust(size, b"\0") + head


FAITHFUL = {1: 1.0, 2: 1.0}
LAME_LEVELS = {1: 0.95, 2: 0.97}
"""What LAME multiplies samples by at 96 and at 192 kbit/s (its presets' `scale`), which FFmpeg cannot tell it."""

FLAC = Codec("flac", "flac", "s16", {}, None, _with_length, FAITHFUL)
MP3 = Codec(
    "libmp3lame",
    "mp3",
    "fltp",
    {"write_xing": "0", "id3v2_version": "0"},
    96_000,
    _with_info,
    LAME_LEVELS,
)
OPUS = Codec("libopus", "ogg", "s16", {}, 64_000, _as_it_is, FAITHFUL)


def encode(blocks: Iterable[Pcm], codec: Codec, shape: Shape) -> Generator[bytes, None, None]:
    """The encoded sound of blocks of samples, in pieces as they are made."""
    out = _Out()
    options = {"fflags": "+bitexact", **codec.options}
    pieces = _pieces(blocks, codec, shape)
    with av.open(out, "w", format=codec.container, options=options) as container:
        stream = container.add_stream(
            codec.encoder, rate=shape.rate, layout=LAYOUTS[shape.channels], options={"flags": "+bitexact"}
        )
        if not isinstance(stream, AudioStream):
            raise TypeError(f"{codec.encoder} encodes no sound")
        stream.codec_context.format = codec.format
        stream.codec_context.thread_count = 1
        if codec.bit_rate is not None:
            stream.codec_context.bit_rate = _bits(codec, shape)
        head: Callable[[bytes, Shape], bytes] | None = codec.begin
        for frame in pieces:
            container.mux(stream.encode(frame))
            piece = out.taken()
            if piece:
                yield piece if head is None else head(piece, shape)
                head = None
        container.mux(stream.encode(None))
    piece = out.taken()
    if piece:
        yield piece if head is None else head(piece, shape)


def _bits(codec: Codec, shape: Shape) -> int:
    return (codec.bit_rate or 0) * shape.channels


def _pieces(blocks: Iterable[Pcm], codec: Codec, shape: Shape) -> Iterator[av.AudioFrame]:
    position = 0
    for block in blocks:
        samples = _laid_out(block, codec, shape)
        frame = av.AudioFrame.from_ndarray(samples, format=codec.format, layout=LAYOUTS[shape.channels])
        frame.sample_rate = shape.rate
        frame.pts = position
        position += len(block)
        yield frame


def _laid_out(block: Pcm, codec: Codec, shape: Shape) -> Pcm | NDArray[np.float32]:
    """Samples in the form that an encoder takes: as they are, or as floats of a level, channel by channel."""
    if codec.format == "s16":
        return block.reshape(1, -1)
    floats = np.ascontiguousarray(block.T, np.float32)
    floats /= np.float32(32768 * codec.levels[shape.channels])
    return floats


class _Out:
    """Where an encoder writes; it cannot be wound back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take what was made."""
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What was made since this was asked last."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
