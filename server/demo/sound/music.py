"""Things that ring: a bell, strings, a marimba, a music box, a clock, a radio and a test tone."""

from __future__ import annotations

import numpy as np

from server.demo.sound.synth import (
    Signal,
    band,
    filtered,
    finished,
    level,
    noise,
    panned,
    place,
    reverberant,
    seconds,
    swell,
    tone,
    wander,
)

Partial = tuple[float, float, float]
"""One partial of a struck thing: its ratio to the fundamental, its level, its decay in seconds."""

BELL: tuple[Partial, ...] = (
    (0.5, 0.55, 6.5), (1.0, 0.75, 4.2), (1.003, 0.30, 4.0), (1.183, 0.70, 3.2), (1.187, 0.25, 3.0),
    (1.506, 0.28, 2.3), (2.0, 0.80, 1.9), (2.006, 0.30, 1.8), (2.514, 0.26, 1.2), (2.662, 0.18, 1.0),
    (3.011, 0.30, 0.9), (4.166, 0.22, 0.5), (5.433, 0.14, 0.30), (6.796, 0.08, 0.18),
)  # fmt: skip
MARIMBA: tuple[Partial, ...] = ((1.0, 1.0, 0.75), (3.932, 0.22, 0.16), (9.538, 0.06, 0.05))
TINE: tuple[Partial, ...] = ((1.0, 1.0, 0.9), (2.0, 0.16, 0.5), (6.267, 0.16, 0.16), (17.55, 0.03, 0.03))
TICK: tuple[Partial, ...] = ((1.0, 1.0, 0.010), (1.61, 0.7, 0.007), (2.93, 0.5, 0.004), (0.13, 0.5, 0.030))

MELODY: tuple[tuple[float, int, float], ...] = (
    (0, 69, .9), (1, 72, .7), (2, 76, .8), (3.5, 74, .6), (4, 72, .7), (5, 69, .7), (6, 67, .8),
    (8, 64, .8), (9, 67, .7), (10, 69, .9), (11.5, 72, .6), (12, 74, .8), (13, 72, .6), (14, 69, .8),
    (16, 76, .9), (17, 79, .7), (18, 81, .9), (19.5, 79, .6), (20, 76, .8), (21, 74, .7), (22, 72, .8),
    (24, 74, .7), (25, 76, .7), (26, 72, .8), (27.5, 69, .6), (28, 67, .7), (29, 69, .9), (32, 57, .6),
    (0, 45, .45), (4, 41, .4), (8, 48, .4), (12, 43, .5), (16, 45, .45), (20, 41, .4), (24, 50, .4), (28, 43, .45),
    (2, 52, .3), (6, 53, .3), (10, 48, .3), (14, 50, .3), (18, 52, .3), (22, 53, .3), (26, 50, .3), (32, 45, .5),
)  # fmt: skip
"""(beat, MIDI note, loudness): a slow tune in A minor without its half tones, over its roots."""
WALTZ: tuple[tuple[float, int, float], ...] = (
    (0, 79, .8), (1, 76, .6), (2, 72, .6), (3, 77, .8), (4, 74, .6), (5, 71, .6), (6, 76, .8), (7, 79, .6),
    (8, 84, .8), (9, 83, .8), (10, 81, .6), (11, 79, .6), (12, 81, .8), (13, 77, .6), (14, 74, .6), (15, 79, .8),
    (16, 76, .6), (17, 72, .6), (18, 74, .8), (19, 77, .6), (20, 71, .6), (21, 72, .9), (24, 84, .5), (24, 72, .5),
    (0, 60, .4), (3, 62, .4), (6, 60, .4), (9, 55, .4), (12, 53, .4), (15, 60, .4), (18, 55, .4), (21, 60, .4),
)  # fmt: skip
CHORDS: tuple[tuple[int, ...], ...] = (
    (50, 57, 64, 66, 69),
    (47, 54, 62, 66, 69),
    (43, 55, 59, 62, 66),
    (45, 52, 59, 62, 64),
)
"""Four slow chords that come home: D with a ninth, B minor seventh, G major seventh, A suspended."""


def hertz_of(note: int) -> float:
    """The frequency of a MIDI note, A above middle C at 440 Hz."""
    return float(440 * 2 ** ((note - 69) / 12))


def struck(
    hertz: float, partials: tuple[Partial, ...], rate: int, *, longest: float, slower: float = 1.0
) -> Signal:
    """One stroke: partials that decay by themselves, those the rate cannot carry left out."""
    times = seconds(longest, rate)
    sound = np.zeros_like(times)
    for ratio, loud, decay in partials:
        if ratio * hertz < 0.45 * rate:
            sound += loud * np.sin(2 * np.pi * ratio * hertz * times) * np.exp(-times / (decay * slower))
    sound *= np.minimum(times / 0.0015, 1)
    return sound * swell(len(times), rate, 0.0, 0.1 * longest)


