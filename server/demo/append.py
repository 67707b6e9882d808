"""The demo's events, appended to a log as if they had just arrived.

Rule 1: the log's clock is the story's while the story is appended, so that recorded times, latencies and `as_of`
        tell when each event was really heard of.
Rule 2: appending again stores nothing twice; what an earlier run left out is stored then. Nothing but the log
        remembers how far a run came.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from replay.envelope import parse_event
from replay.errors import Conflict
from replay.log.contract import EventLog
from server.demo.recordings import Progress
from server.demo.story import Arrival


class StoryClock:
    """A clock that stands at the moment of the story which is being told, in microseconds UTC."""

    def __init__(self) -> None:
        self.moment = 0

    def __call__(self) -> int:
        """The moment."""
        return self.moment


async def append_story(
    log: EventLog, clock: StoryClock, arrivals: Sequence[Arrival], progress: Progress | None = None
) -> Counter[str]:
    """Append what arrives, moment by moment; return how many events got each status.

    `log` was made with `clock`. Raises `Conflict` when the log holds another version of the story.
    """
    statuses: Counter[str] = Counter()
    for moment, together in groupby(arrivals, key=attrgetter("at")):
        if progress is not None:
            progress("events", statuses.total(), len(arrivals))
        clock.moment = moment
        try:
            receipts = await log.append([parse_event(arrival.fields) for arrival in together])
        except Conflict as error:
            raise Conflict(f"this log holds another version of the demo: {error.message}") from error
        statuses.update(receipt.status for receipt in receipts)
    if progress is not None:
        progress("events", len(arrivals), len(arrivals))
    return statuses
