"""Why a session may be told to be longer than it was: the three that systems in the field have.

Rule: sessions and listens that nobody closed; pauses that were counted, so that listens outlast their
      recordings; totals that were sent where a listen's own duration was meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from replay.findings.words import at
from replay.session import Session
from replay.timeline import Listen
from replay.timeline.ratio import wall_of
from replay.words import lasting, number


def reasons(session: Session, listens: Sequence[Listen]) -> Iterable[str]:
    """The reasons that the listens of one device in a session give, as sentences."""
    timeline = session.timeline
    if not timeline.ended:
        newest = max(placed.time for placed in session.evidence.records)
        yield f"nobody has told that it ended: it is drawn to its newest event, at {at(newest)}"
    unended = [listen for listen in listens if listen.end in ("open", "session")]
    if unended:
        held = sum(listen.stop - listen.start for listen in unended)
        yield f"nobody told the end of {number(len(unended), 'listen')}, {lasting(held)} long"
    beyond = [over for listen in listens if (over := _beyond(listen)) > session.thresholds.ns("overrun")]
    if beyond:
        longer = number(len(beyond), "listen")
        yield f"{longer} longer than the recording, by {lasting(sum(beyond))} together: as when pauses are counted"
    totals = _running_totals(listens, session.thresholds.ns("duration_disagrees"))
    if totals:
        yield f"what was listened to before is in {number(totals, 'duration')}, too: totals sent as durations"


def _beyond(listen: Listen) -> int:
    """How long (ns) a listen that was told to end goes on beyond its recording."""
    if listen.end != "observed" or listen.media_out is None:
        return 0
    return wall_of(max(listen.media_stop - listen.media_out, 0), listen.rate)


def _running_totals(listens: Sequence[Listen], tolerance: int) -> int:
    """How many durations exceed their listen's time by just what the listens before it took."""
    told = [one for one in listens if one.told_duration is not None and one.told_stop is not None]
    told.sort(key=lambda one: (one.start, one.position))
    found = before = 0
    for count, listen in enumerate(told):
        lasted = max((listen.told_stop or 0) - listen.start, 0)
        excess = (listen.told_duration or 0) - lasted
        since_first = listen.start - told[0].start
        if excess > tolerance and min(abs(excess - before), abs(excess - since_first)) <= tolerance * (
            count + 1
        ):
            found += 1
        before += lasted
    return found
