"""Out of doors: birds at a pond, a fountain, wind in birches, footsteps on gravel.

Rule 1: birds, fountain and birches are made on a circle, so that they loop; the steps are a walk past.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from server.demo.sound.synth import (
    Signal,
    band,
    chances,
    filtered,
    finished,
    level,
    mixed,
    noise,
    panned,
    pink,
    place,
    reverberant,
    seconds,
    stereo,
    swell,
    tone,
    wander,
)

Note = tuple[float, float, float, float]
"""One note of a bird: from and to (hertz), how long, and the pause after it (seconds)."""

BLACKBIRD: tuple[tuple[Note, ...], ...] = (
    ((1850, 2150, 0.22, 0.05), (2150, 1900, 0.28, 0.06), (2500, 2450, 0.20, 0.04), (2050, 2600, 0.30, 0.05),
     (4800, 6200, 0.07, 0.02), (6400, 4300, 0.08, 0.02), (5200, 6600, 0.06, 0.0)),
    ((2350, 2300, 0.30, 0.07), (1950, 2250, 0.24, 0.05), (2650, 2100, 0.36, 0.05), (5600, 4400, 0.09, 0.03),
     (4600, 6000, 0.08, 0.0)),
    ((2200, 2750, 0.20, 0.04), (2700, 2200, 0.20, 0.04), (1800, 1820, 0.34, 0.08), (2400, 2900, 0.26, 0.06),
     (2300, 1950, 0.30, 0.0)),
)  # fmt: skip
REDWING: tuple[Note, ...] = tuple((4700 - 260 * n, 4200 - 260 * n, 0.10, 0.035) for n in range(7))
TIT: tuple[Note, ...] = ((4650, 4600, 0.13, 0.05), (3500, 3450, 0.17, 0.09)) * 4
WREN: tuple[Note, ...] = tuple((5900 - 60 * (n % 2), 5200, 0.028, 0.018) for n in range(26))

BIRDS: tuple[tuple[float, tuple[Note, ...], float, float], ...] = (
    (0.6, BLACKBIRD[0], -0.45, 1.0),
    (3.1, TIT, 0.55, 0.30),
    (5.2, BLACKBIRD[1], -0.45, 0.95),
    (8.0, REDWING, 0.15, 0.38),
    (10.3, BLACKBIRD[2], -0.45, 1.0),
    (11.0, WREN, 0.80, 0.13),
    (13.2, TIT, 0.55, 0.26),
    (15.4, BLACKBIRD[0], -0.45, 0.90),
    (17.9, REDWING, 0.15, 0.42),
    (19.7, BLACKBIRD[2], 0.70, 0.34),
    (22.0, BLACKBIRD[1], -0.45, 1.0),
    (24.2, TIT, 0.55, 0.33),
    (26.0, BLACKBIRD[2], -0.45, 0.85),
    (28.9, WREN, -0.80, 0.11),
)
"""Who sings when, from where and how loud."""


def birds(length: float, rate: int) -> Signal:
    """A blackbird by a pond, a tit, a redwing and a wren farther off, over a quiet breeze."""
    air = np.zeros((round(length * rate), 2))
    for start, song, pan, loud in BIRDS:
        place(air, panned(loud * _sung(song, rate), pan), start, rate, wrap=True)
    air = reverberant(air, rate, time=1.1, mix=0.30, seed=11, wrap=True)
    breeze = [_breeze(seed, length, rate) for seed in (13, 14)]
    return finished(air + 0.011 * stereo(*breeze), rate)


def _sung(song: tuple[Note, ...], rate: int) -> Signal:
    """Notes one after the other: a fluty tone with a little of its second and third harmonic."""
    voice = np.zeros(round(sum(note[2] + note[3] for note in song) * rate) + rate // 10)
    now = 0.0
    for low, high, length, pause in song:
        frames = round(length * rate)
        along = np.arange(frames) / frames
        hertz = low + (high - low) * (0.5 - 0.5 * np.cos(np.pi * along))
        hertz = hertz * (1 + 0.006 * np.sin(2 * np.pi * 28 * along * length))
        note = (
            tone(hertz, frames, rate)
            + 0.07 * tone(2 * hertz, frames, rate)
            + 0.02 * tone(3 * hertz, frames, rate)
        )
        edge = min(0.05, length / 2.2)
        place(voice, note * swell(frames, rate, 0.4 * edge, edge) * np.sin(np.pi * along) ** 0.35, now, rate)
        now += length + pause
    return voice


def _breeze(seed: int, length: float, rate: int) -> Signal:
    air = level(filtered(noise(seed, round(length * rate)), rate, lambda f: pink(f) * band(120, 1600)(f)))
    return air * (1 + 0.4 * wander(seed + 50, seconds(length, rate), length))


def fountain(length: float, rate: int) -> Signal:
    """Falling water: a wide hiss that breathes, and thousands of small bubbles."""
    frames = round(length * rate)
    times = seconds(length, rate)
    spray = [
        level(filtered(noise(seed, frames), rate, lambda f: pink(f) ** 0.8 * band(350, 7500, 1)(f)))
        for seed in (21, 22, 23)
    ]
    breath = 1 + 0.18 * wander(24, times, length, 3, 24)
    sides = [(0.6 * spray[0] + 0.8 * side) * breath for side in spray[1:]]
    return finished(0.16 * stereo(*sides) + _bubbles(length, rate), rate)


def _bubbles(length: float, rate: int, per_second: int = 110) -> Signal:
    """Bubbles ring as they close: a short sine that rises a little, the larger the deeper."""
    count = round(length * per_second)
    start, size, side, loud = (chances(seed, count) for seed in (25, 26, 27, 28))
    hertz = 420 * 6.5 ** (size**0.8)
    ring = 9.0 / hertz
    water = np.zeros((round(length * rate), 2))
    for index in range(count):
        times = seconds(5 * ring[index], rate)
        rising = hertz[index] * (1 + 0.9 * times / (5 * ring[index]) * 0.35)
        grain = tone(rising, len(times), rate) * np.exp(-times / ring[index]) * np.minimum(times / 0.002, 1)
        placed = panned(0.5 * loud[index] ** 3 * grain, 1.4 * side[index] - 0.7)
        place(water, placed, length * start[index], rate, wrap=True)
    return water


def birches(length: float, rate: int) -> Signal:
    """Gusts through birches: a low breath, and leaves that answer a moment later."""
    return finished(stereo(*(_gusts(seed, length, rate) for seed in (31, 41))), rate)


def _gusts(seed: int, length: float, rate: int) -> Signal:
    frames = round(length * rate)
    times = seconds(length, rate)
    gust = np.exp(0.75 * wander(30, times, length, 2, 7) + 0.25 * wander(seed, times, length, 3, 11))
    late = np.roll(gust, round(0.35 * rate))
    flutter = 0.55 + 0.45 * np.abs(filtered(noise(seed + 1, frames), rate, band(3, 14))) * 40
    bands = (
        (0.7, 110, 420, gust),
        (0.55, 380, 1300, gust**1.3),
        (0.50, 1800, 7500, late**1.5 * np.minimum(flutter, 2.0)),
    )
    return mixed(
        loud * shape * level(filtered(noise(seed + 2 + n, frames), rate, band(low, high)))
        for n, (loud, low, high, shape) in enumerate(bands)
    )


def steps(length: float, rate: int) -> Signal:
    """Someone walks by on gravel: heel, then toe, each a handful of small stones."""
    path = np.zeros(round(length * rate))
    for number, start in enumerate(_strides(length)):
        near = np.exp(-(((start - length / 2) / (length / 2.6)) ** 2))
        place(path, (0.25 + 0.75 * near) * _step(500 + 10 * number, rate), start, rate)
    return finished(reverberant(path, rate, time=0.5, mix=0.12, seed=51), rate, fades=(0.4, 1.2))


def _strides(length: float) -> Iterator[float]:
    now, uneven = 0.35, noise(52, 100)
    for swing in uneven:
        if now > length - 0.9:
            return
        yield now
        now += 0.56 + 0.02 * swing


def _step(seed: int, rate: int) -> Signal:
    step = np.zeros(round(0.42 * rate))
    stones = 34
    for foot, (start, loud) in enumerate(((0.03, 1.0), (0.15, 0.75))):
        when, size, weight = (chances(seed + 3 * foot + kind, stones) for kind in range(3))
        for stone in range(stones):
            times = seconds(0.03, rate)
            grit = noise(seed * 100 + foot * stones + stone, len(times))
            grit *= np.exp(-times / (0.002 + 0.005 * size[stone]))
            place(step, loud * weight[stone] ** 2 * grit, start + 0.11 * when[stone] ** 1.6, rate)
    step = filtered(step, rate, band(700, 3600, 1))
    times = seconds(0.12, rate)
    place(step, 0.2 * np.sin(2 * np.pi * 82 * times) * np.exp(-times / 0.025), 0.03, rate)
    return step * swell(len(step), rate, 0.02, 0.05)
