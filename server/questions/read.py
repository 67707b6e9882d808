"""What every native read takes, and how a question is asked again.

Rule 1: a question is valid once it is made: bounds and defaults stand in its module and are checked nowhere else.
Rule 2: every read can name the least position its view must have passed (`min_position`), and how long it may
        wait for that (`wait`, seconds; the setting `wait` without it).
"""

from __future__ import annotations

import msgspec

from replay.clock import format_time
from server.questions.parameters import Parameters, Reader, integer, seconds

MAX_POSITION = 2**53 - 1
MAX_WAIT = 30
TIMES = ("since", "until")

position = integer(0, MAX_POSITION)


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What every read takes."""

    min_position: int | None = None
    wait: float | None = None


READ: dict[str, Reader] = {"min_position": position, "wait": seconds(MAX_WAIT)}


def asked(question: msgspec.Struct) -> dict[str, str]:
    """A question as parameters again, for the page that follows; waiting is not part of it."""
    found = {}
    for field in msgspec.structs.fields(question):
        value = getattr(question, field.name)
        if value is not None and value != field.default and field.name not in READ:
            found[field.name.rstrip("_")] = format_time(value) if field.name in TIMES else str(value)
    return found


class HeadQuestion(Read, frozen=True, kw_only=True):
    """The newest position."""


HEAD = Parameters(HeadQuestion, **READ)


class NoQuestion(msgspec.Struct, frozen=True):
    """Nothing can be asked."""


NOTHING = Parameters(NoQuestion)
