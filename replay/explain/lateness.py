"""Whether what is known of a moment was known in time.

Rule: a record is late when it was recorded more than `LATE` after it happened, by the server's clock as far as the
      device's is known. Until the first of them was recorded, something else was believed.
"""

from __future__ import annotations

from collections.abc import Sequence

from replay.clock import MICROSECONDS
from replay.explain.model import Late
from replay.session import Session
from replay.timeline import Placed

LATE = 60 * MICROSECONDS
"""By the glossary's `late-arrival`, in microseconds."""


def of(session: Session, records: Sequence[Placed]) -> Late | None:
    """The late ones among records; None when all came in time."""
    late = [placed for placed in records if _by(session, placed) > LATE]
    if not late:
        return None
    first = min(late, key=lambda placed: placed.position)
    return Late(
        positions=tuple(sorted(placed.position for placed in late)),
        first=first.position,
        recordedtime=first.recordedtime,
        by=_by(session, first) * 1000,
    )


def _by(session: Session, placed: Placed) -> int:
    """How much later it was recorded than it happened, in microseconds."""
    event = placed.event
    if event.time is None:
        return 0
    clock = session.clocks.get(event.device or "")
    happened = event.time if clock is None else clock.correct(event.time, event.monotonic)
    return placed.recordedtime - happened
