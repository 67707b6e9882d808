"""How a listen ends, in the order of the rules."""

from __future__ import annotations

from typing import Any

import pytest

from tests.replay.history import History, spans


@pytest.fixture
def history() -> History:
    history = History()
    history.add(0, "session-started", client="test")
    return history


def test_an_end_that_was_told_is_observed(history: History) -> None:
    history.add(1, "listen-started", asset="bell", listen="l")
    history.add(11, "listen-ended", listen="l", reason="finished")
    (clip,) = history.replay()["clips"]
    assert (clip["offset"], clip["duration"], clip["end"], clip["reason"]) == (
        1.0,
        10.0,
        "observed",
        "finished",
    )
    assert clip["positions"] == [2, 3]


def test_a_listen_is_named_after_its_event_unless_it_brings_a_name(history: History) -> None:
    history.add(1, "listen-started", asset="bell", id_="start-7")
    history.add(4, "listen-ended", listen="start-7")
    (clip,) = history.replay()["clips"]
    assert clip["listen"] == "start-7"
    assert clip["duration"] == 3.0


def test_a_duration_beats_the_time_of_the_end_and_a_finding_says_so(history: History) -> None:
    history.add(1, "listen-started", asset="bell", listen="l")
    history.add(30, "listen-ended", listen="l", duration=10.36)
    replay = history.replay()
    assert replay["clips"][0]["duration"] == 10.36
    (finding,) = history.found("duration-disagrees")
    assert finding["rule"] == "duration-disagrees"
    assert finding["positions"] == [2, 3]


def test_a_duration_is_wall_time_and_so_has_the_pauses_in_it(history: History) -> None:
    history.add(0, "listen-started", asset="bell", listen="l")
    history.add(10, "playback-paused", listen="l")
    history.add(20, "playback-resumed", listen="l")
    history.add(30, "listen-ended", listen="l", duration=25)
    assert spans(history.replay()["clips"]) == [(0, 10), (20, 25)]


def test_a_duration_half_a_second_off_its_time_is_no_finding(history: History) -> None:
    history.add(1, "listen-started", asset="bell", listen="l")
    history.add(11.5, "listen-ended", listen="l", duration=10)
    assert history.found("duration-disagrees") == []


def test_of_several_ends_the_highest_position_counts_whatever_its_time(history: History) -> None:
    history.add(1, "listen-started", asset="bell", listen="l")
    history.add(30, "listen-ended", listen="l")
    history.add(20, "listen-ended", listen="l")
    (clip,) = history.replay()["clips"]
    assert clip["duration"] == 19.0
    assert clip["positions"] == [2, 3, 4]


def test_an_end_by_asset_closes_the_newest_start_at_or_before_it(history: History) -> None:
    history.add(1, "listen-started", asset="bell", listen="a")
    history.add(20, "listen-started", asset="bell", listen="b")
    history.add(40, "listen-started", asset="bell", listen="c")
    history.add(30, "listen-ended", asset="bell")
    history.add(50, "session-ended")
    ends = {clip["listen"]: (clip["duration"], clip["end"]) for clip in history.replay()["clips"]}
    assert ends == {"a": (49.0, "session"), "b": (10.0, "observed"), "c": (10.0, "session")}


def test_an_end_at_the_very_moment_of_its_start_closes_it(history: History) -> None:
    history.add(1, "listen-started", asset="bell", listen="a")
    history.add(1, "listen-ended", asset="bell")
    (clip,) = history.replay()["clips"]
    assert (clip["duration"], clip["end"]) == (0.0, "observed")


def test_an_end_with_a_duration_whose_clock_ran_behind_still_closes_its_listen(history: History) -> None:
    history.add(10, "listen-started", asset="bell", listen="l")
    history.add(5, "listen-ended", listen="l", duration=4)
    (clip,) = history.replay()["clips"]
    assert (clip["offset"], clip["duration"], clip["end"]) == (10.0, 4.0, "observed")


