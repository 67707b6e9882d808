"""The same thing told twice."""

from __future__ import annotations

from tests.replay.history import History


def test_one_number_under_two_ids_is_a_duplicate(history: History) -> None:
    history.add(1, "heartbeat", sequence=1)
    twice = [history.add(2, "heartbeat", sequence=2) for _ in range(2)]
    history.add(3, "heartbeat", sequence=3)
    (finding,) = history.found("duplicate")
    assert (finding["count"], finding["positions"]) == (1, twice)


def test_a_repeat_that_comes_with_a_later_time_is_one_too(history: History) -> None:
    first = history.add(1, "heartbeat", sequence=5)
    history.add(2, "heartbeat", sequence=6)
    again = history.add(3, "heartbeat", sequence=5)
    history.add(4, "heartbeat", sequence=7)
    (finding,) = history.found("duplicate")
    assert finding["positions"] == [first, again]


def test_a_counter_that_began_again_repeats_nothing(history: History) -> None:
    for second, number in enumerate((1, 2, 3, 4, 1, 2, 3, 4, 5)):
        history.add(second, "heartbeat", sequence=number)
    assert history.found("duplicate") == []


def test_two_devices_may_count_alike(history: History) -> None:
    history.add(1, "heartbeat", sequence=1)
    history.add(1, "heartbeat", sequence=1, device="tag")
    assert history.found("duplicate") == []


def test_two_starts_of_a_recording_within_two_seconds_are_suspected(history: History) -> None:
    starts = [history.add(second, "listen-started", asset="bell", listen=f"l{second}") for second in (10, 12)]
    history.add(14.000001, "listen-started", asset="bell", listen="later")
    (finding,) = history.found("suspected-duplicate")
    assert (finding["count"], finding["positions"]) == (1, starts)


def test_another_recording_or_another_device_is_not_suspected(history: History) -> None:
    history.add(10, "listen-started", asset="bell", listen="a")
    history.add(10, "listen-started", asset="rain", listen="b")
    history.add(10, "listen-started", asset="bell", listen="c", device="tag")
    assert history.found("suspected-duplicate") == []


def test_the_same_number_told_again_is_a_duplicate_and_no_suspicion(history: History) -> None:
    for _ in range(2):
        history.add(10, "listen-started", asset="bell", listen="a", sequence=3)
    assert [f["rule"] for f in history.found("duplicate", "suspected-duplicate")] == ["duplicate"]
