"""Recordings made for tests: a tone in any codec, and files that are none."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer

RATE = 48_000
LAYOUTS = {1: "mono", 2: "stereo", 8: "7.1"}


def tone(seconds: float, rate: int = RATE, channels: int = 1, hertz: float = 440) -> np.ndarray:
    """Half of full scale, 16 bits, a row for each frame."""
    times = np.arange(round(seconds * rate)) / rate
    wave = np.round(0.5 * 32767 * np.sin(2 * np.pi * hertz * times)).astype("<i2")
    return np.repeat(wave[:, None], channels, axis=1)


def wav(seconds: float = 1, rate: int = RATE, channels: int = 1, *, tag: int = 1) -> bytes:
    """A WAV file of a tone; `tag` is its format's number, 1 for PCM."""
    samples = tone(seconds, rate, channels).tobytes()
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * channels * 2, channels * 2, 16)
    head = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(samples))
    return b"RIFF" + struct.pack("<I", len(head) + len(samples)) + head + samples


def write(path: Path, codec: str, seconds: float = 1, rate: int = RATE, channels: int = 2) -> Path:
    """Write a tone in a codec; the name's ending chooses the container."""
    with av.open(str(path), "w") as container:
        sound = _sound(container, codec, rate, channels)
        _play(container, sound, seconds, rate, channels)
    return path


def film(path: Path, seconds: float = 1, *, sound: bool) -> Path:
    """Write a film, grey, with or without a tone."""
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("mpeg4", rate=25)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        heard = _sound(container, "aac", RATE, 1) if sound else None
        for _ in range(round(seconds * 25)):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 128, np.uint8), format="rgb24")
            container.mux(pictures.encode(frame))
        container.mux(pictures.encode(None))
        if heard is not None:
            _play(container, heard, seconds, RATE, 1)
    return path


def _sound(container: OutputContainer, codec: str, rate: int, channels: int) -> AudioStream:
    stream = container.add_stream(codec, rate=rate, layout=LAYOUTS[channels])
    assert isinstance(stream, AudioStream)
    return stream


def _play(container: OutputContainer, stream: AudioStream, seconds: float, rate: int, channels: int) -> None:
    samples = tone(seconds, rate, channels)
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout=LAYOUTS[channels])
    frame.sample_rate = rate
    container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
