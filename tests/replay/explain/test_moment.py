"""How a moment is told."""

from __future__ import annotations

import pytest

from replay.clock import parse_time
from replay.errors import Invalid
from replay.explain import At, moment_of, read_at
from tests.replay.history import ZERO, History

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("0", At(offset=0)),
        ("154.5", At(offset=154_500_000_000)),
        ("-3.000000001", At(offset=-3_000_000_001)),
        ("9999999999", At(offset=9_999_999_999 * SECOND)),
        ("2026-05-14T14:58:04Z", At(time=parse_time("2026-05-14T14:58:04Z") * 1000)),
        ("2026-05-14T16:58:04.5+02:00", At(time=parse_time("2026-05-14T14:58:04.5Z") * 1000)),
        ("14:58:04Z", At(time_of_day=(14 * 3600 + 58 * 60 + 4) * SECOND)),
        ("00:00Z", At(time_of_day=0)),
        ("23:59:59.25Z", At(time_of_day=(86_400 * SECOND - 750_000_000))),
    ],
)
def test_a_text_tells_a_moment(text: str, at: At) -> None:
    assert read_at(text) == at


@pytest.mark.parametrize(
    "text",
    [
        "nan", "NaN", "inf", "-Infinity", "1e400", "1e3", "99999999999", "", " ", "1:15", "24:00:00Z", "14:60Z",
        "2026-05-14T14:58:04", "now", "٣", "0x10", "--1", "1_000", "9" * 5000,
    ],
)  # fmt: skip
def test_what_tells_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(Invalid, match="at must be seconds") as caught:
        read_at(text)
    assert caught.value.field == "at"


def history(start: float, stop: float) -> History:
    told = History()
    told.add(start, "session-started")
    told.add(stop, "session-ended")
    return told


HOUR = 3600


@pytest.mark.parametrize(
    ("start", "stop", "text", "offset"),
    [
        (0, 60, "14:00:30Z", 30),
        (0, 60, "13:59:00Z", -60),
        (0, 60, "14:05:00Z", 300),
        (9 * HOUR, 11 * HOUR, "00:30Z", 10.5 * HOUR),
        (9 * HOUR, 11 * HOUR, "23:30Z", 9.5 * HOUR),
        (9 * HOUR, 400 * HOUR, "23:30Z", 9.5 * HOUR),
    ],
    ids=[
        "within",
        "just before",
        "just after",
        "past midnight",
        "before midnight",
        "a session of days: its first",
    ],
)
def test_a_time_of_day_is_the_one_in_the_session_or_nearest_to_it(
    start: float, stop: float, text: str, offset: float
) -> None:
    found = moment_of(read_at(text), history(start, stop).timeline())
    assert found == ZERO * 1000 + round(offset * SECOND)
