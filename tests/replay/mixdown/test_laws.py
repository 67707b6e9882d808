"""What holds of every mix: a range is that slice of the whole, and the sum stays in range."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from replay.mixdown import mixer, write_score
from replay.timeline.model import Change, Clip, Timeline
from tests.replay.mixdown.studio import RATE, Studio, change, clip, timeline

LENGTH = 2.0
SECONDS = st.floats(0, LENGTH, allow_nan=False).map(lambda value: round(value, 6))
GAINS = st.sampled_from([0.0, 0.3, 1.0, 1.7, 40.0])
PANS = st.floats(-1, 1, allow_nan=False)
RATES = st.sampled_from([1.0, 1.0, 1.0, 0.5, 1.25, 1.0001, 3.3, 20.0])
RAMPS = st.sampled_from([0.0, 0.01, 0.5, 3.0])


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """Two recordings of noise at full scale, one of them short."""
    made = Studio(Path(tmp_path_factory.mktemp("studio")))
    chance = np.random.default_rng(7)
    made.record("mono", np.sign(chance.uniform(-1, 1, (RATE, 1))))
    made.record("stereo", np.sign(chance.uniform(-1, 1, (3000, 2))))
    yield made
    made.spool.close()


@st.composite
def changes(draw: st.DrawFn, start: float, stop: float) -> tuple[Change, ...]:
    moments = sorted(draw(st.lists(st.floats(start, stop), max_size=4)))
    kinds = st.sampled_from(["gain", "session-gain", "pan"])
    return tuple(
        change(moment, kind, draw(PANS if kind == "pan" else GAINS), draw(RAMPS))
        for moment in moments
        for kind in [draw(kinds)]
    )


@st.composite
def clips(draw: st.DrawFn) -> Clip:
    start, stop = sorted((draw(SECONDS), draw(SECONDS)))
    return clip(
        draw(st.sampled_from(["mono", "stereo", "lost"])),
        start,
        stop,
        media_in=draw(st.sampled_from([0.0, 0.01, 0.9, 5.0])),
        rate=draw(RATES),
        gain=draw(GAINS),
        session_gain=draw(GAINS),
        pan=draw(PANS),
        loop=draw(st.booleans()),
        fade_in=draw(RAMPS),
        fade_out=draw(RAMPS),
        changes=draw(changes(start, stop)),
    )


SESSIONS = st.lists(clips(), max_size=5).map(lambda made: timeline(*made, stop=LENGTH))


@settings(max_examples=40, deadline=None)
@given(session=SESSIONS, cut=st.tuples(SECONDS, SECONDS), block=st.sampled_from([1000, 4097, 65536]))
def test_any_range_is_that_slice_of_the_whole_to_the_last_bit(
    studio: Studio, session: Timeline, cut: tuple[float, float], block: int
) -> None:
    score = write_score(session, RATE)
    whole = studio.pcm(score)
    first, last = (round(second * RATE) for second in sorted(cut))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mixer, "BLOCK", block)
        assert np.array_equal(studio.pcm(score, first, last), whole[first:last])


@settings(max_examples=40, deadline=None)
@given(session=SESSIONS)
def test_at_their_own_rate_no_sum_passes_full_scale(studio: Studio, session: Timeline) -> None:
    plain = timeline(
        *(msgspec.structs.replace(each, rate=1.0) for each in session.clips if each.asset != "lost"),
        stop=LENGTH,
    )
    peaks = [0.0]

    def sampled(bus: mixer.Bus, channels: int) -> NDArray[np.int16]:
        peaks.append(float(np.abs(bus).max()))
        return np.zeros((len(bus), channels), np.int16)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mixer, "_sampled", sampled)
        studio.pcm(write_score(plain, RATE))
    assert max(peaks) <= 32768 * (1 + 1e-6)
