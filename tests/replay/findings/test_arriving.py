"""How events came: late, out of order, not at all."""

from __future__ import annotations

from tests.replay.history import History


def test_what_came_late_one_after_the_other_is_one_finding(history: History) -> None:
    history.add(5, "heartbeat")
    late = [history.add(second, "heartbeat", recorded=500) for second in (12, 10, 11)]
    history.add(500, "heartbeat")
    (finding,) = history.found("late-arrival")
    assert (finding["count"], finding["positions"]) == (3, late)
    assert (finding["offset"], finding["duration"]) == (10, 2)
    assert "3 events of phone arrived up to 8 min 10 s after they happened" in finding["message"]


def test_a_minute_is_not_late(history: History) -> None:
    history.add(10, "heartbeat", recorded=70)
    assert history.found("late-arrival") == []
    history.add(11, "heartbeat", recorded=71.000001)
    assert len(history.found("late-arrival")) == 1


def test_whatever_comes_after_the_sessions_end_was_recorded_is_late(history: History) -> None:
    history.add(100, "session-ended")
    late = history.add(99, "heartbeat", recorded=101)
    (finding,) = history.found("late-arrival")
    assert finding["positions"] == [late]


def test_what_came_with_the_sessions_end_is_not_late(history: History) -> None:
    history.add(100, "session-ended", recorded=100.2)
    history.add(99, "heartbeat", recorded=100.2)
    assert history.found("late-arrival") == []


def test_out_of_order_is_below_the_newest_time_of_the_same_device(history: History) -> None:
    newest = history.add(50, "heartbeat")
    disordered = [history.add(second, "heartbeat") for second in (20, 40)]
    history.add(50, "heartbeat")
    history.add(10, "heartbeat", device="tag")
    (finding,) = history.found("out-of-order")
    assert (finding["count"], finding["positions"]) == (2, [newest, *disordered])


def test_a_hole_says_which_numbers_are_missing(history: History) -> None:
    before = history.add(10, "heartbeat", sequence=7)
    after = history.add(20, "heartbeat", sequence=11)
    (finding,) = history.found("sequence-hole")
    assert finding["positions"] == [before, after]
    assert "3 events of phone are missing (numbers 8 to 10)" in finding["message"]
