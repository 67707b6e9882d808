"""A recording's sound as 16-bit samples at a rate: what the spool keeps.

Rule 1: what is whole is decoded straight through: FFmpeg reads, decodes and resamples a block in one call, without
        Python's lock, so that recordings are decoded side by side.
Rule 2: whatever stands in the way of that (a broken packet, a form that changes) ends it, and `decode` goes on from
        there. Both come to the same samples, so nothing tells where the one ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.error import FFmpegError
from av.filter import Graph
from numpy.typing import NDArray

from replay.recordings.decode import BLOCK, Samples, decode, resampler
from replay.recordings.ogg import links
from replay.recordings.opening import LEAST_RATE, MOST_RATE, open_recording

Pcm = NDArray[np.int16]
"""Samples of 16 bits, shape (frames, channels)."""

Named = tuple[str, dict[str, str]]
"""A filter of FFmpeg by its name, and what it is told."""

STRAIGHT = frozenset(
    {"aac", "flac", "mp3", "mp3float", "opus", "vorbis", "pcm_s16be", "pcm_s16le", "pcm_s24le", "pcm_s32le"}
)
"""Decoders that make one frame of each packet, and never one that is no number: FFmpeg's source of a graph asks for
no second one."""


def decode_pcm(path: Path, rate: int) -> Iterator[Pcm]:
    """The samples of a recording in order, from its beginning, at a rate in Hz.

    One or two channels, as many as `decode` gives. Raises `Unplayable` when there is no sound, so before any block;
    OSError.
    """
    given = 0
    graph = _straight(path, rate)
    while graph is not None:
        try:
            block = _pulled(graph)
        except EOFError:
            if given:
                return
            break
        except FFmpegError:
            break
        given += len(block)
        yield block
    for samples in decode(path, rate):
        rest = samples[given:]
        given -= len(samples) - len(rest)
        if len(rest):
            yield _rounded(rest)


def _straight(path: Path, rate: int) -> Graph | None:
    """The filters that decode a recording by themselves; None for one that they might not do justice to."""
    if len(links(path)) > 1:
        return None
    with open_recording(path) as (container, stream):
        if not _fits(stream):
            return None
        # What it holds is known: samples need not be searched for another codec's frames a second time.
        options = f"protocol_whitelist=file:format_whitelist={container.format.name}:max_probe_packets=0"
        rounding = _rounding(stream, rate)
    try:
        return _linked(
            ("amovie", {"filename": f"file:{path}", "format_opts": options, "dec_threads": "1"}),
            ("aresample", resampler(rate)),
            *rounding,
            ("abuffersink", {}),
        )
    except FFmpegError:
        return None


def _fits(stream: AudioStream) -> bool:
    context = stream.codec_context
    return (
        context.codec.name in STRAIGHT
        and 1 <= context.layout.nb_channels <= 2
        and LEAST_RATE <= context.sample_rate <= MOST_RATE
    )


def _rounding(stream: AudioStream, rate: int) -> tuple[Named, ...]:
    """The filters that make 16 bits of samples, by way of floats, unless they stay as they are.

    Of themselves FFmpeg's would cut 32 bits off, and take a float from far above full scale (a broken packet may
    hold such) for one from far below.
    """
    context = stream.codec_context
    layout = "mono" if context.layout.nb_channels == 1 else "stereo"
    floats, rounded = (
        ("aformat", {"sample_fmts": form, "channel_layouts": layout}) for form in ("flt", "s16")
    )
    if context.format.name in ("s16", "s16p") and context.sample_rate == rate:
        return (rounded,)
    clipped = (("asoftclip", {"type": "hard"}),) if context.format.name in ("flt", "fltp") else ()
    return (floats, *clipped, rounded)


def _linked(*filters: Named) -> Graph:
    """Filters in a row."""
    graph = Graph()
    graph.threads = 1
    for before, after in pairwise([graph.add(name, **told) for name, told in filters]):
        before.link_to(after)
    graph.configure()
    graph.set_audio_frame_size(BLOCK)
    return graph


def _pulled(graph: Graph) -> Pcm:
    """The next block. Raises EOFError after the last, FFmpegError where the filters cannot go on."""
    frame = graph.pull()
    if not isinstance(frame, AudioFrame):
        raise TypeError("a graph of sound gave a picture")
    channels = frame.layout.nb_channels
    samples: Pcm = np.frombuffer(memoryview(frame.planes[0]), np.int16, frame.samples * channels)
    return samples.reshape(-1, channels)


def _rounded(samples: Samples) -> Pcm:
    """Samples of full scale 1, as the nearest of 16 bits."""
    scaled = samples * np.float32(32768)
    np.rint(scaled, out=scaled)
    np.clip(scaled, -32768, 32767, out=scaled)
    rounded: Pcm = scaled.astype(np.int16)
    return rounded
