from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.feeds import Moment
from replay.errors import Invalid
from server.questions.bounds import format_bound, format_milliseconds, read_bound

READ = [
    ("1970-01-01T00:00:01Z", Moment(1000)),
    ("1970-01-01T00:00:01.5Z", Moment(1500)),
    ("1970-01-01T00:00:01.123Z", Moment(1123)),
    ("1970-01-01T00:00:01.123000Z", Moment(1123)),
    ("1970-01-01T00:00:01.123000007Z", Moment(1123, 7)),
    ("1970-01-01T00:00:01.123999999Z", Moment(1123, 999_999)),
    ("1970-01-01T00:00:01.1231000000Z", Moment(1123, 1_000_000)),
    ("1970-01-01T00:00:01.1230000070Z", Moment(1123, 7)),
    ("1970-01-01T00:00:01.1234567890123456789Z", Moment(1123)),
    ("1970-01-01T02:00:01.25+02:00", Moment(1250)),
    ("1970-01-01T02:00:01.25 02:00", Moment(1250)),
    ("1969-12-31T19:00:01.001-05:00", Moment(1001)),
    ("1969-12-31T23:59:59.999Z", Moment(-1)),
    ("0", Moment(0)),
    ("1432337637000", Moment(1_432_337_637_000)),
    ("-1", Moment(-1)),
]

REFUSED = [
    "yesterday",
    "1970-01-01",
    "1970-01-01T00:00:01",
    "1970-01-01T00:00:01.Z",
    "1970-13-01T00:00:01Z",
    "9999999999999999",
    "999999999999999",
    "1e9",
    "\u0661",
]


@pytest.mark.parametrize(("text", "bound"), READ)
def test_a_bound_is_milliseconds_and_an_ordinal(text: str, bound: Moment) -> None:
    assert read_bound(text, "until") == bound


@pytest.mark.parametrize("text", REFUSED)
def test_a_bound_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_bound(text, "until")
    assert refused.value.field == "until"


@given(ms=st.integers(-62_135_596_800_000, 253_402_300_799_999), ordinal=st.integers(0, 9_999_999))
def test_a_bound_survives_being_written(ms: int, ordinal: int) -> None:
    assert read_bound(format_bound(Moment(ms, ordinal)), "until") == Moment(ms, ordinal)
    assert read_bound(format_milliseconds(ms), "until") == Moment(ms)
    assert read_bound(str(ms), "until") == Moment(ms)
