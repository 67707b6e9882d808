"""Two sessions, play by play, on histories told for the purpose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.compare import Comparison, compare_sessions, sessions_document
from replay.compare.differing import KINDS
from replay.compare.sessions import common_shift
from replay.session import Session
from tests.replay.history import History

SECOND = 1_000_000_000
WALK = (("birds", 0, 30), ("fountain", 30, 60), ("bell", 60, 80), ("steps", 85, 100))
Tell = Callable[[History], object]


def walk(*plays: tuple[str, float, float], late: float = 0, **data: Any) -> Session:
    """A session of plays (asset, from, to), which began `late` seconds after the session did."""
    history = History()
    history.add(0, "session-started")
    for number, (asset, start, stop) in enumerate(plays):
        history.add(start + late, "listen-started", asset=asset, listen=str(number), **data)
        history.add(stop + late, "listen-ended", listen=str(number), reason="finished")
    history.add(200, "session-ended")
    return history.session()


def found(comparison: Comparison) -> list[tuple[str, str | None, float | None]]:
    """(kind, asset, amount) of each difference, in order."""
    document = sessions_document(comparison)
    return [(one["kind"], one["asset"], one["amount"]) for one in document["differences"]]


def test_a_session_compared_with_itself_differs_in_nothing() -> None:
    comparison = compare_sessions(walk(*WALK), walk(*WALK))
    assert comparison.same
    assert found(comparison) == []
    assert (comparison.aligned, comparison.shift, comparison.agreeing) == (4, 0, 4)
    assert sessions_document(comparison)["message"] == "the same 4 plays; nothing differs"


def test_a_play_that_is_not_there_is_missing_and_one_that_is_more_is_extra() -> None:
    less = walk(*WALK[:1], *WALK[2:])
    assert found(compare_sessions(walk(*WALK), less)) == [("missing", "fountain", -30)]
    assert found(compare_sessions(less, walk(*WALK))) == [("extra", "fountain", 30)]


def test_a_second_play_of_a_recording_is_extra_and_the_first_one_aligned() -> None:
    again = walk(*WALK, ("birds", 120, 150))
    assert found(compare_sessions(walk(*WALK), again)) == [("extra", "birds", 30)]


def test_all_plays_later_is_one_shift_and_no_difference() -> None:
    comparison = compare_sessions(walk(*WALK), walk(*WALK, late=3.2))
    assert found(comparison) == []
    assert (comparison.shift, comparison.same) == (3.2 * SECOND, False)
    assert sessions_document(comparison)["message"] == "the same 4 plays; b is 3.2 s later"


def test_one_play_is_shifted_beyond_the_shift_of_all() -> None:
    moved = walk(*WALK[:3], ("steps", 90, 105), late=2)
    comparison = compare_sessions(walk(*WALK), moved)
    assert (comparison.shift, comparison.agreeing) == (2 * SECOND, 3)
    assert found(comparison) == [("shifted", "steps", 5)]
    assert comparison.differences[0].message == "steps begins 5 s later than the shift of 2 s has it"


def test_what_is_within_the_tolerance_is_no_difference() -> None:
    near = walk(("birds", 0.04, 30.08), *WALK[1:])
    assert compare_sessions(walk(*WALK), near).same
    assert found(compare_sessions(walk(*WALK), near, tolerance=0)) == [
        ("shifted", "birds", 0.04),
        ("longer", "birds", 0.04),
    ]


def test_less_of_a_play_is_truncated_and_more_of_it_longer() -> None:
    cut = walk(*WALK[:2], ("bell", 60, 68), *WALK[3:])
    assert found(compare_sessions(walk(*WALK), cut)) == [("truncated", "bell", -12)]
    assert found(compare_sessions(cut, walk(*WALK))) == [("longer", "bell", 12)]
    assert compare_sessions(walk(*WALK), cut).differences[0].message == (
        "bell is 12 s shorter: 8 s heard, not 20 s"
    )


def test_an_end_that_nobody_told_is_named_where_lengths_differ() -> None:
    history = History()
    history.add(0, "session-started")
    history.add(60, "listen-started", asset="bell", duration=12)
    history.add(200, "session-ended")
    [cut] = compare_sessions(walk(("bell", 60, 80)), history.session()).differences
    assert cut.message == "bell is 8 s shorter: 12 s heard, not 20 s (its end: length in b, observed in a)"


def test_two_plays_in_another_order_are_one_difference_not_two() -> None:
    swapped = walk(("fountain", 0, 30), ("birds", 30, 60), *WALK[2:])
    kinds = {kind: asset for kind, asset, _ in found(compare_sessions(walk(*WALK), swapped))}
    assert kinds == {"reordered": "birds", "shifted": "fountain"}


def test_plays_that_begin_together_may_change_places() -> None:
    one = walk(("music", 0, 60), ("voice", 0.01, 20))
    other = walk(("voice", 0, 20), ("music", 0.01, 60))
    assert compare_sessions(one, other).same


def changed(*events: tuple[float, str, dict[str, Any]], **data: Any) -> Session:
    """One play of a bell, from 10 to 30 s, and what else happened."""
    history = History()
    history.add(0, "session-started")
    history.add(10, "listen-started", asset="bell", listen="it", **data)
    for at, type_, more in events:
        history.add(at, type_, listen="it", **more)
    history.add(30, "listen-ended", listen="it")
    return history.session()


@pytest.mark.parametrize(
    ("other", "kind", "amount", "message"),
    [
        (changed(gain=0.5), "gain", -0.5, "bell has a gain of 0.5, not 1"),
        (changed(pan=-1), "pan", -1, "bell has a pan of -1, not 0"),
        (changed(lane="voice"), "lane", None, "bell plays on lane voice, not 0"),
        (changed(in_=4), "in", 4, "bell begins at 4 s of the recording, not at 0 s"),
        (changed(rate=1.5), "rate", 0.5, "bell has a rate of 1.5, not 1"),
        (changed((20, "gain-changed", {"gain": 0.2})), "gain", None, "bell has a gain of 1, then 0.2, not 1"),
        (changed((20, "rate-changed", {"rate": 2})), "rate", None, "bell has a rate of 1, then 2, not 1"),
    ],
)
def test_what_else_of_a_play_differs_is_told_with_its_amount(
    other: Session, kind: str, amount: float | None, message: str
) -> None:
    comparison = compare_sessions(changed(), other)
    assert found(comparison) == [(kind, "bell", amount)]
    assert comparison.differences[0].message == message


def test_a_pause_within_a_play_holds_it_and_truncates_what_was_heard() -> None:
    paused = changed((15, "playback-paused", {}), (20, "playback-resumed", {}))
    assert found(compare_sessions(changed(), paused)) == [("truncated", "bell", -5), ("held", "bell", 5)]


def test_two_plays_of_unnamed_recordings_are_never_the_same() -> None:
    history = History()
    history.add(0, "session-started")
    history.add(20, "listen-ended", listen="lost", duration=10)
    kinds = [kind for kind, _, _ in found(compare_sessions(history.session(), history.session()))]
    assert sorted(kinds) == ["extra", "missing"]


def empty() -> Session:
    history = History()
    history.add(0, "session-started")
    return history.session()


@pytest.mark.parametrize(
    ("a", "b", "message", "same"),
    [
        (empty(), empty(), "neither session plays anything", True),
        (empty(), walk(*WALK), "a plays nothing: there is nothing to align the other's plays with", False),
        (walk(*WALK), empty(), "b plays nothing: there is nothing to align the other's plays with", False),
    ],
)
def test_a_session_without_listens_is_answered_clearly(
    a: Session, b: Session, message: str, same: bool
) -> None:
    document = sessions_document(compare_sessions(a, b))
    assert (document["message"], document["same"], document["shift"]) == (message, same, None)
    assert len(document["differences"]) == abs(document["a"]["plays"] - document["b"]["plays"])


@pytest.mark.parametrize(
    ("shifts", "common"),
    [
        ([], (None, 0)),
        ([7], (7, 1)),
        ([0, 100], (None, 0)),
        ([0, 100, 100], (100, 2)),
        ([0, 0, 100, 100], (0, 2)),
        ([-3, -2, -1, 50], (-2, 3)),
    ],
)
def test_the_common_shift_is_the_one_most_plays_agree_with(
    shifts: list[int], common: tuple[int | None, int]
) -> None:
    assert common_shift(shifts, 1) == common


PLAYS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 40), st.integers(0, 20)), max_size=12)


def told(plays: list[tuple[str, int, int]]) -> Session:
    return walk(*((asset, start, start + lasted) for asset, start, lasted in plays))


@given(PLAYS, PLAYS)
def test_each_play_is_aligned_missing_or_extra_exactly_once(
    a: list[tuple[str, int, int]], b: list[tuple[str, int, int]]
) -> None:
    comparison = compare_sessions(told(a), told(b))
    kinds = [difference.kind for difference in comparison.differences]
    assert comparison.aligned + kinds.count("missing") == len(a)
    assert comparison.aligned + kinds.count("extra") == len(b)
    assert {difference.kind for difference in comparison.differences} <= set(KINDS)


@given(PLAYS)
def test_what_is_the_same_differs_in_nothing_and_its_document_says_so(a: list[tuple[str, int, int]]) -> None:
    document = sessions_document(compare_sessions(told(a), told(a)))
    assert (document["same"], document["differences"], document["summary"]) == (True, [], {})
    assert all(sums["difference"] == 0 for sums in document["totals"].values())
    assert msgspec.json.encode(document)
