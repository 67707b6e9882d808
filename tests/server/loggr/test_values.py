"""How each field's text is read: the same rows whichever way a field came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from replay.errors import Invalid
from server.loggr.values import attachment, moment, number, place, span, whole
from server.questions.parameters import text

READ: list[tuple[Callable[[str, str], Any], str, Any]] = [
    (text(3), "abc", "abc"),
    (text(3), "🌿🌿🌿", "🌿🌿🌿"),
    (whole, "1", 1),
    (whole, " 0012 ", 12),
    (whole, "999999999999999", 999999999999999),
    (number, "35", 35),
    (number, "-0", 0),
    (number, "+35.50", 35.5),
    (number, "1e3", 1000.0),
    (number, "18446744073709551615", 2**64 - 1),
    (number, "18446744073709551616", 2.0**64),
    (moment, "1308491673911", "2011-06-19T13:54:33.911000Z"),
    (moment, "-1", "1969-12-31T23:59:59.999000Z"),
    (moment, "-62135596800000", "0001-01-01T00:00:00.000000Z"),
    (moment, "253402300799999", "9999-12-31T23:59:59.999000Z"),
    (span, "5", (5, None)),
    (span, "-5:7", (-5, 7)),
    (span, " 5:5 ", (5, 5)),
    (place, "64.1,-21.9", "64.1,-21.9"),
    (place, "64.1, -21.9", "64.1, -21.9"),
    (place, "90,180", "90,180"),
    (place, "ip:192.0.2.7", "ip:192.0.2.7"),
    (place, "ip:2001:db8::7", "ip:2001:db8::7"),
    (attachment, "anything", "anything"),
    (attachment, '@json\n{"a": 1}', '@json\n{"a": 1}'),
    (attachment, "@json\r\n[1]", "@json\r\n[1]"),
    (attachment, "@html\n<b>", "@html\n<b>"),
    (attachment, "@json {no", "@json {no"),
    (attachment, "@jsonx\n{no", "@jsonx\n{no"),
    (attachment, " @json\n{no", " @json\n{no"),
]

NO_NUMBERS = ("", "one", "²", "\u0661", "0x1", "1 2", "1_0")

REFUSED: list[tuple[Callable[[str, str], Any], str, str]] = [
    (text(3), "abcd", "longer than 3"),
    *((whole, value, "whole number from 1") for value in (*NO_NUMBERS, "0", "-1", "1.0", "1e3", "1" * 16)),
    *((number, value, "must be a number") for value in (*NO_NUMBERS, "NaN", "inf", "1,5", "--1", ".")),
    (number, "1e400", "too large"),
    (number, "9" * 31, "longer than 30"),
    *((moment, value, "number of milliseconds") for value in ("", "now", "1.5", "1:2", "1" * 16, "²")),
    *((moment, value, "outside years") for value in ("253402300800000", "-62135596800001")),
    *((span, value, "milliseconds since 1970") for value in ("", ":", "1:", ":1", "1:2:3", "a:b", "1.5")),
    (span, "1:999999999999999", "outside years"),
    *(
        (place, value, "degrees")
        for value in ("here", "1", "1,2,3", "91,0", "0,181", "nan,0", "ip:", "ip:1.2.3", "ip:1.2.3.256", "1;2", "")
    ),
    (place, "1" * 31, "longer than 30"),
    *((attachment, f"@json\n{value}", "is no JSON") for value in ("", "{", "{a}", "[1,]", "NaN", "[" * 5000)),
    (attachment, "x" * 5121, "longer than 5120"),
]  # fmt: skip


@pytest.mark.parametrize(("reader", "told", "value"), READ)
def test_a_value_is_read(reader: Callable[[str, str], Any], told: str, value: Any) -> None:
    found = reader(told, "field")
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(("reader", "told", "reason"), REFUSED)
def test_a_value_that_cannot_be_is_refused_with_its_name_and_why(
    reader: Callable[[str, str], Any], told: str, reason: str
) -> None:
    with pytest.raises(Invalid) as caught:
        reader(told, "field")
    assert caught.value.field == "field"
    assert caught.value.message.startswith("field ")
    assert reason in caught.value.message
