"""Ids that this surface makes: 24 hexadecimal digits that go up."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from replay.clock import MICROSECONDS
from replay.envelope import build_event
from replay.log.contract import Record
from server.loggr.ids import LineIds, direct_id, shown_id

MOMENT = 1_308_491_673 * MICROSECONDS + 911_000


def test_an_id_begins_with_the_seconds_of_the_clock_as_in_the_documents() -> None:
    assert LineIds().new(MOMENT).startswith("4dfdff99")


def test_two_makers_at_one_moment_make_two_ids() -> None:
    assert len({LineIds().new(MOMENT) for _ in range(100)}) == 100


@given(moments=st.lists(st.integers(0, 2**52), min_size=2, max_size=30))
def test_ids_of_one_maker_go_up_whatever_its_clock_does(moments: list[int]) -> None:
    ids = LineIds()
    made = [ids.new(moment) for moment in moments]
    assert made == sorted(set(made))
    assert all(re.fullmatch("[0-9a-f]{24}", id) for id in made)


def test_later_moments_make_higher_ids_in_other_processes_too() -> None:
    made = [LineIds().new(MOMENT + later) for later in range(0, 3 * MICROSECONDS, 99_999)]
    assert made == sorted(made)


def test_an_event_shows_its_own_id_only_when_it_is_of_this_kind() -> None:
    for id, own in (("4dfdff994e1feb0b4c0020ef", True), ("4DFDFF994E1FEB0B4C0020EF", False), ("1", False)):
        event = build_event(id=id, source="s", type="t")
        record = Record(2**53 - 1, MOMENT, event.body)
        assert (shown_id(record, event) == id) is own
        assert re.fullmatch("[0-9a-f]{24}", shown_id(record, event))


def test_a_direct_id_is_of_any_time_and_position() -> None:
    assert direct_id(Record(7, MOMENT, None)) == "4dfdff990000000000000007"
    assert re.fullmatch("[0-9a-f]{24}", direct_id(Record(1, -MOMENT, None)))
