"""The few tools that every recording of the demo is made with.

Rule 1: a signal is an array of floats, one row a frame: shape (frames,) for mono, (frames, 2) for stereo.
Rule 2: the same call gives the same signal on every machine and numpy version, but for the last bit of a
        sine: noise comes from a counter through a fixed hash, never from a library's random generator.
Rule 3: what is made on a circle (noise, grains placed with `wrap`) has no seam and loops without a click.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]
Curve = Callable[[Signal], Signal]

PEAK = 10 ** (-3 / 20)
"""The highest sample of every recording: -3 dB of full scale."""


def seconds(length: float, rate: int) -> Signal:
    """The times of a stretch's frames, in seconds."""
    return np.arange(round(length * rate)) / rate


def noise(seed: int, count: int) -> Signal:
    """White noise in [-1, 1): the SplitMix64 sequence of a seed (Steele, Lea and Flood, 2014)."""
    step = np.uint64(0x9E3779B97F4A7C15)
    state = (np.arange(1, count + 1, dtype=np.uint64) + np.uint64(seed << 32)) * step
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return (state >> np.uint64(11)).astype(np.float64) / (1 << 52) - 1


def chances(seed: int, count: int) -> Signal:
    """Numbers in [0, 1) that look drawn by chance and never change."""
    return (noise(seed, count) + 1) / 2


def filtered(signal: Signal, rate: int, curve: Curve) -> Signal:
    """A signal whose spectrum is multiplied by `curve(hertz)`, on a circle."""
    spectrum = np.fft.rfft(signal, axis=0)
    hertz: Signal = np.fft.rfftfreq(len(signal), 1 / rate).astype(np.float64)
    gain = curve(hertz)
    result: Signal = np.fft.irfft(spectrum * _along(gain, signal), len(signal), axis=0)
    return result


def _along(curve: Signal, signal: Signal) -> Signal:
    """A curve shaped so that it multiplies each channel of a signal."""
    return curve if signal.ndim == 1 else curve[:, None]


def band(low: float, high: float, order: int = 2) -> Curve:
    """A band-pass: flat between two frequencies, outside it falls by 6 dB an octave for each order."""

    def curve(hertz: Signal) -> Signal:
        up = (hertz / low) ** (2 * order)
        gain: Signal = np.sqrt(up / (1 + up) / (1 + (hertz / high) ** (2 * order)))
        return gain

    return curve


def pink(hertz: Signal) -> Signal:
    """Power that falls by 3 dB an octave, above 30 Hz."""
    gain: Signal = np.sqrt(30 / np.maximum(hertz, 30))
    return gain


def level(signal: Signal, rms: float = 1.0) -> Signal:
    """The signal at a given root mean square."""
    return signal * float(rms / np.sqrt(np.mean(signal**2)))


def wander(seed: int, times: Signal, length: float, slowest: int = 1, fastest: int = 6) -> Signal:
    """A slow curve of about -1 to 1 that comes back to where it began after `length` seconds."""
    waves = range(slowest, fastest + 1)
    phases = 2 * np.pi * chances(seed, len(waves))
    total = np.zeros_like(times)
    for wave, phase in zip(waves, phases, strict=True):
        total += np.sin(2 * np.pi * wave * times / length + phase) / wave**0.5
    return total / float(np.max(np.abs(total)))


def tone(hertz: Signal | float, frames: int, rate: int) -> Signal:
    """A sine whose frequency may change from frame to frame."""
    sine: Signal = np.sin(2 * np.pi * np.cumsum(np.broadcast_to(hertz, (frames,))) / rate)
    return sine


def swell(frames: int, rate: int, attack: float, release: float) -> Signal:
    """An envelope that rises and falls along half a cosine, for so many seconds each."""
    shape = np.ones(frames)
    for length, place in ((attack, slice(None)), (release, slice(None, None, -1))):
        ramp = min(round(length * rate), frames)
        shape[place][:ramp] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(ramp) / max(ramp, 1))
    return shape


def place(into: Signal, grain: Signal, start: float, rate: int, *, wrap: bool = False) -> None:
    """Add a grain `start` seconds into a signal; what goes beyond its end is dropped, or wraps round."""
    begin = round(start * rate) % len(into) if wrap else round(start * rate)
    fits = min(len(grain), len(into) - begin)
    into[begin : begin + fits] += grain[:fits]
    if wrap:
        into[: len(grain) - fits] += grain[fits:]


def panned(mono: Signal, pan: float) -> Signal:
    """A mono signal in stereo, at equal power: -1 is left, 1 is right."""
    angle = (pan + 1) * np.pi / 4
    sides: Signal = np.array([np.cos(angle), np.sin(angle)])
    return mono[:, None] * sides


def stereo(left: Signal, right: Signal) -> Signal:
    """Two mono signals as one."""
    return np.stack([left, right], axis=1)


def reverberant(
    signal: Signal, rate: int, *, time: float, mix: float, seed: int, wrap: bool = False
) -> Signal:
    """The signal in a room that takes `time` seconds to fall by 60 dB; each channel has a tail of its own."""
    frames = len(signal)
    size = frames if wrap else frames + round(time * rate)
    tail_at = seconds(time, rate)
    wet = np.empty_like(signal)
    columns = [signal] if signal.ndim == 1 else list(signal.T)
    for index, column in enumerate(columns):
        tail = filtered(noise(seed + index, len(tail_at)), rate, lambda hertz: 1 / (1 + (hertz / 3500) ** 2))
        tail = level(tail * 10 ** (-3 * tail_at / time), 1.0) / np.sqrt(len(tail_at))
        heard = np.fft.irfft(np.fft.rfft(column, size) * np.fft.rfft(tail, size), size)[:frames]
        wet[... if signal.ndim == 1 else (slice(None), index)] = heard
    return signal + mix * wet


def finished(signal: Signal, rate: int, *, fades: tuple[float, float] | None = None) -> Signal:
    """The signal as it is written: no rumble or offset, faded unless it loops, its peak at -3 dB."""
    clean = filtered(signal, rate, lambda hertz: hertz**4 / (hertz**4 + 25.0**4))
    if fades is not None:
        clean = clean * _along(swell(len(clean), rate, *fades), clean)
    return clean * float(PEAK / np.max(np.abs(clean)))


def mixed(parts: Iterable[Signal]) -> Signal:
    """The sum of signals of one shape."""
    first, *others = parts
    return sum(others, first.copy())
