"""However many cases there are: few findings, all of them counted, in time that sorting takes."""

from __future__ import annotations

from replay.findings.bounds import MOST_FINDINGS, MOST_POSITIONS
from tests.replay.history import History


def test_ten_thousand_overlapping_listens_give_a_hundred_findings_that_count_them_all() -> None:
    history = History()
    history.add(0, "session-started")
    for number in range(10_000):
        history.add(number / 100, "listen-started", asset="bell", listen=f"l{number}")
    for number in range(10_000):
        history.add(1000 + number / 100, "listen-ended", listen=f"l{number}")
    found = history.found("overlap")
    assert len(found) == MOST_FINDINGS
    assert sum(finding["count"] for finding in found) == 9_999
    assert found[-1]["count"] == 9_900
    assert found[-1]["message"].startswith("9,900 more of these; the first of them: ")
    assert all(len(finding["positions"]) <= MOST_POSITIONS for finding in history.replay()["findings"])


def test_ten_thousand_starts_of_one_recording_are_one_suspicion() -> None:
    history = History()
    for number in range(10_000):
        history.add(number / 100, "listen-started", asset="bell", listen=f"l{number}")
    (suspicion,) = history.found("suspected-duplicate")
    assert suspicion["count"] == 9_999
    assert len(suspicion["positions"]) == MOST_POSITIONS
