"""Zero, silence, what is unknown, marks and totals."""

from __future__ import annotations

from typing import Any

import pytest

from replay.timeline import Hole
from tests.replay.history import ZERO, History, spans


def session(*, ended: float | None = 100) -> History:
    history = History()
    history.add(0, "session-started")
    if ended is not None:
        history.add(ended, "session-ended")
    return history


def test_zero_is_the_session_started_with_the_lowest_position() -> None:
    history = History()
    history.add(10, "session-started")
    history.add(5, "session-started")
    history.add(2, "heartbeat")
    replay = history.replay()
    assert replay["zero"] == "2026-05-14T14:00:10.000000Z"
    assert [mark["offset"] for mark in replay["marks"]] == [-8, -5, 0]


def test_zero_without_a_session_started_is_the_earliest_time() -> None:
    history = History()
    history.add(10, "heartbeat")
    history.add(5, "heartbeat")
    assert history.replay()["zero"] == "2026-05-14T14:00:05.000000Z"


def test_silence_lies_between_what_is_known_to_be_silent() -> None:
    history = session()
    history.add(20, "listen-started", asset="bell", listen="a", duration=30)
    history.add(62, "listen-started", asset="rain", listen="b")
    history.add(70, "listen-ended", listen="b")
    replay = history.replay()
    assert spans(replay["silences"]) == [(0, 20), (50, 62), (70, 100)]
    assert replay["unknown"] == []


def test_what_follows_an_end_that_was_only_inferred_is_unknown() -> None:
    history = session(ended=None)
    history.add(20, "listen-started", asset="bell", lane="a")
    history.add(30, "listen-started", asset="rain", lane="a", duration=5)
    history.add(60, "heartbeat")
    replay = history.replay()
    assert spans(replay["silences"]) == [(0, 20)]
    assert spans(replay["unknown"]) == [(35, 60)]


def test_before_the_first_start_of_a_session_whose_own_start_is_missing_all_is_unknown() -> None:
    history = History()
    history.add(0, "heartbeat")
    history.add(20, "listen-started", asset="bell", duration=10)
    history.add(40, "session-ended")
    replay = history.replay()
    assert spans(replay["unknown"]) == [(0, 20)]
    assert spans(replay["silences"]) == [(30, 40)]


def test_after_the_sessions_end_what_has_no_clip_is_unknown() -> None:
    history = session(ended=10)
    history.add(30, "listen-started", asset="bell", duration=10)
    replay = history.replay()
    assert spans(replay["silences"]) == [(0, 10)]
    assert spans(replay["unknown"]) == [(10, 30)]


def test_before_the_sessions_start_what_has_no_clip_is_unknown() -> None:
    history = session(ended=20)
    history.add(-30, "listen-started", asset="bell", listen="a")
    history.add(-20, "listen-ended", listen="a")
    replay = history.replay()
    assert spans(replay["clips"]) == [(-30, -20)]
    assert spans(replay["unknown"]) == [(-20, 0)]
    assert spans(replay["silences"]) == [(0, 20)]


def test_a_start_that_is_only_derived_bounds_no_silence() -> None:
    history = session()
    history.add(30, "listen-ended", asset="bell", duration=10)
    replay = history.replay()
    assert spans(replay["unknown"]) == [(0, 20)]
    assert spans(replay["silences"]) == [(30, 100)]


def test_a_pause_that_nothing_ended_bounds_no_silence() -> None:
    history = session(ended=None)
    history.add(10, "playback-paused")
    history.add(20, "heartbeat")
    replay = history.replay()
    assert spans(replay["pauses"]) == [(10, 20)]
    assert replay["pauses"][0]["closed"] is False


@pytest.mark.parametrize(
    ("ended_by", "closed"),
    [
        pytest.param([(20, "listen-ended", {"listen": "l"})], True, id="its listen's end"),
        pytest.param([(20, "session-ended", {})], True, id="the session's end"),
        pytest.param(
            [(20, "listen-started", {"asset": "b", "lane": "x"})], False, id="the next start on its lane"
        ),
        pytest.param([(20, "heartbeat", {})], False, id="nothing"),
    ],
)
def test_a_listens_own_pause_is_closed_by_what_was_observed(
    ended_by: list[tuple[float, str, dict[str, Any]]], closed: bool
) -> None:
    history = History()
    history.add(0, "listen-started", asset="a", listen="l", lane="x")
    history.add(10, "playback-paused", listen="l")
    for seconds, type, data in ended_by:
        history.add(seconds, type, **data)
    [pause] = history.replay()["pauses"]
    assert (pause["offset"], pause["duration"], pause["closed"]) == (10, 10, closed)


