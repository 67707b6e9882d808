"""How lengths and counts are said, and how numbers are read."""

from __future__ import annotations

import pytest

from replay.numbers import read_number
from replay.words import HOUR, MINUTE, SECOND, lasting, number


@pytest.mark.parametrize(
    ("nanoseconds", "said"),
    [
        (0, "0 s"),
        (60_000_000, "0.06 s"),
        (-12 * SECOND, "12 s"),
        (90 * SECOND, "90 s"),
        (35 * MINUTE + 20 * SECOND, "35 min 20 s"),
        (60 * MINUTE, "60 min"),
        (21 * HOUR + 37 * MINUTE, "21 h 37 min"),
        (24 * HOUR, "24 h"),
        (74 * HOUR, "3 days 2 h"),
        (150_000 * HOUR, "6,250 days"),
    ],
)
def test_a_length_is_said_in_the_two_units_that_tell_it_best(nanoseconds: int, said: str) -> None:
    assert lasting(nanoseconds) == said


def test_a_count_is_said_with_its_thing() -> None:
    assert [number(count, "event") for count in (0, 1, 10_000)] == ["0 events", "1 event", "10,000 events"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1.0), ("-0.5", -0.5), (".5", 0.5), ("1e3", 1000.0), ("+2.", 2.0), ("1e999", float("inf"))],
)
def test_a_number_is_read_as_people_write_it(text: str, value: float) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize("text", ["", "1_000", "\uff11", " 1", "1 ", "nan", "inf", "0x10", "1,5", "9" * 33])
def test_what_python_alone_takes_for_a_number_is_none(text: str) -> None:
    assert read_number(text) is None
