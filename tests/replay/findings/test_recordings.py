"""Recordings that are not there, or not whole."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from replay.clock import to_nanoseconds, to_seconds
from replay.findings import Finding, Thresholds
from replay.findings.recordings import Promise, promises
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


tenths = st.integers(0, 100).map(lambda tenth: tenth / 10)
plays = st.fixed_dictionaries(
    {
        "asset": st.sampled_from(["bell", "rain", "untold"]),
        "at": tenths,
        "for_": tenths,
        "in_": tenths,
        "rate": st.sampled_from([0.5, 1, 2]),
        "loop": st.booleans(),
    }
)


@given(st.lists(plays, max_size=6), st.none() | tenths, st.none() | tenths, st.booleans(), tenths)
def test_promises_and_what_is_there_tell_how_much_is_found_missing(
    played: list[dict[str, Any]], told: float | None, there: float | None, gone: bool, limit: float
) -> None:
    history = History()
    for asset in ("bell", "rain"):
        history.describe(asset, url=f"{asset}.wav", **({} if told is None else {"duration": told}))
    for number, play_ in enumerate(sorted(played, key=lambda one: float(one["at"]))):
        start, length, asset = play_["at"], play_["for_"], play_["asset"]
        more = {name: play_[name] for name in ("in_", "rate", "loop")}
        history.add(start, "listen-started", asset=asset, listen=f"l{number}", **more)
        history.add(start + length / 3, "playback-paused", listen=f"l{number}")
        history.add(start + length / 2, "playback-resumed", listen=f"l{number}")
        history.add(start + length, "listen-ended", listen=f"l{number}")
    if not played:
        history.add(0, "session-started")
    fault = "there is no such file" if gone else None
    known = Known(None, MISSING, None if there is None or gone else to_nanoseconds(there), fault)
    recordings = {"bell": known, "rain": known}
    thresholds = Thresholds(missing_audio=limit)
    session = reconstruct(history.evidence(), thresholds=thresholds, recordings=recordings)
    found = sum(finding.count for finding in session.findings if finding.rule == "missing-audio")
    length_limit = thresholds.ns("missing_audio")
    promised = promises(session.timeline, length_limit)
    assert sum(promise.missing(known, length_limit) for promise in promised) == found


@given(
    st.dictionaries(st.integers(0, 40), st.integers(1, 3), max_size=12),
    st.integers(1, 12),
    st.none() | st.integers(0, 40),
)
def test_a_promise_in_brief_finds_something_missing_whenever_it_is_and_never_more(
    reaches: dict[int, int], most: int, there: int | None
) -> None:
    whole = Promise(1, sum(reaches.values()) + 1, tuple(sorted(reaches.items())))
    brief = whole.in_brief(most)
    known = Known(None, MISSING, there, "there is no such file" if there is None else None)
    assert len(brief.reaches) <= most
    missing, at_least = whole.missing(known, 0), brief.missing(known, 0)
    assert at_least <= missing
    assert bool(at_least) == bool(missing)
    if there is None or len(reaches) <= most:
        assert at_least == missing