def test_a_sequence_hole_turns_silence_into_unknown() -> None:
    history = History()
    history.add(0, "session-started", sequence=1)
    history.add(0, "listen-started", asset="bell", listen="a", sequence=2)
    history.add(10, "listen-ended", listen="a", sequence=3)
    history.add(30, "listen-started", asset="bell", listen="b", sequence=5)
    history.add(40, "listen-ended", listen="b", sequence=6)
    history.add(60, "session-ended", sequence=7)
    replay = history.replay()
    assert spans(replay["unknown"]) == [(10, 30)]
    assert spans(replay["silences"]) == [(40, 60)]


def test_a_timeline_holds_its_sequence_holes() -> None:
    history = History()
    before = history.add(0, "session-started", sequence=1)
    after = history.add(30, "heartbeat", sequence=4)
    start, stop = ZERO * 1000, (ZERO + 30_000_000) * 1000
    hole = Hole("phone", first=2, last=3, missing=2, start=start, stop=stop, positions=(before, after))
    assert history.timeline().holes == (hole,)


def test_a_number_recorded_outside_the_session_fills_the_hole() -> None:
    history = History()
    history.add(0, "session-started", sequence=1)
    history.add(30, "session-ended", sequence=3)
    assert spans(history.replay()["unknown"]) == [(0, 30)]
    history.sequences = {"phone": {2: 9}}
    replay = history.replay()
    assert spans(replay["silences"]) == [(0, 30)]
    assert replay["position"] == 9


def test_a_number_outside_that_nothing_waits_for_leaves_the_replay_alone() -> None:
    history = History()
    history.add(0, "session-started", sequence=5)
    history.add(10, "heartbeat", sequence=6)
    history.add(20, "heartbeat", sequence=1)
    history.add(30, "session-ended", sequence=2)
    before = history.replay()
    history.sequences = {"phone": {3: 9, 4: 10}, "tag": {2: 11}}
    assert history.replay() == before


def test_of_the_numbers_outside_those_that_fill_a_hole_count() -> None:
    history = History()
    history.add(0, "session-started", sequence=10)
    history.add(10, "heartbeat", sequence=14)
    history.add(20, "heartbeat", sequence=2)
    history.add(30, "session-ended", sequence=4)
    history.sequences = {"phone": {3: 20, 7: 30, 12: 25}}
    assert history.replay()["position"] == 25


def test_a_counter_that_starts_again_is_no_hole() -> None:
    history = History()
    history.add(0, "session-started", sequence=500)
    history.add(10, "heartbeat", sequence=1)
    history.add(30, "session-ended", sequence=2)
    assert history.replay()["unknown"] == []


def test_late_numbers_that_are_there_are_no_hole() -> None:
    history = History()
    history.add(0, "session-started", sequence=1)
    history.add(10, "heartbeat", sequence=3)
    history.add(20, "heartbeat", sequence=2)
    history.add(30, "session-ended", sequence=4)
    assert history.replay()["unknown"] == []


def test_another_devices_numbers_are_its_own() -> None:
    history = History()
    history.add(0, "session-started", sequence=1)
    history.add(10, "heartbeat", device="tag", sequence=7)
    history.add(30, "session-ended", sequence=2)
    assert history.replay()["unknown"] == []


def test_totals_count_each_instant_once() -> None:
    history = session()
    history.add(10, "listen-started", asset="bell", listen="a", duration=40)
    history.add(30, "listen-started", asset="rain", listen="b", duration=40)
    history.add(80, "playback-stalled")
    history.add(85, "playback-recovered")
    history.add(90, "playback-paused")
    history.add(95, "playback-resumed")
    assert history.replay()["totals"] == {
        "duration": 100, "heard": 60, "overlapping": 20, "silent": 30, "paused": 5, "stalled": 5, "unknown": 0,
    }  # fmt: skip


def test_every_other_event_is_a_mark_with_its_data() -> None:
    history = session()
    history.add(5, "rule-enter", object={"id": "r1", "type": "rule"})
    marks = history.replay()["marks"]
    assert [mark["type"] for mark in marks] == ["session-started", "rule-enter", "session-ended"]
    assert marks[1]["data"] == {"object": {"id": "r1", "type": "rule"}}


def test_a_clock_of_1970_in_one_event_gives_a_negative_offset_and_no_error() -> None:
    history = session()
    seconds = -1_778_767_200
    history.add(seconds, "heartbeat")
    replay = history.replay()
    assert replay["marks"][0]["offset"] == seconds
    assert replay["totals"]["duration"] == 100


def test_a_session_of_one_event_has_a_timeline_of_no_length() -> None:
    history = History()
    history.add(3, "heartbeat")
    replay = history.replay()
    assert replay["totals"]["duration"] == 0
    assert replay["clips"] == replay["silences"] == replay["unknown"] == []
