"""What no player should tell: a clear answer all the same."""

from __future__ import annotations

import pytest

from replay.clock import EARLIEST, LATEST, MICROSECONDS
from tests.replay.history import ZERO, History


def test_a_session_without_listens_has_no_more_than_no_end() -> None:
    history = History()
    history.add(0, "heartbeat")
    assert [finding["rule"] for finding in history.replay()["findings"]] == ["never-ended"]


def test_an_asset_of_no_length_is_overrun_at_once(history: History) -> None:
    history.describe("nothing", duration=0)
    history.add(0, "listen-started", asset="nothing", listen="l")
    history.add(5, "listen-ended", listen="l", reason="finished")
    (finding,) = history.found("overrun")
    assert (finding["offset"], finding["duration"]) == (0, 5)


@pytest.mark.parametrize("year", ["1970", "the first", "the last"])
def test_a_clock_of_another_year_in_one_event_is_told_and_breaks_nothing(history: History, year: str) -> None:
    moment = {"1970": 0, "the first": EARLIEST, "the last": LATEST}[year]
    history.add(1, "listen-started", asset="bell", listen="l")
    history.add((moment - ZERO) / MICROSECONDS, "heartbeat", recorded=30)
    history.add(61, "listen-ended", listen="l", reason="finished", recorded=61.2)
    rules = {finding["rule"] for finding in history.replay()["findings"]}
    assert rules >= ({"out-of-order"} if year == "the last" else {"out-of-order", "late-arrival"})


def test_contradicting_pauses_are_no_findings_of_their_own(history: History) -> None:
    history.add(0, "listen-started", asset="bell", listen="l")
    for second in (10, 11, 12):
        history.add(second, "playback-paused")
    for second in (20, 21, 22):
        history.add(second, "playback-resumed")
    history.add(70, "listen-ended", listen="l", reason="finished")
    history.add(71, "session-ended")
    assert history.replay()["findings"] == []


def test_everything_at_one_moment_is_judged(history: History) -> None:
    for number in range(200):
        history.add(0, "listen-started", asset="bell", listen=f"l{number}", lane="main")
        history.add(0, "playback-paused")
        history.add(0, "listen-ended", listen=f"l{number}")
    assert all(finding["duration"] == 0 for finding in history.found("gap", "overlap"))


def test_a_title_as_long_as_a_page_does_not_fill_the_sentence(history: History) -> None:
    history.describe("long", title="x" * 4096, duration=60)
    history.add(0, "listen-started", asset="long", listen="l")
    history.add(5, "listen-ended", listen="l", reason="finished")
    (finding,) = history.found("truncated")
    assert len(finding["message"]) < 250
