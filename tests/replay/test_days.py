"""Days of a calendar, in any time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.clock import EPOCH, MICROSECONDS, parse_time
from replay.days import DAY, day_span, time_zone
from replay.errors import Invalid

HOUR = 3600 * MICROSECONDS


@pytest.mark.parametrize(
    ("zone", "day", "begins", "hours"),
    [
        ("UTC", "2026-05-14", "2026-05-14T00:00:00Z", 24),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", 25),
        ("Asia/Kathmandu", "2026-05-14", "2026-05-13T18:15:00Z", 24),
        # Clocks went from 24:00 on to 01:00: the day begins at 01:00.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 23),
        # From 01:00 back to 00:00: the first of two midnights.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", 25),
        # From 23:30 on to 00:30: one day is cut short, and so is the next.
        ("America/Toronto", "1919-03-30", "1919-03-30T05:00:00Z", 23.5),
        ("America/Toronto", "1919-03-31", "1919-03-31T04:30:00Z", 23.5),
        # From 00:01 back to 23:01 of the day before: the day has begun, all the same.
        ("America/St_Johns", "2006-10-29", "2006-10-29T02:30:00Z", 25),
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", 24),
    ],
)
def test_a_day_is_as_long_as_its_zone_made_it(zone: str, day: str, begins: str, hours: float) -> None:
    start, stop = day_span(date.fromisoformat(day), time_zone(zone))
    assert (start, stop - start) == (parse_time(begins), round(hours * HOUR))


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_the_first_and_the_last_day_that_there_is_have_a_span(zone: str) -> None:
    for day in (date.min, date.max):
        start, stop = day_span(day, time_zone(zone))
        assert stop - start == DAY


zones = st.sampled_from(
    ["Europe/Berlin", "America/Toronto", "Africa/Cairo", "Asia/Gaza", "Pacific/Apia", "UTC"]
)


@given(zones, st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_days_follow_each_other_and_begin_on_their_date(name: str, first: date) -> None:
    zone = time_zone(name)
    days = [first + timedelta(days=more) for more in range(4)]
    spans = [day_span(day, zone) for day in days]
    assert all(one[1] == other[0] for one, other in pairwise(spans))
    for day, (start, stop) in zip(days, spans, strict=True):
        if start < stop:
            assert local(start, name) == day
            assert local(start - MICROSECONDS, name) < day


def local(moment: int, zone: str) -> date:
    utc: datetime = EPOCH.astimezone(UTC) + timedelta(microseconds=moment)
    return utc.astimezone(time_zone(zone)).date()


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "europe/berlin", "../UTC", "Europe", "", "posix/UTC", "localtime"]
)
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        time_zone(name, "timezone")
    assert refused.value.field == "timezone"
