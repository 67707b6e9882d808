"""Events that contradict each other."""

from __future__ import annotations

from tests.replay.history import History


def test_a_listen_that_starts_in_a_pause_contradicts_it(history: History) -> None:
    paused = history.add(10, "playback-paused")
    started = history.add(15, "listen-started", asset="bell", listen="l")
    resumed = history.add(20, "playback-resumed")
    history.add(21, "listen-started", asset="rain", listen="m")
    (finding,) = history.found("played-while-paused")
    assert (finding["offset"], finding["positions"]) == (15, [paused, started, resumed])


def test_all_starts_within_one_pause_are_one_finding(history: History) -> None:
    history.add(10, "playback-paused")
    for number in range(5):
        history.add(20 + number, "listen-started", asset="bell", listen=f"l{number}")
    (finding,) = history.found("played-while-paused")
    assert finding["count"] == 5
    assert (finding["offset"], finding["duration"]) == (20, 4)


def test_a_start_at_the_moment_of_the_pause_goes_by_which_was_recorded_first(history: History) -> None:
    history.add(10, "listen-started", asset="bell", listen="before")
    history.add(10, "playback-paused")
    assert history.found("played-while-paused") == []
    history.add(10, "listen-started", asset="bell", listen="after")
    assert len(history.found("played-while-paused")) == 1


def test_what_finishes_while_it_is_paused_with_much_of_it_left_played_on(history: History) -> None:
    started = history.add(0, "listen-started", asset="bell", listen="l")
    history.add(20, "playback-paused", listen="l")
    ended = history.add(60, "listen-ended", listen="l", reason="finished")
    (finding,) = history.found("played-while-paused")
    assert (finding["offset"], finding["positions"]) == (60, [started, ended])


def test_a_player_that_pauses_at_the_end_of_the_media_contradicts_nothing(history: History) -> None:
    """As a browser's media element does, just before it has ended."""
    history.add(0, "listen-started", asset="bell", listen="l")
    history.add(59.99, "playback-paused", listen="l")
    history.add(60, "listen-ended", listen="l", reason="finished")
    assert history.found("played-while-paused") == []


def test_a_listen_that_starts_before_its_session_does(history: History) -> None:
    started = history.add(-4, "listen-started", asset="bell", listen="l")
    history.add(0, "listen-started", asset="rain", listen="m", lane="x")
    (finding,) = history.found("started-before-session")
    assert (finding["offset"], finding["duration"], finding["positions"]) == (-4, 4, [1, started])


def test_a_session_that_never_started_has_nothing_before_it() -> None:
    history = History()
    history.add(5, "listen-started", asset="bell", listen="l")
    assert history.found("started-before-session") == []


def test_an_end_before_its_start_whose_duration_counts_is_told_of(history: History) -> None:
    started = history.add(10, "listen-started", asset="bell", listen="l")
    ended = history.add(4, "listen-ended", listen="l", duration=6)
    (finding,) = history.found("ended-before-start")
    assert (finding["offset"], finding["duration"], finding["positions"]) == (4, 6, [started, ended])


def test_a_duration_beyond_the_devices_own_clock_is_impossible(history: History) -> None:
    history.add(0, "listen-started", asset="live", listen="l")
    ended = history.add(3600, "listen-ended", listen="l", duration=144_000)
    (finding,) = history.found("impossible-time")
    assert finding["severity"] == "error"
    assert finding["positions"] == [4, ended]
    assert (
        finding["message"]
        == '"live" is told to have lasted 40 h within 60 min: 39 h more than the clock allows'
    )


def test_ten_seconds_more_or_one_percent_more_is_possible(history: History) -> None:
    history.add(0, "listen-started", asset="live", listen="l")
    history.add(100, "listen-ended", listen="l", duration=110)
    history.add(200, "listen-started", asset="live", listen="m")
    history.add(2200, "listen-ended", listen="m", duration=2020)
    assert history.found("impossible-time") == []
