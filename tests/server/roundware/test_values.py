"""Roundware's values: moments, numbers, ids, lengths."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.clock import EARLIEST, LATEST, parse_time
from server.roundware.listen_filters import listens_question
from server.roundware.posted import Posted
from server.roundware.values import read_moment, read_number, write_id, write_moment, write_seconds

NOON = parse_time("2026-05-14T12:00:00Z")


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-14T12:00:00Z",
        "2026-05-14T12:00:00",
        "2026-05-14T12:00",
        " 2026-05-14 12:00:00.000000 ",
        "2026-05-14t12:00:00z",
        "2026-05-14T14:00:00+02:00",
        "2026-05-14T14:00:00+0200",
        "2026-05-14T14:00:00+02",
        "2026-05-14T14:00:00 02:00",
        "2026-05-14T14:00 0200",
        "2026-05-14T07:30:00,0-04:30",
        "2026-05-14T12:00:00.0000004",
    ],
)
def test_a_moment_may_be_told_in_many_ways(text: str) -> None:
    assert read_moment(text) == NOON


def test_a_date_alone_is_its_midnight() -> None:
    assert read_moment("2026-05-14") == parse_time("2026-05-14T00:00:00Z")


@pytest.mark.parametrize(
    "text",
    [
        "", "now", "14.05.2026", "2026-5-14", "2026-02-30", "2026-05-14T", "2026-05-14T12", "2026-05-14T24:00",
        "2026-05-14T12:60", "2026-05-14T12:00:60", "2026-05-14T12:00:00.", "2026-05-14T12:00:00.0000000001",
        "2026-05-14T12:00:00+25:00", "2026-05-14T12:00:00UTC", "2026-05-14Z", "0000-05-14", "10000-05-14",
        "٢٠٢٦-05-14", "1778767200", "2026-W20-4", "9999-12-31T23:59:59-01:00",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_none(text: str) -> None:
    assert read_moment(text) is None


@given(st.integers(EARLIEST, LATEST))
def test_a_moment_survives_being_written_and_read(micros: int) -> None:
    text = write_moment(micros)
    assert read_moment(text) == micros
    assert ("." in text) == bool(micros % 1_000_000)
    assert len(text) in (19, 26)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, "5"), (1.5, "1.5"), ("6e8", "6E+8"), ("+.5", "0.5"), ("5.", "5"), (" 7 ", "7"), ("-0", "-0"),
        ("1E-3", "0.001"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_stands(value: object, number: str) -> None:
    assert read_number(value) == Decimal(number)


@pytest.mark.parametrize(
    "value",
    [
        True,
        None,
        "",
        ".",
        "1,5",
        "1_000",
        "0x10",
        "NaN",
        "Infinity",
        "-inf",
        "1e",
        "1e1234567",
        "٣",
        [],
        {},
        "5 5",
    ],
)
def test_what_is_no_number_is_none(value: object) -> None:
    assert read_number(value) is None


@pytest.mark.parametrize(
    ("id", "shown"),
    [
        ("35", 35), ("0", 0), ("9007199254740991", 2**53 - 1), ("9007199254740992", "9007199254740992"),
        ("007", "007"), ("-5", "-5"), ("1.0", "1.0"), ("walk", "walk"), ("٣", "٣"), ("9" * 40, "9" * 40),
    ],
)  # fmt: skip
def test_an_id_is_a_number_where_one_can_say_it(id: str, shown: object) -> None:
    assert write_id(id) == shown
    assert str(write_id(id)) == id


@pytest.mark.parametrize(
    ("nanoseconds", "seconds"),
    [
        (None, None), (0, None), (28_410_000_000, 28.41), (10_000_000_000, 10.0), (4_000_000, 0.0),
        (5_000_000, 0.0), (15_000_000, 0.02), (1_005_000_001, 1.01), (2**63 - 1, 9223372036.85),
    ],
)  # fmt: skip
def test_a_length_has_two_decimals_and_none_when_it_is_none(
    nanoseconds: int | None, seconds: float | None
) -> None:
    assert write_seconds(nanoseconds) == seconds


@given(st.integers(0, 10_000_000))
def test_every_length_in_whole_milliseconds_is_taken_as_it_is(milliseconds: int) -> None:
    """The old server multiplied floats, and refused one in twenty-eight of these."""
    posted = Posted({"duration_in_seconds": milliseconds / 1000})
    assert posted.duration() == milliseconds * 1_000_000
    posted.check()


@given(st.integers(0, 10**15))
def test_a_length_in_nanoseconds_filters_what_was_posted_as_it(nanoseconds: int) -> None:
    question = listens_question({"duration": str(nanoseconds)}, "default", NOON)
    assert (question.wanted.shortest, question.wanted.longest) == (nanoseconds, nanoseconds)
    assert Posted({"duration": nanoseconds}).duration() == nanoseconds


@pytest.mark.parametrize(
    ("now", "name", "first", "last"),
    [
        ("2026-05-14T23:59:59.999999Z", "today", "2026-05-14", "2026-05-14"),
        ("2026-03-01T00:00:00Z", "yesterday", "2026-02-28", "2026-02-28"),
        ("2026-01-03T12:00:00Z", "week", "2025-12-27", "2026-01-03"),
        ("2024-02-10T12:00:00Z", "month", "2024-02-01", "2024-02-29"),
        ("2025-12-31T12:00:00Z", "month", "2025-12-01", "2025-12-31"),
        ("2024-02-29T12:00:00Z", "year", "2024-01-01", "2024-12-31"),
    ],
)
def test_a_range_is_whole_days_that_end_with_today(now: str, name: str, first: str, last: str) -> None:
    wanted = listens_question({"start_time__range": name}, "default", parse_time(now)).wanted
    assert wanted.since == read_moment(first)
    assert wanted.until == parse_time(f"{last}T23:59:59.999999Z")
