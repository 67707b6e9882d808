"""A recording's sound, as blocks of samples at the rate that is wanted.

Rule 1: what comes out is finite and within full scale, -1 to 1, in one or two channels.
Rule 2: what is damaged is passed over and the rest comes; only a file without any sound is refused.
Rule 3: one thread and no state but the file: the same file gives the same samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TypeGuard

import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.filter import Graph
from numpy.typing import NDArray

from replay.recordings.ogg import links
from replay.recordings.opening import LEAST_RATE, MOST_CHANNELS, MOST_RATE, Unplayable, open_recording

Samples = NDArray[np.float32]
"""Samples of full scale 1, shape (frames, channels)."""

BLOCK = 16_384
"""Frames of a block; the last one of a stretch of equal format is shorter."""
TAPS = "128"
"""The width of the filter that resamples, in frames of the lower rate."""


def resampler(rate: int) -> dict[str, str]:
    """What FFmpeg's `aresample` is told, to give sound at a rate.

    Of itself it takes 32 taps: that loses 4 dB at 0.95 of half the lower rate, and what lies 2 % above that half
    folds back at -14 dB. These lose 0.7 dB, and leave -90 dB.
    """
    return {"sample_rate": str(rate), "rematrix_maxval": "1", "filter_size": TAPS}


def decode(path: Path, rate: int | None = None) -> Iterator[Samples]:
    """The samples of a recording in order, from its beginning.

    `rate` is in Hz; without it the recording's own. More than two channels are folded down to stereo, at a level
    that cannot pass full scale. Where the form changes within a file, what follows is converted to that which
    came first. Raises `Unplayable` when there is no sound, so before any block; OSError.
    """
    found = False
    try:
        for block in _blocks(path, rate):
            found = True
            yield block
    except Unplayable:
        if not found:
            raise
    if not found:
        raise Unplayable(
            f"none of its sound can be decoded (1 to {MOST_CHANNELS} channels, {LEAST_RATE:,} to {MOST_RATE:,} Hz)"
        )


def _blocks(path: Path, rate: int | None) -> Iterator[Samples]:
    converter: _Converter | None = None
    for link in links(path):
        try:
            with open_recording(path, link) as (container, stream):
                stream.codec_context.thread_count = 1
                for frame in _frames(container, stream):
                    if converter is None:
                        converter = _Converter(rate or frame.sample_rate, min(frame.layout.nb_channels, 2))
                    yield from converter.take(frame)
        except Unplayable:
            if converter is None:
                raise
    if converter is not None:
        yield from converter.rest()


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """The frames that can be decoded: broken packets are passed over, a broken container ends it."""
    with suppress(FFmpegError, ValueError):
        for packet in container.demux(stream):
            with suppress(FFmpegError):
                yield from filter(_is_sound, packet.decode())


def _is_sound(frame: object) -> TypeGuard[AudioFrame]:
    return (
        isinstance(frame, AudioFrame)
        and frame.samples > 0
        and LEAST_RATE <= frame.sample_rate <= MOST_RATE
        and frame.layout.nb_channels <= MOST_CHANNELS
    )


class _Converter:
    """Turns frames of any form into blocks of one."""

    def __init__(self, rate: int, channels: int) -> None:
        self._rate = rate
        self._channels = channels
        self._form: tuple[object, ...] | None = None
        self._graph = Graph()
        self._queue = AudioFifo()

    def take(self, frame: AudioFrame) -> Iterator[Samples]:
        """What a frame completes."""
        form = (frame.sample_rate, frame.format.name, frame.layout.name)
        if form != self._form:
            if self._form is not None:
                yield from self.rest()
            self._graph = self._build(frame)
            self._queue = AudioFifo()
            self._form = form
        frame.pts = None
        self._queue.write(frame)
        # A codec's own frames are small: filtered one by one, they take longer.
        if self._queue.samples >= BLOCK:
            self._graph.push(self._queue.read())
            yield from self._pull()

    def rest(self) -> Iterator[Samples]:
        """What the queue and the filters still hold."""
        left = self._queue.read(partial=True)
        if left is not None:
            self._graph.push(left)
        self._graph.push(None)
        yield from self._pull()

    def _build(self, frame: AudioFrame) -> Graph:
        """The filters for frames of this form. Channels that no layout names are folded alike."""
        count = frame.layout.nb_channels
        if count == 1 and self._channels == 2:
            return self._linked(frame, "stereo|c0=c0|c1=c0")
        try:
            return self._linked(frame)
        except FFmpegError:
            alike = "+".join(f"c{number}" for number in range(count))
            return self._linked(frame, f"stereo|c0<{alike}|c1<{alike}")

    def _linked(self, frame: AudioFrame, pan: str | None = None) -> Graph:
        graph = Graph()
        layout = "mono" if self._channels == 1 else "stereo"
        chain = [
            graph.add_abuffer(
                sample_rate=frame.sample_rate,
                format=frame.format,
                layout=frame.layout,
                time_base=frame.time_base,
            ),
            *([graph.add("pan", pan)] if pan else []),
            graph.add("aresample", **resampler(self._rate)),
            graph.add("aformat", f"sample_fmts=flt:channel_layouts={layout}"),
            graph.add("abuffersink"),
        ]
        for before, after in pairwise(chain):
            before.link_to(after)
        graph.configure()
        graph.set_audio_frame_size(BLOCK)
        return graph

    def _pull(self) -> Iterator[Samples]:
        while True:
            try:
                frame = self._graph.pull()
            except (BlockingIOError, EOFError):
                return
            samples = frame.to_ndarray().reshape(-1, self._channels).astype(np.float32, copy=False)
            with np.errstate(over="ignore", invalid="ignore"):
                whole = np.isfinite(samples.sum())
            if not whole:
                samples = np.nan_to_num(samples)
            yield np.clip(samples, -1, 1, out=samples)
