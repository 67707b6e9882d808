"""Peaks by themselves: which zooms there are, and that nothing of the sound is left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.recordings import Probe
from replay.recordings.peaks import MOST, ZOOMS, GivenUp, measure, zooms_of
from replay.recordings.probe import probe
from tests.replay.recordings.making import tone, wav

HOUR = 3600 * 1_000_000_000


def of(duration: int, rate: int = 48_000) -> Probe:
    return Probe(container="wav", codec="pcm_s16le", channels=1, rate=rate, duration=duration)


@pytest.mark.parametrize(
    ("duration", "finest"), [(HOUR // 60, 256), (HOUR, 256), (2 * HOUR, 1024), (48 * HOUR, 16_384)]
)
def test_a_long_recording_begins_with_a_coarser_zoom(duration: int, finest: int) -> None:
    assert zooms_of(of(duration))[0] == finest


@given(st.integers(1, 7 * 24 * HOUR), st.integers(1000, 768_000))
def test_no_zoom_has_too_many_peaks(duration: int, rate: int) -> None:
    zooms = zooms_of(of(duration, rate))
    assert zooms == ZOOMS[-len(zooms) :]
    assert duration * rate // 1_000_000_000 <= zooms[0] * MOST


@pytest.mark.parametrize("frames", [1, 255, 256, 257, 16_384, 70_000])
def test_every_sample_is_within_its_peak(frames: int, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(frames / 48_000))
    samples = tone(frames / 48_000)[:, 0].astype(int)
    for waveform in measure(path, probe(path)):
        peaks = np.frombuffer(waveform.data, "<i2").reshape(-1, 2)
        assert waveform.length == -(-frames // waveform.frames)
        for number, (low, high) in enumerate(peaks):
            part = samples[number * waveform.frames : (number + 1) * waveform.frames]
            assert abs(low - part.min()) <= 1
            assert abs(high - part.max()) <= 1


def test_what_nobody_wants_any_more_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(5))
    with pytest.raises(GivenUp):
        list(measure(path, probe(path), lambda: True))
