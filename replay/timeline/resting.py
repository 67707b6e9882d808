"""Which records a timeline rests on: to hand on, or to look at again elsewhere."""

from __future__ import annotations

from replay.errors import TooLarge
from replay.timeline.evidence import Evidence
from replay.timeline.holes import counters
from replay.timeline.model import Timeline

MOST_RECORDS = 1_000_000
"""How many records may be handed on together."""


def contributing(evidence: Evidence, timeline: Timeline) -> list[int]:
    """The positions of the records that a timeline was folded from, in order.

    The session's own, the descriptions of what it plays, and those outside it that fill its sequence. Raises
    `TooLarge` when they are too many.
    """
    return _bounded(
        {
            *(placed.position for placed in evidence.records),
            *(description.position for description in timeline.descriptions.values()),
            *(position for counter in counters(evidence) for position in counter.filling()),
        }
    )


def looked_at(evidence: Evidence) -> list[int]:
    """The positions of everything in the evidence, erased places too: with them alone it is gathered again.

    Raises `TooLarge` when they are too many.
    """
    return _bounded(
        {
            *(placed.position for placed in evidence.records),
            *(description.position for description in evidence.descriptions.values()),
            *(position for outside in evidence.sequences.values() for position in outside.values()),
            *(reading.position for outside in evidence.readings.values() for reading in outside),
            *evidence.erased,
        }
    )


def _bounded(positions: set[int]) -> list[int]:
    if len(positions) > MOST_RECORDS:
        raise TooLarge("session", f"the session rests on more than {MOST_RECORDS:,} records")
    return sorted(positions)