def test_an_end_before_its_start_that_tells_no_duration_closes_nothing(history: History) -> None:
    history.add(10, "listen-started", asset="bell", listen="l")
    position = history.add(5, "listen-ended", listen="l")
    history.add(20, "session-ended")
    replay = history.replay()
    assert [(clip["duration"], clip["end"]) for clip in replay["clips"]] == [(10.0, "session")]
    assert position in [mark["position"] for mark in replay["marks"]]
    assert len(history.found("ended-before-start")) == 1


def test_an_end_without_a_start_is_a_clip_when_it_brings_a_duration(history: History) -> None:
    history.add(30, "listen-ended", asset="bell", duration=12)
    replay = history.replay()
    (clip,) = replay["clips"]
    assert spans([clip]) == [(18.0, 30.0)]
    assert clip["asset"] == "bell"
    assert len(history.found("ended-before-start")) == 1


def test_the_clip_of_an_end_without_a_start_says_all_that_its_end_told(history: History) -> None:
    told: dict[str, Any] = {
        "device": "tag",
        "user": "ada",
        "listen": "l",
        "duration": 12,
        "reason": "skipped",
    }
    position = history.add(30, "listen-ended", **told)
    (clip,) = history.replay()["clips"]
    assert {name: clip[name] for name in ("device", "user", "listen", "reason", "asset", "lane", "end")} == {
        "device": "tag",
        "user": "ada",
        "listen": "l",
        "reason": "skipped",
        "asset": None,
        "lane": "0",
        "end": "observed",
    }
    assert clip["positions"] == [position]
    assert history.timeline().listens[0].lane == "0"


def test_an_end_without_a_start_and_a_duration_is_a_mark_with_a_finding(history: History) -> None:
    position = history.add(30, "listen-ended", asset="bell")
    replay = history.replay()
    assert replay["clips"] == []
    assert [mark["position"] for mark in replay["marks"]] == [1, position]
    assert len(history.found("ended-before-start")) == 1


@pytest.mark.parametrize("where", ["start", "description"])
def test_a_known_length_ends_a_listen_that_was_never_told_to_end(history: History, where: str) -> None:
    own: dict[str, Any] = {"duration": 60} if where == "start" else {}
    if where == "description":
        history.describe("bell", duration=60)
    history.add(1, "listen-started", asset="bell", listen="l", in_=20, **own)
    history.add(500, "heartbeat")
    (clip,) = history.replay()["clips"]
    assert (clip["duration"], clip["in"], clip["end"]) == (40.0, 20.0, "length")


def test_a_listens_own_length_beats_the_description(history: History) -> None:
    history.describe("bell", duration=60)
    history.add(1, "listen-started", asset="bell", duration=30)
    assert history.replay()["clips"][0]["duration"] == 30.0


def test_a_description_trims_the_recording_at_both_ends(history: History) -> None:
    history.describe("bell", duration=60, **{"in": 5, "out": 25})
    history.add(1, "listen-started", asset="bell")
    (clip,) = history.replay()["clips"]
    assert (clip["in"], clip["duration"], clip["end"]) == (5.0, 20.0, "length")


def test_a_length_at_another_rate_takes_another_time(history: History) -> None:
    history.add(1, "listen-started", asset="bell", duration=60, rate=1.5)
    (clip,) = history.replay()["clips"]
    assert clip["duration"] == 40.0


def test_a_length_grows_by_pauses_and_stalls(history: History) -> None:
    history.add(0, "listen-started", asset="bell", listen="l", duration=60)
    history.add(10, "playback-paused", listen="l")
    history.add(20, "playback-resumed", listen="l")
    history.add(30, "playback-stalled", listen="l")
    history.add(35, "playback-recovered", listen="l")
    history.add(900, "heartbeat")
    replay = history.replay()
    assert spans(replay["clips"]) == [(0, 10), (20, 30), (35, 75)]
    assert [clip["in"] for clip in replay["clips"]] == [0, 10, 20]
    assert replay["clips"][-1]["end"] == "length"


def test_a_length_is_capped_by_the_sessions_end(history: History) -> None:
    history.add(0, "listen-started", asset="bell", duration=60)
    history.add(45, "session-ended")
    (clip,) = history.replay()["clips"]
    assert (clip["duration"], clip["end"]) == (45.0, "length")