def bell(length: float, rate: int) -> Signal:
    """Three strokes of a church bell across the water."""
    air = np.zeros(round(length * rate))
    for start, loud in ((0.3, 1.0), (5.6, 0.94), (10.9, 1.0)):
        place(air, loud * struck(277.2, BELL, rate, longest=length - start), start, rate)
    return finished(reverberant(air, rate, time=2.4, mix=0.35, seed=61), rate, fades=(0.02, 3.0))


def marimba(length: float, rate: int) -> Signal:
    """A slow tune on a marimba, as one plays at the end of a day."""
    hall = np.zeros(round(length * rate))
    beat = (length - 4.5) / 33
    for start, note, loud in MELODY:
        hertz = hertz_of(note)
        slower = (262 / hertz) ** 0.6
        stroke = struck(hertz, MARIMBA, rate, longest=min(4.2 * slower, 5.0), slower=slower)
        place(hall, loud * stroke, 0.25 + start * beat, rate)
    return finished(reverberant(hall, rate, time=1.6, mix=0.22, seed=62), rate, fades=(0.02, 2.0))


def music_box(length: float, rate: int) -> Signal:
    """A music box in a glass case plays a waltz and slows down at the end."""
    case = np.zeros(round(length * rate))
    beat = (length - 3.0) / 26
    for start, note, loud in WALTZ:
        slowing = 0.05 * max(start - 18, 0) ** 2
        stroke = struck(hertz_of(note), TINE, rate, longest=2.6)
        place(case, loud * stroke, 0.2 + (start + slowing) * beat, rate)
    return finished(reverberant(case, rate, time=0.9, mix=0.25, seed=63), rate, fades=(0.02, 1.0))


def strings(length: float, rate: int) -> Signal:
    """Strings in the pavilion: four chords that flow into each other and begin again."""
    hall = np.zeros((round(length * rate), 2))
    each = length / len(CHORDS)
    for number, chord in enumerate(CHORDS):
        for voice, note in enumerate(chord):
            for desk, cents in enumerate((-6.0, 0.5, 5.0)):
                player = _bowed(hertz_of(note) * 2 ** (cents / 1200), each + 2.4, rate, 7 * voice + desk)
                place(
                    hall,
                    panned(player, (voice - 2) * 0.3 + (desk - 1) * 0.25),
                    number * each,
                    rate,
                    wrap=True,
                )
    return finished(reverberant(hall, rate, time=2.6, mix=0.4, seed=64, wrap=True), rate)


def _bowed(hertz: float, length: float, rate: int, player: int) -> Signal:
    """One string player's note: harmonics that fall off, a slow vibrato, a soft beginning and end."""
    times = seconds(length, rate)
    vibrato = (
        0.0035 * np.minimum(times / 1.5, 1) * np.sin(2 * np.pi * (4.6 + 0.13 * (player % 5)) * times + player)
    )
    turn = 4096
    cycle = np.zeros(turn)
    for k in range(1, int(min(6000 / hertz, 32)) + 1):
        cycle += np.sin(2 * np.pi * k * np.arange(turn) / turn + 0.7 * k * player) / k**1.45
    phase = np.cumsum(hertz * (1 + vibrato)) / rate + player * 0.37
    note = cycle[(phase * turn).astype(np.int64) % turn]
    return note * swell(len(times), rate, 2.0, 2.4) * (0.9 + 0.1 * np.sin(2 * np.pi * 0.4 * times + player))


def clock(length: float, rate: int) -> Signal:
    """A tall clock in an empty hall: tick, tock, and the room."""
    hall = np.zeros(round(length * rate))
    for beat in range(round(length)):
        place(hall, struck((1750, 1390)[beat % 2], TICK, rate, longest=0.3), beat + 0.1, rate, wrap=True)
    hall = reverberant(hall, rate, time=1.3, mix=0.5, seed=65, wrap=True)
    room = level(filtered(noise(66, len(hall)), rate, band(60, 500, 1)))
    return finished(hall + 0.004 * room, rate)


def between_stations(length: float, rate: int) -> Signal:
    """A radio looks for its station: a soft hiss that comes and goes, a whistle that slides, the mains' hum."""
    times = seconds(length, rate)
    hiss = level(filtered(noise(67, len(times)), rate, band(300, 3200, 1)))
    hiss *= 0.6 + 0.4 * wander(68, times, length, 2, 12)
    whistle = tone(820 + 330 * wander(69, times, length, 1, 3), len(times), rate)
    hum = sum(np.sin(2 * np.pi * 50 * k * times) / k**1.5 for k in (1, 2, 3, 4, 6))
    swelling = np.clip(0.5 + 0.6 * wander(70, times, length, 1, 5), 0, 1)
    return finished(0.10 * hiss + 0.07 * swelling * whistle + 0.10 * hum, rate, fades=(0.5, 1.0))


def bench_tone(length: float, rate: int) -> Signal:
    """440 Hz and nothing else, to measure with."""
    return finished(tone(440.0, round(length * rate), rate), rate, fades=(0.05, 0.05))
