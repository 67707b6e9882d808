"""What was meant to play: which `listen-scheduled` a listen goes back to.

Rule 1: a schedule that names a listen is about that listen; the newest one before its start counts.
Rule 2: any other, and one whose listen never started, is about what starts near its time: for a listen that no
        schedule names, the one of its recording that is nearest to its start.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from replay.clock import parse_time
from replay.timeline.evidence import Placed
from replay.timeline.model import Listen

MICROSECOND = 1000
"""In nanoseconds."""


class Plans:
    """The schedules of a session, for the listens that started in it."""

    def __init__(self, records: Iterable[Placed], listens: Sequence[Listen]) -> None:
        started = {listen.listen for listen in listens}
        self._named: dict[str, list[Placed]] = defaultdict(list)
        self._loose: dict[str | None, list[tuple[int, int, Placed]]] = defaultdict(list)
        for placed in records:
            if placed.event.type == "listen-scheduled":
                name = placed.event.data.get("listen")
                if name in started:
                    self._named[name].append(placed)
                else:
                    self._loose[placed.event.data.get("asset")].append((due(placed), placed.position, placed))
        for named in self._named.values():
            named.sort(key=lambda placed: placed.key)
        for loose in self._loose.values():
            loose.sort(key=lambda plan: plan[:2])

    def of(self, listen: Listen, limit: int) -> Placed | None:
        """The schedule that a listen goes back to; one that does not name it is at most `limit` (ns) from it."""
        named = self._named.get(listen.listen)
        if named:
            return newest_before(named, listen)
        loose = self._loose.get(listen.asset, [])
        after = bisect_left(loose, (listen.start,))
        around = loose[max(after - 1, 0) : after + 1]
        nearest = min(around, key=lambda plan: abs(plan[0] - listen.start), default=None)
        return nearest[2] if nearest is not None and abs(nearest[0] - listen.start) <= limit else None


def newest_before(plans: Sequence[Placed], listen: Listen) -> Placed:
    """Of plans in fold order, the newest before a listen's start; the first, where all came later."""
    before = bisect_right(plans, (listen.start, listen.position), key=_key)
    return plans[max(before - 1, 0)]


def due(plan: Placed) -> int:
    """When something was meant to play, in nanoseconds since the epoch.

    It is told by the clock that the event's own time is, and so corrected with it.
    """
    correction = 0 if plan.event.time is None else plan.time - plan.event.time
    return (parse_time(plan.event.data.get("at"), "at") + correction) * MICROSECOND


def _key(placed: Placed) -> tuple[int, int]:
    return placed.time * MICROSECOND, placed.position