def test_a_listen_begun_after_the_sessions_end_is_not_capped_by_it(history: History) -> None:
    history.add(45, "session-ended")
    history.add(50, "listen-started", asset="bell", duration=10)
    (clip,) = history.replay()["clips"]
    assert spans([clip]) == [(50, 60)]


def test_the_next_start_on_the_same_given_lane_ends_a_listen_of_unknown_length(history: History) -> None:
    history.add(0, "listen-started", asset="bell", lane="a")
    history.add(7, "listen-started", asset="wind", lane="b", duration=1)
    history.add(10, "listen-started", asset="rain", lane="a", duration=5)
    history.add(90, "session-ended")
    clips = history.replay()["clips"]
    assert [(clip["asset"], clip["duration"], clip["end"]) for clip in clips] == [
        ("bell", 10.0, "next"), ("wind", 1.0, "length"), ("rain", 5.0, "length"),
    ]  # fmt: skip
    assert clips[0]["positions"] == [2, 4]


def test_a_known_length_counts_before_the_next_start(history: History) -> None:
    history.add(0, "listen-started", asset="bell", lane="a", duration=60)
    history.add(10, "listen-started", asset="rain", lane="a", duration=5)
    assert [(clip["duration"], clip["end"]) for clip in history.replay()["clips"]] == [
        (60.0, "length"),
        (5.0, "length"),
    ]


def test_an_end_that_was_told_counts_before_the_length(history: History) -> None:
    history.add(0, "listen-started", asset="bell", listen="l", duration=60)
    history.add(90, "listen-ended", listen="l")
    (clip,) = history.replay()["clips"]
    assert (clip["duration"], clip["end"]) == (90.0, "observed")


def test_the_end_of_the_session_counts_before_its_newest_event(history: History) -> None:
    history.add(0, "listen-started", asset="radio")
    history.add(60, "session-ended")
    history.add(90, "heartbeat")
    (clip,) = history.replay()["clips"]
    assert (clip["duration"], clip["end"]) == (60.0, "session")


def test_a_lane_that_no_sender_gave_ends_nothing(history: History) -> None:
    history.add(0, "listen-started", asset="bell")
    history.add(10, "listen-started", asset="rain")
    history.add(90, "session-ended")
    assert [clip["end"] for clip in history.replay()["clips"]] == ["session", "session"]


def test_the_same_lane_of_another_device_ends_nothing(history: History) -> None:
    history.add(0, "listen-started", asset="bell", lane="a", device="left")
    history.add(10, "listen-started", asset="rain", lane="a", device="right")
    history.add(90, "session-ended")
    assert [clip["end"] for clip in history.replay()["clips"]] == ["session", "session"]


def test_a_looped_listen_has_no_length(history: History) -> None:
    history.describe("bell", duration=5)
    history.add(0, "listen-started", asset="bell", loop=True)
    history.add(60, "session-ended")
    (clip,) = history.replay()["clips"]
    assert (clip["duration"], clip["end"], clip["loop"]) == (60.0, "session", True)


def test_a_listen_that_nothing_ends_is_drawn_to_the_newest_event_never_to_now(history: History) -> None:
    history.add(0, "listen-started", asset="radio")
    history.add(42, "heartbeat")
    (clip,) = history.replay()["clips"]
    assert (clip["duration"], clip["end"]) == (42.0, "open")


def test_a_listen_left_paused_is_open_even_when_its_length_is_known(history: History) -> None:
    history.add(0, "listen-started", asset="bell", listen="l", duration=60)
    history.add(10, "playback-paused", listen="l")
    history.add(100, "heartbeat")
    replay = history.replay()
    assert spans(replay["clips"]) == [(0, 10)]
    assert spans(replay["pauses"]) == [(10, 100)]
    assert history.timeline().listens[0].end == "open"


def test_the_session_end_at_the_highest_position_counts(history: History) -> None:
    history.add(0, "listen-started", asset="radio")
    history.add(90, "session-ended")
    history.add(60, "session-ended")
    assert history.replay()["clips"][0]["duration"] == 60.0
