"""What a change between two positions of one session is.

Rule 1: a kind of change is a row of `KINDS`, which is what `docs/compare.md` says of it.
Rule 2: times are absolute, in nanoseconds since the epoch; the least difference counts.
"""

from __future__ import annotations

import msgspec

from replay.compare.states import Became
from replay.findings import Finding
from replay.timeline import Clip, Description, Hold, Mark

KINDS: dict[str, str] = {
    "session-started": "the session's `session-started` came to be known",
    "session-ended": "the session's end came to be known, or is known as open again",
    "zero-moved": "offsets count from another moment",
    "clip-appeared": "a clip that was not known",
    "clip-vanished": "a clip that there is no more",
    "clip-moved": "it begins earlier or later; the amount is by how much",
    "clip-ended": "it ends elsewhere, or its end is known in another way; the amount is by how much",
    "clip-changed": "the same stretch, and something else about it: `fields` names what",
    "pause-appeared": "a pause that was not known",
    "pause-vanished": "a pause that there is no more",
    "pause-moved": "its start or end is another",
    "stall-appeared": "a stall that was not known",
    "stall-vanished": "a stall that there is no more",
    "stall-moved": "its start or end is another",
    "became": "a stretch of time that was one of heard, stalled, paused, silent, unknown, outside, and is another",
    "finding-raised": "something wrong that was not known",
    "finding-cleared": "something that was held to be wrong and is not",
    "finding-changed": "it is told otherwise: of another stretch, in other words",
    "mark-appeared": "another event of the session",
    "mark-vanished": "it is no mark any more but shows a clip or a pause",
    "asset-described": "what is known of a recording changed",
    "erased": "a place whose content was erased on request",
}

Item = Clip | Hold | Finding | Mark | Description | Became


class Change(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Something known otherwise. `start` and `stop` are where on the timeline, in nanoseconds since the epoch.

    `subject` says what it is about, the same for all changes of one thing: a listen, a mark, a rule, a stretch.
    `amount` is in nanoseconds.
    """

    kind: str
    subject: str
    start: int
    stop: int
    message: str
    was: Item | None = None
    now: Item | None = None
    amount: int | None = None
    fields: tuple[str, ...] = ()

    @property
    def positions(self) -> frozenset[int]:
        """The records that show what it is now and did not show what it was, or the other way round."""
        return _shown(self.was) ^ _shown(self.now)


def of_span(
    kind: str,
    subject: str,
    span: Clip | Hold | Finding | Became,
    message: str,
    was: Item | None,
    now: Item | None,
    amount: int | None = None,
) -> Change:
    """A change of something that lasts; `span` is where."""
    return Change(
        kind=kind,
        subject=subject,
        start=span.start,
        stop=span.stop,
        message=message,
        was=was,
        now=now,
        amount=amount,
    )


def of_moment(kind: str, moment: int, message: str, amount: int | None = None) -> Change:
    """A change of the session at a moment."""
    return Change(kind=kind, subject=kind, start=moment, stop=moment, message=message, amount=amount)


def _shown(item: Item | None) -> frozenset[int]:
    """The records that show an item."""
    if item is None or isinstance(item, Became):
        return frozenset()
    return frozenset((item.position,) if isinstance(item, Mark | Description) else item.positions)
