"""A session in brief."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from replay.outline import PARTS, STATES, Found, draw_strip, lacking, outline
from replay.timeline.stretches import doubled, length, union
from tests.replay.history import History


def runs(strip: str) -> list[tuple[str, int]]:
    """Letters and how often each follows itself."""
    found: list[tuple[str, int]] = []
    for letter in strip:
        if found and found[-1][0] == letter:
            found[-1] = (letter, found[-1][1] + 1)
        else:
            found.append((letter, 1))
    return found


def walk() -> History:
    """24 s: a clip, silence, a clip, a pause, a stall, a clip that ends unseen."""
    history = History()
    history.add(0, "session-started")
    history.add(0, "listen-started", asset="a", listen="a")
    history.add(6, "listen-ended", listen="a")
    history.add(9, "listen-started", asset="b", listen="b")
    history.add(12, "playback-paused", listen="b")
    history.add(15, "playback-resumed", listen="b")
    history.add(18, "playback-stalled", listen="b")
    history.add(21, "playback-recovered", listen="b")
    history.add(24, "listen-ended", listen="b")
    history.add(24, "session-ended")
    return history


def test_a_strip_draws_what_the_timeline_holds_in_proportion() -> None:
    strip = draw_strip(walk().timeline())
    assert runs(strip) == [("c", 24), ("s", 12), ("c", 12), ("p", 12), ("c", 12), ("t", 12), ("c", 12)]


def test_what_nobody_knows_and_what_overlaps_have_letters_of_their_own() -> None:
    history = History()
    history.add(0, "session-started")
    history.add(0, "listen-started", asset="a", listen="a", lane="x")
    history.add(4, "listen-started", asset="b", listen="b", lane="y")
    history.add(8, "listen-ended", listen="a")
    history.add(12, "listen-ended", listen="b")
    history.add(16, "heartbeat")
    assert runs(draw_strip(history.timeline())) == [("c", 24), ("o", 24), ("c", 24), ("u", 24)]


def test_a_short_fault_still_shows() -> None:
    history = History()
    history.add(0, "session-started")
    history.add(0, "listen-started", asset="a", listen="a")
    history.add(1000, "listen-ended", listen="a")
    history.add(1006, "listen-started", asset="b", listen="b")
    history.add(2000, "listen-ended", listen="b")
    history.add(2000, "session-ended")
    assert "s" in draw_strip(history.timeline())


def test_a_stall_of_seconds_shows_in_hours() -> None:
    history = History()
    history.add(0, "session-started")
    history.add(0, "listen-started", asset="a", listen="a")
    history.add(7000, "playback-stalled", listen="a")
    history.add(7006, "playback-recovered", listen="a")
    history.add(14400, "listen-ended", listen="a")
    history.add(14400, "session-ended")
    assert set(draw_strip(history.timeline())) == {"c", "t"}


def test_a_session_without_length_is_one_letter() -> None:
    history = History()
    history.add(0, "heartbeat")
    assert draw_strip(history.timeline()) == "."
    history.add(0, "listen-started", asset="a", listen="a")
    assert draw_strip(history.timeline()) == "c"


def test_an_outline_counts_clips_and_findings_by_rule() -> None:
    history = walk()
    for number in range(2):
        history.add(23, "listen-ended", listen=f"never-{number}")
    seen = outline(history.session())
    assert (seen.duration, seen.heard, seen.clips) == (24.0, 15.0, 4)
    assert Found("ended-before-start", "warning", 2) in seen.findings
    assert seen.position == history.timeline().position


def test_a_session_lacks_the_devices_whose_numbers_are_missing() -> None:
    history = History()
    history.add(0, "heartbeat", device="phone", sequence=1)
    history.add(1, "heartbeat", device="phone", sequence=4)
    history.add(1, "heartbeat", device="tag", sequence=1)
    history.add(2, "heartbeat", device="tag", sequence=2)
    assert lacking(history.session()) == {"phone"}


spans = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda two: (min(two), max(two))))


@given(spans)
def test_doubled_is_where_two_spans_lie(spans: list[tuple[int, int]]) -> None:
    depth = Counter(moment for start, stop in spans for moment in range(start, stop))
    told = doubled(spans)
    assert {moment for moment, count in depth.items() if count > 1} == {
        moment for start, stop in told for moment in range(start, stop)
    }
    assert told == union(told)
    assert length(told) <= length(union(spans))


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from(["listen-started", "listen-ended", "playback-paused"])),
        min_size=1,
    )
)
def test_every_strip_is_whole(told: list[tuple[int, str]]) -> None:
    history = History()
    for second, type in told:
        data: dict[str, Any] = {} if type == "playback-paused" else {"asset": "a", "duration": 2}
        history.add(second, type, **data)
    strip = draw_strip(history.timeline())
    assert len(strip) in (1, PARTS)
    assert set(strip) <= {*STATES.values(), "."}
