"""Resampling: both ways are one, to the last bit, and any stretch is that slice of the whole."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.mixdown import varispeed
from replay.recordings.pcm import Pcm

NOISE = np.random.default_rng(3).integers(-32768, 32768, (20_000, 2), np.int16)
SPEEDS = ("0.01", "0.5", "0.77", "1.0001", "1.1", "1.25", "1.33", "1.5", "2", "3.3333", "16", "99.99", "100")


def read(first: int, count: int) -> Pcm:
    """Noise, and silence around it."""
    numbers = np.arange(first, first + count)
    inside = (numbers >= 0) & (numbers < len(NOISE))
    return np.where(inside[:, None], NOISE[numbers.clip(0, len(NOISE) - 1)], 0).astype(np.int16)


@pytest.mark.parametrize("speed", SPEEDS)
def test_in_periods_and_one_by_one_come_to_the_same(speed: str) -> None:
    ratio = Fraction(speed)
    taps = varispeed._kernel(varispeed._rung(ratio)).shape[1]
    period = ratio.denominator * 3
    plain = varispeed._one_by_one(read, 40, ratio, 7, 500)
    rows = varispeed._in_periods(read, 40, ratio, period, 7, 500) if period < 1000 else plain
    assert taps >= 64
    assert np.array_equal(plain, rows)


@settings(max_examples=60, deadline=None)
@given(
    speed=st.sampled_from(SPEEDS), media=st.integers(-100, 25_000), cut=st.tuples(*[st.integers(0, 3000)] * 2)
)
def test_any_stretch_is_that_slice_of_the_whole(speed: str, media: int, cut: tuple[int, int]) -> None:
    first, last = sorted(cut)
    whole = varispeed.varispeed(read, media, Fraction(speed), 0, 3000)
    if first < last:
        part = varispeed.varispeed(read, media, Fraction(speed), first, last - first)
        assert np.array_equal(part, whole[first:last])


def test_at_the_frames_of_the_recording_a_slower_one_is_the_recording() -> None:
    slow = np.sin(np.arange(5000) * 0.05)[:, None] * 20_000
    signal = np.rint(slow).astype(np.int16)
    heard = varispeed.varispeed(
        lambda first, count: signal[first : first + count], 100, Fraction("0.25"), 0, 8000
    )
    assert np.abs(heard[::4, 0] - signal[100:2100, 0]).max() < 3


@pytest.mark.parametrize("speed", [0.37, 1.0003, 1.37, 2.5])
def test_a_tone_comes_through_clean(speed: float) -> None:
    signal = np.rint(20_000 * np.sin(2 * np.pi * 1000 / 44100 * np.arange(200_000)))[:, None].astype(np.int16)
    ratio = Fraction(str(speed))
    heard = varispeed.varispeed(lambda first, count: signal[first : first + count], 1000, ratio, 0, 40_000)[
        :, 0
    ]
    angle = 2 * np.pi * 1000 / 44100 * speed * np.arange(len(heard))
    waves = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    fitted, *_ = np.linalg.lstsq(waves, heard, rcond=None)
    residue = heard - waves @ fitted
    assert np.hypot(*fitted) == pytest.approx(20_000, rel=1e-3)
    assert 20 * np.log10(residue.std() / 20_000) < -85
