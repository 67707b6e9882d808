"""The mix measured: known sounds are placed, and found back where and as they should be."""

from __future__ import annotations

from itertools import pairwise
from math import cos, log10, pi, sin, sqrt
from pathlib import Path

import numpy as np
import pytest

from replay.events import AssetDescribed
from replay.mixdown import write_score
from tests.replay.mixdown.studio import RATE, Sound, Studio, change, clip, timeline
from tests.replay.sounds import frequency, level, tone

HALF = -6.0206
"""The level of a tone of half of full scale, in dB."""
ONES = np.full((RATE * 2, 1), 0.25)


def sounding(mix: Sound) -> tuple[int, int]:
    """The first frame that is not silent, and the one after the last."""
    frames = np.flatnonzero(mix.any(axis=1))
    return int(frames[0]), int(frames[-1]) + 1


@pytest.mark.parametrize("start", [0, 1, 0.5, 1 / 3, 1.0000113, 2.71828])
def test_a_clip_begins_and_ends_on_the_nearest_frame(studio: Studio, start: float) -> None:
    studio.record("a", ONES)
    mix = studio.mix(timeline(clip("a", start, start + 0.7), stop=5))
    assert sounding(mix) == (round(start * RATE), round((start + 0.7) * RATE))
    assert len(mix) == 5 * RATE


def test_clips_that_touch_leave_no_frame_out_and_share_none(studio: Studio) -> None:
    studio.record("a", ONES)
    moments = [0, 0.333333, 0.4, 0.4000101, 1.1, 1.23456789]
    clips = [clip("a", start, stop) for start, stop in pairwise(moments)]
    assert np.array_equal(studio.mix(timeline(*clips)), np.full((round(1.23456789 * RATE), 2), 0.25))


def test_a_click_is_heard_on_its_frame(studio: Studio) -> None:
    click = np.zeros((RATE, 1))
    click[12_345] = 0.9
    studio.record("click", click)
    assert sounding(studio.mix(timeline(clip("click", 0.25, 1)))) == (11025 + 12345, 11025 + 12346)


def test_alone_and_unchanged_a_recording_comes_out_as_it_went_in(studio: Studio) -> None:
    noise = np.random.default_rng(1).integers(-32768, 32768, (RATE, 2)) / 32768
    studio.record("noise", noise)
    assert np.array_equal(studio.mix(timeline(clip("noise", 0, 1))), noise)


