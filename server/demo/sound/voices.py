"""Voices that murmur: clearly people, clearly different people, and no words.

Rule 1: a voice speaks only within its turns, so that a call's two recordings answer each other.
Rule 2: a voice is a row of harmonics under the resonances of a throat (Fant's source and filter), moved every
        five milliseconds along syllables; consonants are shaped noise.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from server.demo.sound.synth import (
    Signal,
    band,
    chances,
    filtered,
    finished,
    level,
    noise,
    reverberant,
    seconds,
)

Turn = tuple[float, float]
"""When a voice speaks: from and to, in seconds of its recording."""

VOWELS = np.array(
    [
        (730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410),
        (300, 870, 2240), (660, 1720, 2410), (490, 1350, 1690), (640, 1190, 2390),
    ],
    dtype=np.float64,
)  # fmt: skip
"""The first three resonances of spoken vowels, in hertz (Peterson and Barney, 1952)."""
WIDTHS = (70.0, 95.0, 140.0)
LOUD = (1.0, 0.55, 0.28)
STEP = 200
"""How many times a second a voice moves."""


class Voice(msgspec.Struct, frozen=True):
    """A person: pitch in hertz, size of the throat, syllables a second, how much the pitch sings."""

    pitch: float
    throat: float
    pace: float
    singing: float
    seed: int
    low: float = 90.0
    high: float = 7000.0


AGENT = Voice(pitch=196.0, throat=1.13, pace=4.6, singing=0.16, seed=71)
CALLER = Voice(pitch=108.0, throat=0.98, pace=4.0, singing=0.11, seed=81, low=280.0, high=3400.0)
"""The caller is on a telephone line."""
GUIDE = Voice(pitch=134.0, throat=1.02, pace=3.5, singing=0.20, seed=91)


def murmur(voice: Voice, turns: Sequence[Turn], length: float, rate: int) -> Signal:
    """A voice speaking in its turns, quiet else."""
    track = _Track(round(length * STEP) + 1)
    for number, (start, stop) in enumerate(turns):
        _speak(track, voice, round(start * STEP), round(stop * STEP), voice.seed * 100 + 7 * number)
    times = seconds(length, rate)
    said = _voiced(track, voice, times, rate) + _consonants(track, voice, times, rate)
    said = filtered(said, rate, band(voice.low, voice.high, 3))
    room = reverberant(said, rate, time=0.35, mix=0.10, seed=voice.seed)
    return finished(room, rate, fades=(0.01, 0.3))


class _Track:
    """What a voice does at each step: pitch, loudness of voice and of noise, resonances."""

    def __init__(self, count: int) -> None:
        self.pitch = np.ones(count)
        self.voiced = np.zeros(count)
        self.breath = np.zeros(count)
        self.throat = np.tile(VOWELS[6], (count, 1))


def _speak(track: _Track, voice: Voice, start: int, stop: int, seed: int) -> None:
    """Fill a turn with phrases of syllables; the pitch falls through it and rises a little at its end."""
    count = round((stop - start) / STEP * voice.pace)
    luck = chances(seed, 4 * count + 4).reshape(-1, 4)
    lengths = 0.75 + 0.5 * luck[:count, 0]
    lengths[6::7] += 0.9
    edges = start + np.round(np.cumsum(np.concatenate([[0.0], lengths])) / lengths.sum() * (stop - start))
    before = VOWELS[6]
    for number in range(count):
        begin, end = int(edges[number]), int(edges[number + 1])
        if number % 7 == 6:
            end = begin + round((end - begin) * 0.55)
        along = (begin - start) / (stop - start)
        accent = voice.singing * (2 * luck[number, 1] - 1) + 0.12 * (0.5 - along)
        vowel = VOWELS[int(luck[number, 2] * len(VOWELS))]
        _syllable(track, slice(begin, end), 1 + accent, before, vowel, luck[number, 3])
        before = vowel


def _syllable(track: _Track, at: slice, pitch: float, before: Signal, vowel: Signal, kind: float) -> None:
    """A consonant (a hum, a stop or a hiss, by `kind`), then a vowel that the throat glides into."""
    steps = at.stop - at.start
    along = np.arange(steps) / max(steps, 1)
    glide = np.clip(along / 0.45, 0, 1)[:, None]
    track.throat[at] = before + (vowel - before) * (0.5 - 0.5 * np.cos(np.pi * glide))
    track.pitch[at] = pitch * (1 + 0.05 * np.sin(np.pi * along))
    rise = np.clip((along - 0.18) / 0.2, 0, 1)
    fall = np.clip((1 - along) / 0.25, 0, 1)
    hummed = 0.28 if kind < 0.45 else 0.0
    track.voiced[at] = np.maximum(rise, hummed * np.clip(along / 0.05, 0, 1)) * fall
    if kind > 0.72:
        track.breath[at] = np.sin(np.pi * np.clip(along / 0.3, 0, 1)) ** 2
    elif kind > 0.45:
        track.breath[at] = 0.8 * np.exp(-(((along - 0.14) / 0.04) ** 2))


def _smooth(curve: Signal, steps: int) -> Signal:
    """A moving average along time, so that nothing in a throat jumps."""
    kernel = np.hanning(steps + 2)[1:-1]
    kernel /= kernel.sum()
    if curve.ndim == 1:
        return np.convolve(curve, kernel, "same")
    return np.stack([np.convolve(column, kernel, "same") for column in curve.T], axis=1)


def _voiced(track: _Track, voice: Voice, times: Signal, rate: int) -> Signal:
    grid = np.arange(len(track.pitch)) / STEP
    shaken = 1 + 0.006 * _smooth(noise(voice.seed, len(grid)), 9)
    pitch = voice.pitch * _smooth(track.pitch, 25) * shaken
    throat = _smooth(track.throat, 11) * voice.throat
    loud = _smooth(track.voiced, 5)
    turned = 2 * np.pi * np.cumsum(np.interp(times, grid, pitch)) / rate
    said = np.zeros_like(times)
    for k in range(1, int(min(voice.high, 0.45 * rate) / pitch.min()) + 1):
        weight = loud * _resonance(k * pitch, throat) / k**0.75
        said += np.interp(times, grid, weight) * np.sin(k * turned)
    return said


def _resonance(hertz: Signal, throat: Signal) -> Signal:
    """How loud a throat lets a frequency through: the sum of its resonances, 1 at the first one's peak."""
    total = np.full_like(hertz, 0.015)
    for n, (width, loud) in enumerate(zip(WIDTHS, LOUD, strict=True)):
        centre = throat[:, n]
        total += loud * width * centre / np.sqrt((hertz**2 - centre**2) ** 2 + (width * centre) ** 2)
    return total


def _consonants(track: _Track, voice: Voice, times: Signal, rate: int) -> Signal:
    grid = np.arange(len(track.breath)) / STEP
    hiss = level(filtered(noise(voice.seed + 1, len(times)), rate, band(2200, 6500, 2)))
    return 0.13 * hiss * np.interp(times, grid, _smooth(track.breath, 3))
