"""Gaps and overlaps: sound that does not follow sound."""

from __future__ import annotations

from typing import Any

from tests.replay.history import History


def play(history: History, start: float, stop: float, name: str, **data: Any) -> tuple[int, int]:
    began = history.add(start, "listen-started", asset="bell", listen=name, **data)
    return began, history.add(stop, "listen-ended", listen=name, reason="stopped")


def test_a_silence_between_two_listens_of_a_lane_is_a_gap_with_both_and_the_end_between(
    history: History,
) -> None:
    first, ended = play(history, 1, 31, "a", lane="main")
    second, _ = play(history, 43, 60, "b", lane="main")
    (gap,) = history.found("gap")
    assert (gap["offset"], gap["duration"]) == (31, 12)
    assert gap["positions"] == [first, ended, second]
    assert gap["message"] == '12 s of silence: nothing played between "Bell" and "Bell", and nobody paused it'


def test_fifty_milliseconds_are_no_gap(history: History) -> None:
    play(history, 1, 31, "a")
    play(history, 31.05, 60, "b")
    assert history.found("gap") == []


def test_one_microsecond_more_is_a_gap(history: History) -> None:
    play(history, 1, 31, "a")
    play(history, 31.050001, 60, "b")
    assert len(history.found("gap")) == 1


def test_a_lane_that_rests_while_another_sounds_is_no_gap(history: History) -> None:
    play(history, 1, 90, "hall", lane="background")
    play(history, 5, 20, "a", lane="voice")
    play(history, 40, 60, "b", lane="voice")
    assert history.found("gap") == []


def test_the_turns_of_a_call_are_no_gaps(history: History) -> None:
    play(history, 1, 5, "a", lane="agent")
    play(history, 8, 12, "b", lane="caller")
    play(history, 14, 20, "c", lane="agent")
    assert history.found("gap") == []


def test_a_pause_between_two_listens_is_no_gap_but_what_follows_it_is(history: History) -> None:
    play(history, 1, 31, "a")
    history.add(31, "playback-paused")
    history.add(40, "playback-resumed")
    play(history, 45, 60, "b")
    assert [(gap["offset"], gap["duration"]) for gap in history.found("gap")] == [(40, 5)]


def test_what_is_unknown_is_no_gap(history: History) -> None:
    history.add(1, "listen-started", asset="bell", listen="a", sequence=1)
    history.add(31, "listen-ended", listen="a", reason="stopped", sequence=2)
    history.add(50, "listen-started", asset="bell", listen="b", sequence=5)
    history.add(60, "listen-ended", listen="b", reason="stopped", sequence=6)
    assert history.found("gap") == []
    (hole,) = history.found("sequence-hole")
    assert (hole["offset"], hole["duration"], hole["count"]) == (31, 19, 2)


def test_two_listens_of_a_lane_at_once_overlap(history: History) -> None:
    first, ended = play(history, 1, 31, "a", lane="main")
    second, stopped = play(history, 28.5, 60, "b", lane="main")
    (overlap,) = history.found("overlap")
    assert (overlap["offset"], overlap["duration"]) == (28.5, 2.5)
    assert set(overlap["positions"]) == {first, ended, second, stopped}


def test_two_lanes_do_not_overlap_nor_do_two_devices(history: History) -> None:
    play(history, 1, 31, "a", lane="main")
    play(history, 10, 31, "b", lane="other")
    history.add(12, "listen-started", asset="rain", listen="c", lane="main", device="tag")
    assert history.found("overlap") == []


def test_a_declared_crossfade_is_no_overlap_but_what_is_beyond_it_is(history: History) -> None:
    play(history, 1, 31, "a", fade_out=4)
    play(history, 27, 60, "b", fade_in=4, fade_out=4)
    assert history.found("overlap") == []
    play(history, 55, 90, "c", fade_in=4)
    assert [(o["offset"], o["duration"]) for o in history.found("overlap")] == [(55, 5)]


def test_a_fade_of_one_of_them_is_no_crossfade(history: History) -> None:
    play(history, 1, 31, "a")
    play(history, 28, 60, "b", fade_in=4)
    assert len(history.found("overlap")) == 1


def test_a_paused_listen_overlaps_nothing(history: History) -> None:
    history.add(1, "listen-started", asset="rain", listen="a")
    history.add(20, "playback-paused", listen="a")
    play(history, 21, 29, "b")
    history.add(30, "playback-resumed", listen="a")
    history.add(50, "listen-ended", listen="a", reason="stopped")
    assert history.found("overlap") == []


def test_an_end_that_is_only_inferred_overlaps_nothing(history: History) -> None:
    history.add(1, "listen-started", asset="bell", listen="a")
    play(history, 50, 60, "b")
    assert history.timeline().listens[0].end == "length"
    assert history.found("overlap") == []
