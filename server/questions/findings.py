"""What can be asked about findings: parameters among which every threshold is one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from replay.days import time_zone
from replay.findings import BY_ID, LIMITS, SEVERITIES, Severity
from server.questions.parameters import Parameters, Reader, day, name, one_of
from server.questions.read import READ, Read
from server.questions.sessions import AsOf, ReplayQuestion, as_of, clock

T = TypeVar("T")


class FindingsQuestion(ReplayQuestion, frozen=True, kw_only=True):
    """What is wrong with a session: of one rule, of one severity, by thresholds other than those that are set."""

    rule: str | None = None
    severity: Severity | None = None
    thresholds: Mapping[str, float] = {}


class ListeningQuestion(Read, frozen=True, kw_only=True):
    """What a device listened to on a day of a time zone, as of a moment of the log; by thresholds other than those
    set."""

    day: date | None = None
    timezone: ZoneInfo = ZoneInfo("UTC")
    log: str | None = None
    as_of: AsOf | None = None
    thresholds: Mapping[str, float] = {}


class WithThresholds(Parameters[T]):
    """Parameters among which every threshold is one; those that are given become the field `thresholds`."""

    def __init__(self, struct: type[T], **readers: Reader) -> None:
        super().__init__(struct, **readers, **dict.fromkeys(LIMITS, _threshold))

    def _make(self, given: dict[str, Any]) -> T:
        thresholds = {name: given.pop(name) for name in LIMITS if name in given}
        return super()._make({**given, "thresholds": thresholds})


def _threshold(value: str, field: str) -> float:
    return LIMITS[field].read(value)


FINDINGS = WithThresholds(
    FindingsQuestion,
    log=name,
    as_of=as_of,
    clock=clock,
    rule=one_of(*BY_ID),
    severity=one_of(*SEVERITIES),
    **READ,
)
LISTENING = WithThresholds(ListeningQuestion, day=day, timezone=time_zone, log=name, as_of=as_of, **READ)
