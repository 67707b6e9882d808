"""What holds for every session and every moment."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from replay.explain import CAUSES, explain, explanation_document
from tests.replay.history import ZERO, History

happenings = st.lists(
    st.tuples(
        st.integers(-5, 20),
        st.sampled_from(
            [
                ("session-started", {}),
                ("session-ended", {}),
                ("listen-started", {"asset": "a", "listen": "l"}),
                ("listen-started", {"asset": "b", "listen": "m", "lane": "x", "duration": 3}),
                ("listen-started", {"asset": "c", "listen": "n", "duration": 0}),
                ("listen-ended", {"listen": "l"}),
                ("listen-ended", {"asset": "b", "duration": 2}),
                ("playback-paused", {}),
                ("playback-resumed", {}),
                ("playback-stalled", {"listen": "l"}),
                ("gain-changed", {"gain": 0, "ramp": 1}),
                ("heartbeat", {}),
            ]
        ),
        st.none() | st.integers(0, 9),
    ),
    min_size=1,
    max_size=10,
)
moments = st.integers(-8_000, 25_000).map(lambda ms: ZERO * 1000 + ms * 1_000_000)


def told(happened: list[tuple[int, tuple[str, dict[str, Any]], int | None]]) -> History:
    history = History()
    for seconds, (type_, data), number in happened:
        history.add(seconds, type_, sequence=number, **data)
    return history


@given(happenings, moments)
def test_every_moment_has_one_cause_that_agrees_with_the_timeline(
    happened: list[tuple[int, tuple[str, dict[str, Any]], int | None]], at: int
) -> None:
    session = told(happened).session()
    found = explain(session, at)
    assert found.cause in {row.id for row in CAUSES}
    assert found.sentence.endswith(".")
    sounding = [clip for clip in session.timeline.clips if clip.start <= at < clip.stop]
    silent = any(stretch.start <= at < stretch.stop for stretch in session.timeline.silences)
    unknown = any(stretch.start <= at < stretch.stop for stretch in session.timeline.unknown)
    assert [one.clip for one in found.playing] == sounding
    assert (found.cause == "gap") == silent
    if unknown:
        assert found.state in ("unknown", "outside")
    if found.state == "sounding":
        assert sounding
    assert found.start is None or found.start <= at
    assert found.stop is None or at < found.stop
    assert msgspec.json.encode(explanation_document(session, found))


@given(happenings)
def test_a_moment_far_away_is_outside_or_unknown(
    happened: list[tuple[int, tuple[str, dict[str, Any]], int | None]],
) -> None:
    session = told(happened).session()
    for at in (ZERO * 1000 - 10**19, ZERO * 1000 + 10**19):
        found = explain(session, at)
        assert found.state in ("outside", "unknown")
        assert msgspec.json.encode(explanation_document(session, found))
