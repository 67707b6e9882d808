"""How listens end: truncated, skipped, overrun, never."""

from __future__ import annotations

from typing import Any

import pytest

from tests.replay.history import History


@pytest.mark.parametrize(
    ("stop", "reason", "rules"),
    [
        (61, "finished", []),
        (60, "finished", []),
        (59.999, "finished", ["truncated"]),
        (31, "finished", ["truncated"]),
        (31, "failed", ["truncated"]),
        (31, None, ["truncated"]),
        (31, "skipped", ["skipped"]),
        (61, "skipped", ["skipped"]),
        (31, "stopped", ["skipped"]),
        (60, "stopped", []),
        (63, "finished", []),
        (63.001, "finished", ["overrun"]),
        (900, "finished", ["overrun"]),
    ],
)
def test_what_an_end_says_of_a_recording_of_a_minute(
    history: History, stop: float, reason: str | None, rules: list[str]
) -> None:
    history.add(1, "listen-started", asset="bell", listen="l")
    ended: dict[str, Any] = {} if reason is None else {"reason": reason}
    history.add(stop, "listen-ended", listen="l", **ended)
    found = history.found("truncated", "skipped", "overrun")
    assert [finding["rule"] for finding in found] == rules
    assert all(finding["positions"] == [4, 5] for finding in found)


def test_two_seconds_of_a_long_recording_are_within_two_percent(history: History) -> None:
    history.add(0, "listen-started", asset="rain", listen="l")
    history.add(612, "listen-ended", listen="l", reason="finished")
    assert history.found("overrun") == []
    history.add(612.001, "listen-ended", listen="l", reason="finished")
    (overrun,) = history.found("overrun")
    assert (overrun["offset"], overrun["duration"]) == (600, 12.001)


def test_pauses_and_stalls_that_were_told_are_no_overrun_and_at_half_speed_it_lasts_twice_as_long(
    history: History,
) -> None:
    history.add(0, "listen-started", asset="bell", listen="l", rate=0.5)
    history.add(10, "playback-paused", listen="l")
    history.add(30, "playback-resumed", listen="l")
    history.add(140, "listen-ended", listen="l", reason="finished")
    assert history.found("overrun", "truncated") == []


def test_a_seek_back_plays_it_again(history: History) -> None:
    history.add(0, "listen-started", asset="bell", listen="l")
    history.add(50, "playback-seeked", listen="l", to=0)
    history.add(110, "listen-ended", listen="l", reason="finished")
    assert history.found("overrun", "truncated") == []


def test_a_loop_has_no_end_to_miss(history: History) -> None:
    history.add(0, "listen-started", asset="bell", listen="l", loop=True)
    history.add(900, "listen-ended", listen="l", reason="finished")
    assert history.found("overrun", "truncated") == []


def test_the_parts_of_a_recording_are_not_truncated_but_a_part_played_on_where_it_stopped_is_one(
    history: History,
) -> None:
    for number, (start, stop) in enumerate([(0, 10), (20, 30)]):
        history.add(start, "listen-started", asset="bell", listen=f"turn-{number}", lane="a", in_=start)
        history.add(stop, "listen-ended", listen=f"turn-{number}", reason="finished")
    assert history.found("truncated") == []
    history.add(100, "listen-started", asset="rain", listen="one", lane="a")
    history.add(110, "listen-ended", listen="one", reason="stopped")
    history.add(110, "listen-started", asset="rain", listen="two", lane="a", in_=10)
    history.add(120, "listen-ended", listen="two", reason="failed")
    assert [finding["offset"] for finding in history.found("truncated")] == [120]


@pytest.mark.parametrize(("following", "found"), [(29.999, 1), (30, 0), (60, 0)])
def test_a_next_start_half_a_minute_before_the_expected_end_tells_of_a_skip(
    history: History, following: float, found: int
) -> None:
    history.add(0, "listen-started", asset="bell", listen="a", lane="main")
    history.add(following, "listen-started", asset="rain", listen="b", lane="main")
    skips = history.found("skipped")
    assert len(skips) == found
    assert all(skip["offset"] == following for skip in skips)


def test_a_lane_that_nobody_gave_tells_of_no_skip(history: History) -> None:
    history.add(0, "listen-started", asset="bell", listen="a")
    history.add(5, "listen-started", asset="rain", listen="b")
    assert history.found("skipped") == []


def test_a_session_that_is_over_tells_which_ends_nobody_told_and_what_they_were_taken_from(
    history: History,
) -> None:
    history.add(0, "listen-started", asset="bell", listen="a")
    history.add(100, "listen-started", asset="unheard-of", listen="b", lane="x")
    history.add(110, "listen-started", asset="unheard-of", listen="c", lane="x")
    history.add(130, "session-ended")
    messages = [finding["message"] for finding in history.found("never-ended")]
    assert [message.partition("is taken ")[2] for message in messages] == [
        "from its recording's length",
        "from the next start on its lane",
        "from the session's end",
    ]


@pytest.mark.parametrize(("newest", "found"), [(300, 0), (300.000001, 1)])
def test_an_open_listen_is_told_of_when_its_session_goes_on_for_five_minutes(
    history: History, newest: float, found: int
) -> None:
    position = history.add(0, "listen-started", asset="live", listen="a")
    history.add(newest, "heartbeat")
    told = [
        finding for finding in history.found("never-ended") if "the session ended" not in finding["message"]
    ]
    assert [finding["positions"] for finding in told] == [[position]] * found


def test_a_session_without_an_end_says_so_where_it_began_whatever_else_arrives(history: History) -> None:
    told = []
    for second in (100, 200):
        history.add(second, "heartbeat")
        told += history.found("never-ended")
    assert told[0] == told[1]
    assert (told[0]["offset"], told[0]["positions"]) == (0, [1])
    history.add(201, "session-ended")
    assert history.found("never-ended") == []
