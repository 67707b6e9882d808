from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.formats.decimal import clock, seconds
from replay.formats.naming import file_name

NANOSECONDS = st.integers(-(10**20), 10**20)


@given(NANOSECONDS, st.integers(0, 9))
def test_seconds_are_the_exact_quotient_rounded_once(value: int, digits: int) -> None:
    exact = Decimal(value).scaleb(-9)
    rounded = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
    text = seconds(value, digits)
    assert Decimal(text) == rounded
    assert text == "0" if not digits and not rounded else len(text.partition(".")[2]) == digits


def test_zero_has_no_sign_and_halves_go_to_the_even() -> None:
    assert seconds(-1, 6) == "0.000000"
    assert [seconds(half, 0) for half in (500_000_000, 1_500_000_000, 2_500_000_000)] == ["0", "2", "2"]
    assert seconds(-1_250_000_000) == "-1.250000000"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "00:00:00.000"),
        (999_999, "00:00:00.000"),
        (93_601_500_000_000, "26:00:01.500"),
        (10**16, "2777:46:40.000"),
    ],
)
def test_a_clock_has_as_many_hours_as_there_are(value: int, text: str) -> None:
    assert clock(value) == text


@given(st.text(min_size=1, max_size=256))
def test_a_file_name_is_one_name_of_a_length_that_every_system_takes(name: str) -> None:
    found = file_name(name, "csv")
    assert found.endswith(".csv")
    assert not found.startswith(".")
    assert not set(found) & set('/\\:*?"<>|\0\n')
    assert len(found.encode(errors="surrogatepass")) <= 104


def test_a_file_name_keeps_what_may_stay() -> None:
    assert file_name("walk-1", "otio") == "walk-1.otio"
    assert file_name("../../etc/pass wd", "csv") == "_.._etc_pass_wd.csv"
    assert file_name("führung", "csv") == "führung.csv"
