"""Ranges of positions, and what an erasure's records say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from replay.log.contract import Record
from replay.log.erasure import covered_by, to_ranges, tombstones
from tests.log.making import event


@given(st.sets(st.integers(1, 60)))
def test_ranges_name_exactly_their_positions_and_are_the_fewest(positions: set[int]) -> None:
    ranges = to_ranges(positions)
    named = [position for first, last in ranges for position in range(first, last + 1)]
    assert named == sorted(positions)
    assert len(ranges) == sum(position - 1 not in positions for position in positions)


@given(st.lists(st.sampled_from(["a", "b", None]), min_size=1, max_size=30))
def test_each_position_is_named_by_the_record_of_its_session(sessions: list[str | None]) -> None:
    records = [
        Record(position=at, recordedtime=0, body=event(str(at), session=session).body)
        for at, session in enumerate(sessions, start=1)
    ]
    erased, told = tombstones(records, "why")
    assert erased == [record.position for record in records]
    named = {
        position: one.session
        for one in told
        for first, last in covered_by(one.body)
        for position in range(first, last + 1)
    }
    assert named == dict(enumerate(sessions, start=1))


def test_a_body_that_merely_mentions_an_erasure_covers_nothing() -> None:
    assert covered_by(event("a", data={"note": "event-erased"}).body) == []
