"""Sounds whose every sample is known, and files of them."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from replay.recordings.decode import decode

Signal = NDArray[np.float64]
"""Samples of full scale 1, shape (frames, channels)."""


def tone(
    frequency: float, seconds: float, *, rate: int = 44100, level: float = 0.5, channels: int = 1
) -> Signal:
    """A sine, the same in every channel."""
    wave = level * np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate)
    return np.repeat(wave[:, None], channels, axis=1)


def write_pcm(path: Path, signal: Signal, *, rate: int = 44100, floats: bool = False) -> Path:
    """A WAV file of whole numbers of 16 bits, or of floats."""
    if floats:
        return encode(path, signal, codec="pcm_f32le", rate=rate, form="flt")
    return encode(path, signal, codec="pcm_s16le", rate=rate, form="s16")


def encode(path: Path, signal: Signal, *, codec: str, rate: int = 44100, form: str = "fltp") -> Path:
    """A file of a codec, which takes samples in one form; the name's ending chooses the container."""
    if form in ("s16", "s32"):
        full = 2 ** (int(form[1:]) - 1)
        samples = np.rint(signal * full).clip(-full, full - 1).astype(f"i{int(form[1:]) // 8}")
    else:
        samples = signal.astype(np.float32)
    planes = samples.T if form.endswith("p") else samples.reshape(1, -1)
    layout = {1: "mono", 2: "stereo", 8: "7.1"}.get(signal.shape[1], f"{signal.shape[1]} channels")
    with av.open(path, "w") as container:
        # FFmpeg calls its own encoder of Vorbis an experiment.
        stream = container.add_stream(codec, rate=rate, layout=layout, options={"strict": "experimental"})
        assert isinstance(stream, AudioStream)
        stream.codec_context.format = form
        if len(signal):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(planes), format=form, layout=layout)
            frame.sample_rate = rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def heard(path: Path, rate: int | None = None) -> Signal:
    """All of a recording's samples."""
    return np.concatenate(list(decode(path, rate))).astype(np.float64)


def level(signal: Signal) -> float:
    """The level of a stretch of a sine, in dB of full scale of a sine."""
    return float(20 * np.log10(np.sqrt(2 * np.mean(np.square(signal))) + 1e-12))


def frequency(signal: Signal, rate: int) -> float:
    """The frequency that a stretch sounds at, in Hz: its spectrum's peak, found between its lines."""
    spectrum = np.log(np.abs(np.fft.rfft(signal * np.hanning(len(signal)))) + 1e-12)
    peak = int(np.argmax(spectrum[1:-1])) + 1
    before, at, after = spectrum[peak - 1 : peak + 2]
    shift = (before - after) / (before - 2 * at + after) / 2
    return float((peak + shift) * rate / len(signal))
