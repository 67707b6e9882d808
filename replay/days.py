"""Days of a calendar, as people in a time zone count them. Pure.

Rule 1: a day begins at its first instant and ends where the next one begins: it has 23 or 25 hours where clocks are
        moved, and none at all where a zone skipped it (Samoa, 2011-12-30).
Rule 2: zones are those of the IANA database, by name, and so the same on every machine.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from replay.clock import EPOCH, MICROSECOND, MICROSECONDS
from replay.errors import Invalid

DAY = 86_400 * MICROSECONDS
MACHINES_OWN = "localtime"
"""Where some systems keep the zone that a machine is set to, as if it were a zone's name."""
_ORIGIN = EPOCH.replace(tzinfo=None)


def time_zone(name: str, field: str = "timezone") -> ZoneInfo:
    """The zone of a name such as `Europe/Berlin` or `UTC`. Raises `Invalid` for an unknown one."""
    if name not in _names():
        raise Invalid(
            field, f"{field} must be a time zone such as Europe/Berlin or UTC: {name[:64]!r} is none"
        )
    return ZoneInfo(name)


def day_span(day: date, zone: ZoneInfo) -> tuple[int, int]:
    """When a day begins in a zone and when the next one does, in microseconds since the epoch."""
    start = _begins(day, zone)
    return start, start + DAY if day == date.max else _begins(day + timedelta(days=1), zone)


def _begins(day: date, zone: ZoneInfo) -> int:
    """The first instant of a day. Where its midnight was skipped, that is when the clocks were moved."""
    midnight = datetime.combine(day, time(), zone)
    early, late = _at(midnight, 1), _at(midnight, 0)
    return late if early >= late else _moved(early // MICROSECONDS, late // MICROSECONDS, zone)


def _at(local: datetime, fold: int) -> int:
    """When a local time is, by the offset before (0) or after (1) the clocks were moved, where they were."""
    offset = local.replace(fold=fold).utcoffset() or timedelta()
    return (local.replace(tzinfo=None) - _ORIGIN - offset) // MICROSECOND


def _moved(early: int, late: int, zone: ZoneInfo) -> int:
    """When the clocks were moved between two moments, both given in seconds: the first with the new offset."""
    new = _offset(late, zone)
    while late - early > 1:
        middle = (early + late) // 2
        early, late = (early, middle) if _offset(middle, zone) == new else (middle, late)
    return late * MICROSECONDS


def _offset(moment: int, zone: ZoneInfo) -> timedelta | None:
    return (EPOCH + timedelta(seconds=moment)).astimezone(zone).utcoffset()


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones() - {MACHINES_OWN})