@pytest.mark.parametrize("rate", [22050, 44100, 48000])
def test_a_tone_keeps_frequency_and_level_at_every_rate_of_the_sound(studio: Studio, rate: int) -> None:
    studio.record("a", tone(1000, 2))
    mix = studio.mix(timeline(clip("a", 0, 2)), rate)
    middle = mix[rate // 2 : -rate // 2, 0]
    assert frequency(middle, rate) == pytest.approx(1000, abs=0.1)
    assert level(middle) == pytest.approx(HALF, abs=0.05)


@pytest.mark.parametrize("pan", [-1, -0.5, -0.1, 0, 0.25, 1])
@pytest.mark.parametrize("channels", [1, 2])
def test_pan_is_of_equal_power_and_leaves_the_middle_as_it_is(
    studio: Studio, pan: float, channels: int
) -> None:
    studio.record("a", tone(1000, 1, level=0.25, channels=channels))
    mix = studio.mix(timeline(clip("a", 0, 1, pan=pan)))
    angle = (pan + 1) * pi / 4
    for side, gain in enumerate((sqrt(2) * cos(angle), sqrt(2) * sin(angle))):
        expected = 20 * log10(max(0.25 * gain, 1e-9))
        found = level(mix[:, side])
        assert found == pytest.approx(expected, abs=0.05) if gain > 1e-9 else not mix[:, side].any()


def test_gains_multiply(studio: Studio) -> None:
    studio.record("a", ONES)
    mix = studio.mix(timeline(clip("a", 0, 1, gain=0.5, session_gain=3)))
    assert mix == pytest.approx(0.375, abs=1e-4)


def test_a_ramp_is_a_straight_line_and_another_goes_on_from_where_it_stood(studio: Studio) -> None:
    studio.record("a", ONES)
    moves = (
        change(0.25, "gain", 0, ramp=0.5),
        change(0.5, "session-gain", 0.5),
        change(0.5, "gain", 1, ramp=0.25),
    )
    mix = studio.mix(timeline(clip("a", 0, 1, changes=moves)))[:, 0] * 4
    seconds = [0.1, 0.2499, 0.375, 0.4999, 0.5001, 0.625, 0.75, 0.9]
    expected = [1, 1, 0.75, 0.5, 0.25, 0.375, 0.5, 0.5]
    assert [mix[round(second * RATE)] for second in seconds] == pytest.approx(expected, abs=1e-3)


def test_a_pan_that_moves_keeps_its_power(studio: Studio) -> None:
    studio.record("a", ONES)
    mix = studio.mix(timeline(clip("a", 0, 1, pan=-1, changes=(change(0, "pan", 1, ramp=1),))))
    assert np.square(mix).sum(axis=1) == pytest.approx(2 * 0.25**2, rel=1e-2)
    assert np.all(np.diff(mix[:, 1]) > -1e-4)
    assert mix[RATE // 2] == pytest.approx([0.25, 0.25], abs=1e-4)


def test_fades_are_straight_lines_from_and_to_silence(studio: Studio) -> None:
    studio.record("a", ONES)
    mix = studio.mix(timeline(clip("a", 0, 1, fade_in=0.2, fade_out=0.4), stop=2))[:, 0] * 4
    seconds = [0, 0.05, 0.1, 0.2, 0.5, 0.6, 0.7, 0.9, 0.99999, 1]
    expected = [0, 0.25, 0.5, 1, 1, 1, 0.75, 0.25, 0, 0]
    assert [mix[round(second * RATE)] for second in seconds] == pytest.approx(expected, abs=1e-3)


def test_fades_longer_than_their_clip_multiply(studio: Studio) -> None:
    studio.record("a", ONES)
    mix = studio.mix(timeline(clip("a", 0, 1, fade_in=2, fade_out=2)))[:, 0] * 4
    assert [mix[0], mix[RATE // 2], mix[-1]] == pytest.approx([0, 0.0625, 0], abs=1e-3)


@pytest.mark.parametrize("rate", [0.5, 0.77, 1.25, 1.5, 2, 7.3])
def test_at_another_rate_the_pitch_follows_and_the_level_stays(studio: Studio, rate: float) -> None:
    studio.record("a", tone(500, 12))
    mix = studio.mix(timeline(clip("a", 0, 1.5, rate=rate, media_in=0.1)))
    middle = mix[RATE // 4 : -RATE // 4, 0]
    assert frequency(middle, RATE) == pytest.approx(500 * rate, abs=0.2)
    assert level(middle) == pytest.approx(HALF, abs=0.05)


def test_what_would_fold_back_at_a_higher_rate_is_filtered_away(studio: Studio) -> None:
    studio.record("a", tone(15_000, 3))
    mix = studio.mix(timeline(clip("a", 0, 1, rate=2)))
    assert level(mix[5000:-5000, 0]) < -70


def test_a_recording_runs_out_sooner_at_a_higher_rate(studio: Studio) -> None:
    studio.record("a", ONES)
    mix = studio.mix(timeline(clip("a", 0, 3, rate=1.6)))
    first, last = sounding(mix)
    assert first == 0
    assert last == pytest.approx(2 / 1.6 * RATE, abs=40)


def test_a_clip_begins_at_its_place_in_the_recording(studio: Studio) -> None:
    stairs = np.repeat(np.arange(1, 9) / 16, RATE // 4)[:, None]
    studio.record("stairs", stairs)
    session = timeline(clip("stairs", 0, 0.5, media_in=1), clip("stairs", 0.5, 0.75, media_in=0.25, rate=0.5))
    mix = studio.mix(session)[:, 0]
    places = [round(second * RATE) for second in (0.1, 0.3, 0.6)]
    assert mix[places] == pytest.approx([5 / 16, 6 / 16, 2 / 16], abs=1e-3)


@pytest.mark.parametrize("rate", [1, 1.5])
def test_a_loop_goes_round_without_a_seam(studio: Studio, rate: float) -> None:
    studio.record("a", tone(441, 1))
    mix = studio.mix(timeline(clip("a", 0, 5, loop=True, rate=rate, media_in=0.5)))
    middle = mix[1000:-1000, 0]
    assert frequency(middle, RATE) == pytest.approx(441 * rate, abs=0.05)
    residue = np.abs(np.fft.rfft(middle * np.hanning(len(middle)))) / len(middle) * 4
    residue[abs(np.fft.rfftfreq(len(middle), 1 / RATE) - 441 * rate) < 5] = 0
    assert residue.max() < 1e-4


def test_a_loop_repeats_the_part_that_its_description_plays(studio: Studio) -> None:
    stairs = np.repeat(np.arange(1, 9) / 16, RATE // 4)[:, None]
    studio.record("stairs", stairs)
    described = AssetDescribed(asset="stairs", in_=0.5, out=1.0)
    mix = studio.mix(timeline(clip("stairs", 0, 2, loop=True, media_in=0.25), described=[described]))[:, 0]
    heard = [round(mix[round((quarter + 0.5) * RATE / 4)] * 16) for quarter in range(8)]
    assert heard == [2, 3, 4, 3, 4, 3, 4, 3]


def test_a_loop_of_a_few_frames_is_one_too(studio: Studio) -> None:
    studio.record("few", np.array([[0.1], [0.2], [0.3]]))
    mix = studio.mix(timeline(clip("few", 0, 0.01, loop=True)))[:, 0]
    assert mix == pytest.approx(np.resize([0.1, 0.2, 0.3], 441), abs=1e-4)


def test_what_is_no_clip_is_exactly_silent(studio: Studio) -> None:
    studio.record("a", np.random.default_rng(1).uniform(-1, 1, (RATE * 3, 2)))
    mix = studio.mix(
        timeline(clip("a", 0, 0.5, rate=1.1), clip("a", 1, 1.5), clip("a", 2, 2.2, fade_out=0.1), stop=3)
    )
    for first, last in ((0.5, 1), (1.5, 2), (2.2, 3)):
        assert not mix[round(first * RATE) : round(last * RATE)].any()


def test_overlaps_are_summed_and_the_sum_is_kept_in_range_by_one_gain(studio: Studio) -> None:
    loud = np.ones((RATE, 1))
    studio.record("a", loud)
    studio.record("b", -0.5 * loud)
    session = timeline(clip("a", 0, 1), clip("a", 0.5, 1, gain=2), clip("b", 0.75, 1))
    assert write_score(session, RATE).gain == 1 / 4
    mix = studio.mix(session)[:, 0]
    places = [round(second * RATE) for second in (0.2, 0.6, 0.9)]
    assert mix[places] == pytest.approx([1, 3, 2.5], abs=1e-3)


def test_a_crossfade_counts_once(studio: Studio) -> None:
    studio.record("a", np.ones((2 * RATE, 1)))
    session = timeline(clip("a", 0, 1, fade_out=0.5), clip("a", 0.5, 1.5, fade_in=0.5))
    assert write_score(session, RATE).gain == pytest.approx(1, abs=1e-9)
    assert studio.mix(session)[: RATE - 1] == pytest.approx(1, abs=1e-3)


def test_the_gain_is_that_of_the_whole_session_for_every_lane(studio: Studio) -> None:
    studio.record("a", tone(300, 1))
    score = write_score(timeline(clip("a", 0, 1, lane="x"), clip("a", 0, 1, lane="y", pan=0.3)), RATE)
    lanes = [studio.pcm(score.only([lane])).astype(int) for lane in "xy"]
    assert np.abs(lanes[0] + lanes[1] - studio.pcm(score)).max() <= 1
    assert score.only([]).frames == score.frames
    assert not studio.pcm(score.only(["z"])).any()


def test_mono_is_half_of_each_side(studio: Studio) -> None:
    studio.record("a", np.stack([np.full(RATE, 0.5), np.full(RATE, 0.25)], axis=1))
    assert studio.mix(timeline(clip("a", 0, 1)), channels=1) == pytest.approx(0.375)


def test_the_sound_begins_with_a_clip_that_began_before_zero(studio: Studio) -> None:
    studio.record("a", ONES)
    mix = studio.mix(timeline(clip("a", -0.5, 0.5), stop=1))
    assert len(mix) == round(1.5 * RATE)
    assert sounding(mix) == (0, RATE)


def test_what_is_missing_broken_or_short_is_silent_and_the_rest_sounds(
    studio: Studio, tmp_path: Path
) -> None:
    studio.record("good", ONES)
    studio.lose("lost")
    (tmp_path / "zip.wav").write_bytes(b"PK\3\4" + bytes(100))
    studio.keep("zip", tmp_path / "zip.wav")
    names = ("lost", "zip", "unheard-of", "good")
    mix = studio.mix(timeline(*(clip(name, index, index + 1.0) for index, name in enumerate(names)), stop=6))
    assert sounding(mix) == (3 * RATE, 4 * RATE)
    assert studio.faults.keys() == {"lost", "zip", "unheard-of"}
    mix = studio.mix(timeline(clip("good", 0, 5)))
    assert sounding(mix) == (0, 2 * RATE)


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), float("-inf")])
def test_a_gain_that_is_no_number_silences_its_clip_alone(studio: Studio, odd: float) -> None:
    studio.record("a", ONES)
    mix = studio.mix(timeline(clip("a", 0, 1, gain=odd), clip("a", 1, 2)))
    assert sounding(mix) == (RATE, 2 * RATE)


def test_clips_of_no_length_and_no_asset_are_not_heard(studio: Studio) -> None:
    studio.record("a", ONES)
    assert not studio.mix(timeline(clip("a", 1, 1), clip(None, 0, 1), stop=2)).any()
    assert len(studio.mix(timeline())) == 0


def test_a_session_of_days_is_made_where_it_is_asked_for(studio: Studio) -> None:
    studio.record("a", ONES)
    day = 86_400
    score = write_score(timeline(clip("a", 0, 2 * day, loop=True), clip("a", day, day + 1.0)), RATE)
    assert score.frames == 2 * day * RATE
    part = studio.pcm(score, day * RATE - 10, day * RATE + 10) / 32768
    assert part[:, 0] == pytest.approx([0.125] * 10 + [0.25] * 10, abs=1e-4)
