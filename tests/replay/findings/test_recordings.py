"""Recordings that are not there, or not whole."""

from __future__ import annotations

from replay.clock import to_nanoseconds, to_seconds
from replay.findings import Finding
from replay.recordings.known import MISSING, Known
from replay.session import reconstruct
from tests.replay.history import History


def missing(history: History, recordings: dict[str, Known] | None) -> list[Finding]:
    findings = reconstruct(history.evidence(), recordings=recordings).findings
    return [finding for finding in findings if finding.rule == "missing-audio"]


def whole(seconds: float) -> Known:
    return Known(None, "abc", to_nanoseconds(seconds), None)


def play(history: History) -> tuple[int, int]:
    started = history.add(0, "listen-started", asset="bell", listen="l")
    return started, history.add(60, "listen-ended", listen="l", reason="finished")


def test_a_recording_that_is_not_there_is_missing(history: History) -> None:
    positions = play(history)
    gone = Known(None, MISSING, None, "there is no such file")
    (finding,) = missing(history, {"bell": gone})
    assert finding.message == '"Bell" cannot be heard: there is no such file'
    assert (finding.severity, finding.positions) == ("error", positions)


def test_a_recording_that_is_shorter_than_the_clip_lacks_its_end(history: History) -> None:
    play(history)
    (finding,) = missing(history, {"bell": whole(59.499)})
    assert to_seconds(finding.stop - finding.start) == 0.501
    assert missing(history, {"bell": whole(59.5)}) == []


def test_a_recording_that_nobody_looked_for_is_not_missing(history: History) -> None:
    play(history)
    assert missing(history, None) == []
    assert missing(history, {"rain": whole(1)}) == []


def test_what_lies_beyond_the_told_length_is_an_overrun_and_not_missing(history: History) -> None:
    history.add(0, "listen-started", asset="bell", listen="l")
    history.add(90, "listen-ended", listen="l", reason="finished")
    assert missing(history, {"bell": whole(60)}) == []
    assert len(history.found("overrun")) == 1


def test_a_loop_repeats_what_there_is(history: History) -> None:
    history.add(0, "listen-started", asset="bell", listen="l", loop=True)
    history.add(90, "listen-ended", listen="l", reason="finished")
    assert missing(history, {"bell": whole(60)}) == []
