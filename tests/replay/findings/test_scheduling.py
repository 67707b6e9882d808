"""What was meant to play, and what played."""

from __future__ import annotations

from typing import Any

from replay.clock import format_time
from tests.replay.history import ZERO, History


def plan(history: History, at: float, asset: str, **data: Any) -> int:
    when = format_time(ZERO + round(at * 1_000_000))
    return history.add(at - 5, "listen-scheduled", asset=asset, at=when, **data)


def test_another_recording_than_the_one_scheduled_for_a_listen_is_wrong(history: History) -> None:
    planned = plan(history, 10, "bell", listen="l")
    started = history.add(14, "listen-started", asset="rain", listen="l")
    (finding,) = history.found("wrong-recording")
    assert (finding["offset"], finding["positions"]) == (14, [planned, started])
    assert finding["message"] == '"Rain" played where "bell" was scheduled'


def test_the_newest_schedule_before_the_start_counts(history: History) -> None:
    plan(history, 10, "bell", listen="l")
    plan(history, 11, "rain", listen="l")
    history.add(12, "listen-started", asset="rain", listen="l")
    plan(history, 30, "bell", listen="l")
    assert history.found("wrong-recording") == []


def test_a_schedule_that_names_no_listen_goes_by_its_time(history: History) -> None:
    planned = plan(history, 10, "bell")
    started = history.add(11, "listen-started", asset="rain", listen="l")
    (finding,) = history.found("wrong-recording")
    assert finding["positions"] == [planned, started]


def test_what_starts_beyond_two_seconds_was_meant_by_nobody(history: History) -> None:
    plan(history, 10, "bell")
    history.add(12.000001, "listen-started", asset="rain", listen="l")
    assert history.found("wrong-recording") == []


def test_two_lanes_scheduled_at_once_explain_each_other(history: History) -> None:
    plan(history, 10, "bell")
    plan(history, 10, "rain")
    history.add(10, "listen-started", asset="rain", listen="l", lane="a")
    history.add(10.5, "listen-started", asset="bell", listen="m", lane="b")
    assert history.found("wrong-recording") == []


def test_a_schedule_that_came_to_nothing_is_not_wrong(history: History) -> None:
    plan(history, 10, "bell", listen="l")
    assert history.found("wrong-recording") == []
    plan(history, 20, "bell", listen="m")
    plan(history, 20, "rain", listen="n")
    history.add(20, "listen-started", asset="rain", listen="n")
    assert history.found("wrong-recording") == []
