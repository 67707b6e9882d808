"""A device's day: what of it is impossible, and why."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.clock import to_nanoseconds, to_seconds
from replay.findings.bounds import MOST_FINDINGS
from replay.listening import Listening, device_day, listening_of
from replay.timeline.stretches import length, union
from tests.replay.history import ZERO, History

START, STOP = ZERO * 1000, ZERO * 1000 + to_nanoseconds(36_000)


def heard(name: str, *spans: tuple[float, float], why: tuple[str, ...] = ()) -> Listening:
    return Listening(
        session=name,
        ended=True,
        sounding=tuple((to_nanoseconds(start), to_nanoseconds(stop)) for start, stop in spans),
        claimed=0,
        why=why,
        starts=tuple((to_nanoseconds(start), index) for index, (start, _) in enumerate(spans, start=1)),
    )


def found(*sessions: Listening) -> list[tuple[float, float]]:
    day = device_day(sessions, 0, to_nanoseconds(86_400))
    return [(to_seconds(finding.start), to_seconds(finding.stop)) for finding in day.findings]


def test_sessions_one_after_the_other_are_possible() -> None:
    assert found(heard("a", (0, 100)), heard("b", (100, 200)), heard("c", (200, 300))) == []


def test_ten_seconds_at_once_are_a_handover_and_more_are_impossible() -> None:
    assert found(heard("a", (0, 100)), heard("b", (90, 200))) == []
    assert found(heard("a", (0, 100)), heard("b", (89.999, 200))) == [(89.999, 100)]


def test_sessions_that_are_linked_are_one_finding_and_others_are_another() -> None:
    sessions = [heard("a", (0, 100)), heard("b", (50, 200)), heard("c", (150, 300)), heard("d", (400, 500))]
    assert found(*sessions, heard("e", (420, 480))) == [(50, 200), (420, 480)]


def test_a_session_within_the_pauses_of_another_is_possible() -> None:
    assert found(heard("a", (0, 100), (200, 300)), heard("b", (100, 200))) == []


def test_a_sentence_names_each_session_and_why_but_not_hundreds() -> None:
    day = device_day([heard(f"s{n}", (0, 100), why=("it never ended",)) for n in range(50)], 0, 10**15)
    (finding,) = day.findings
    assert finding.count == 49
    assert "s0: 100 s (it never ended); s1: " in finding.message
    assert finding.message.endswith("45 more sessions")


def test_ten_thousand_sessions_are_bounded() -> None:
    sessions = [heard(f"s{n}", (100 * (n // 2), 100 * (n // 2) + 50)) for n in range(10_000)]
    day = device_day(sessions, 0, 10**18)
    assert len(day.findings) == MOST_FINDINGS
    assert sum(finding.count for finding in day.findings) == 5_000


SPANS = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 200)), min_size=1, max_size=4)


@given(st.lists(SPANS, min_size=1, max_size=6))
def test_a_day_sums_its_sessions_and_finds_something_whenever_they_sum_to_too_much(
    spans: Sequence[Sequence[tuple[int, int]]],
) -> None:
    sessions = []
    for number, of_one in enumerate(spans):
        united = union((start * 10**9, (start + lasts) * 10**9) for start, lasts in of_one)
        sessions.append(
            msgspec.structs.replace(heard(f"s{number}"), sounding=tuple(united), starts=((0, number),))
        )
    day = device_day(sessions, 0, 10**12)
    assert day.listening == sum(length(one.sounding) for one in sessions)
    assert day.wall == length(union(span for one in sessions for span in one.sounding))
    if not day.findings:
        assert day.listening - day.wall <= 10 * 10**9 * len(sessions)
    if day.listening == day.wall:
        assert not day.findings


def day_of(history: History, device: str = "phone") -> Listening:
    listening = listening_of(history.session(), device, START, STOP)
    assert listening is not None
    return listening


def test_what_sounds_counts_once_and_within_the_day_alone() -> None:
    history = History()
    history.add(-100, "listen-started", asset="a", listen="a", lane="x")
    history.add(50, "listen-ended", listen="a")
    history.add(10, "listen-started", asset="b", listen="b", lane="y")
    history.add(60, "listen-ended", listen="b")
    history.add(20, "listen-started", asset="c", listen="c", device="other")
    assert to_seconds(day_of(history).lasted) == 60
    assert to_seconds(day_of(history).claimed) == 50


def test_a_device_that_played_nothing_that_day_adds_nothing() -> None:
    history = History()
    history.add(0, "heartbeat")
    assert listening_of(history.session(), "phone", START, STOP) is None


@pytest.mark.parametrize("since_session", [False, True])
def test_totals_sent_as_durations_are_told(since_session: bool) -> None:
    """Each end tells how long was listened since the first start (or all listens together) in place of its own."""
    history = History()
    history.add(0, "session-started")
    before = 0.0
    for number in range(4):
        start, lasts = 100.0 * number, 60.0
        history.add(start, "listen-started", asset="live", listen=f"l{number}")
        before += lasts
        total = start + lasts if since_session else before
        history.add(start + lasts, "listen-ended", listen=f"l{number}", duration=total)
    history.add(400, "session-ended")
    assert day_of(history).why == (
        "what was listened to before is in 3 durations, too: totals sent as durations",
    )


def test_pauses_that_were_counted_are_told() -> None:
    history = History()
    history.add(0, "session-started")
    history.describe("chapter", duration=900)
    history.add(0, "listen-started", asset="chapter", listen="l")
    history.add(5760, "listen-ended", listen="l", reason="finished")
    history.add(5760, "session-ended")
    assert day_of(history).why == (
        "1 listen longer than the recording, by 81 min together: as when pauses are counted",
    )


def test_durations_beyond_the_clock_are_findings_of_the_day() -> None:
    history = History()
    history.add(0, "session-started")
    history.add(0, "listen-started", asset="live", listen="l")
    history.add(600, "listen-ended", listen="l", duration=540_000)
    listening = day_of(history)
    day = device_day([listening], START, STOP)
    assert to_seconds(day.claimed) == 540_000
    assert [finding.rule for finding in day.findings] == ["impossible-time"]
    assert "is told to have lasted 6 days 6 h within 10 min" in day.findings[0].message
