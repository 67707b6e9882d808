"""The filters of `GET /api/2/listenevents/`, as a question to the view of listens.

Rule 1: `duration`, `duration__lte` and `duration__gte` are nanoseconds, in any decimal form (`6e8`).
Rule 2: all bounds are included; several bounds on one thing all hold.
Rule 3: `start_time__range` names a time that ends with today, in UTC, by whole days.
Rule 4: a session or an asset that nobody knows is no error: nothing was heard in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import msgspec

from projections import ListenFilter
from replay.clock import EPOCH, MICROSECOND
from server.roundware.manner import Rejected
from server.roundware.values import read_moment, read_number

MAX_DURATION = 2**63 - 1
MAX_LIMIT = 2**53

NOT_A_NUMBER = "Enter a number."
NOT_WHOLE = "Enter a whole number."
NOT_A_MOMENT = "Enter a valid date/time."
NO_CHOICE = "Select a valid choice. {} is not one of the available choices."

Bounds = tuple[int, int]


class ListensQuestion(msgspec.Struct, frozen=True):
    """What is asked for: `wanted`, from above the position `after`, at most `limit` of them (None: all)."""

    wanted: ListenFilter
    after: int
    limit: int | None


def listens_question(parameters: Mapping[str, str], log: str, now: int) -> ListensQuestion:
    """Read the parameters of a list; `now` is the wall clock. Raises `Rejected` naming all that are wrong."""
    faults: dict[str, list[str]] = {}

    def read(name: str, reader: Callable[[str], Any], message: str, absent: Any) -> Any:
        text = parameters.get(name)
        if text is None:
            return absent
        value = reader(text)
        if value is None:
            faults[name] = [message.format(text[:64])]
            return absent
        return value

    longest = read("duration__lte", read_number, NOT_A_NUMBER, None)
    shortest = read("duration__gte", read_number, NOT_A_NUMBER, None)
    exactly = read("duration", read_number, NOT_A_NUMBER, None)
    until = read("start_time__lte", read_moment, NOT_A_MOMENT, None)
    since = read("start_time__gte", read_moment, NOT_A_MOMENT, None)
    days = read("start_time__range", lambda name: _days(name, now), NO_CHOICE, (None, None))
    limit = read("limit", read_whole, NOT_WHOLE, None)
    after = read("after", read_whole, NOT_WHOLE, 0)
    if faults:
        raise Rejected(faults)
    wanted = ListenFilter(
        log=log,
        session=parameters.get("session"),
        asset=parameters.get("asset"),
        project=parameters.get("project_id"),
        since=_most(since, days[0]),
        until=_least(until, days[1]),
        shortest=_most(*(_nanoseconds(bound, ROUND_CEILING) for bound in (shortest, exactly))),
        longest=_least(*(_nanoseconds(bound, ROUND_FLOOR) for bound in (longest, exactly))),
    )
    return ListensQuestion(wanted, after, limit)


def _nanoseconds(bound: Decimal | None, rounding: str) -> int | None:
    """A bound in whole nanoseconds, held to what a row can be compared with."""
    if bound is None:
        return None
    within = min(max(bound, Decimal(-1)), Decimal(MAX_DURATION))
    return int(within.to_integral_value(rounding))


def _most(*bounds: int | None) -> int | None:
    return max((bound for bound in bounds if bound is not None), default=None)


def _least(*bounds: int | None) -> int | None:
    return min((bound for bound in bounds if bound is not None), default=None)


def read_whole(text: str) -> int | None:
    """A whole number in digits; None when it is none."""
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(MAX_LIMIT)):
        return None
    return min(int(text), MAX_LIMIT)


def _days(name: str, now: int) -> Bounds | None:
    """The first and the last microsecond of a range that is named from today."""
    today = (EPOCH + timedelta(microseconds=now)).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = today + timedelta(days=1)
    month = today.replace(day=1)
    ranges = {
        "today": (today, tomorrow),
        "yesterday": (today - timedelta(days=1), today),
        "week": (today - timedelta(days=7), tomorrow),
        "month": (month, (month + timedelta(days=31)).replace(day=1)),
        "year": (today.replace(month=1, day=1), today.replace(year=today.year + 1, month=1, day=1)),
    }
    if name not in ranges:
        return None
    first, end = ((moment - EPOCH) // MICROSECOND for moment in ranges[name])
    return first, end - 1
