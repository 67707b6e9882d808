"""What was meant to play, and what played.

Rule 1: a schedule that names a listen is about that listen; the newest one before its start counts.
Rule 2: any other is about what starts near its time: the scheduled recording, or else the nearest start that
        no schedule explains. Where nothing starts, nothing was wrong that can be told.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

from replay.findings.model import Case, Found
from replay.findings.words import titled
from replay.timeline import Listen, Placed
from replay.timeline.plans import due, newest_before


def wrong_recording(case: Case) -> Iterable[Found]:
    """A listen that played another recording than the one that was scheduled."""
    schedules = case.by_type["listen-scheduled"]
    if not schedules:
        return
    starts = [listen for listen in case.timeline.listens if listen.position not in case.orphans]
    starts.sort(key=lambda listen: (listen.start, listen.position))
    plans: dict[str, list[Placed]] = defaultdict(list)
    for placed in schedules:
        plans[placed.event.data.get("listen") or ""].append(placed)
    unnamed = plans.pop("", [])
    started = {listen.listen for listen in starts}
    loose = [plan for name in plans if name not in started for plan in plans[name]]
    yield from _by_name(case, starts, plans)
    yield from _by_time(case, [one for one in starts if one.listen not in plans], [*unnamed, *loose])


def _by_name(case: Case, starts: Sequence[Listen], plans: dict[str, list[Placed]]) -> Iterable[Found]:
    for listen in starts:
        known = plans.get(listen.listen)
        if known:
            plan = newest_before(known, listen)
            if plan.event.data.get("asset") != listen.asset:
                yield _wrong(case, plan, listen)


def _by_time(case: Case, starts: Sequence[Listen], plans: Iterable[Placed]) -> Iterable[Found]:
    limit = case.ns("wrong_recording")
    scheduled = sorted((due(plan), plan.position, plan) for plan in plans)
    planned = _Times((plan.event.data.get("asset"), at) for at, _, plan in scheduled)
    played = _Times((listen.asset, listen.start) for listen in starts)
    unexplained = [one for one in starts if not planned.near(one.asset, one.start, limit)]
    for at, _, plan in scheduled:
        if not played.near(plan.event.data.get("asset"), at, limit):
            nearest = _nearest(unexplained, at)
            if nearest is not None and abs(nearest.start - at) <= limit:
                yield _wrong(case, plan, nearest)


def _wrong(case: Case, plan: Placed, listen: Listen) -> Found:
    meant = titled(case.timeline, str(plan.event.data.get("asset")))
    message = f"{titled(case.timeline, listen.asset)} played where {meant} was scheduled"
    return Found(listen.start, listen.stop, message, (plan.position, listen.position))


class _Times:
    """The moments at which each recording was meant to start, or did."""

    def __init__(self, moments: Iterable[tuple[str | None, int]]) -> None:
        self._moments: dict[str | None, list[int]] = defaultdict(list)
        for asset, moment in moments:
            self._moments[asset].append(moment)

    def near(self, asset: str | None, moment: int, limit: int) -> bool:
        """Whether one of a recording's moments is within the limit of another moment."""
        moments = self._moments.get(asset, [])
        found = bisect_left(moments, moment - limit)
        return found < len(moments) and moments[found] <= moment + limit


def _nearest(listens: Sequence[Listen], moment: int) -> Listen | None:
    after = bisect_left(listens, moment, key=lambda listen: listen.start)
    around = listens[max(after - 1, 0) : after + 1]
    return min(around, key=lambda listen: abs(listen.start - moment), default=None)
