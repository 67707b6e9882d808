"""What can be asked of event logs, and of the lines of one."""

from __future__ import annotations

from typing import Literal

from projections import Expression
from server.questions.parameters import Parameters, integer, moment, name, one_of, text
from server.questions.read import READ, Read, position

MAX_LOGS = 500
MAX_LINES = 500
MAX_NAME = 4096
"""The longest name of a source, a user or a class that a line is looked for by."""
MAX_TAGS = 256
"""The longest list of tags that a line is looked for by: each is a condition of its own."""


class LogsQuestion(Read, frozen=True, kw_only=True):
    """Logs by name, those above `after`."""

    limit: int = 50
    after: str | None = None


LOGS = Parameters(LogsQuestion, limit=integer(1, MAX_LOGS), after=name, **READ)


class LinesQuestion(Read, frozen=True, kw_only=True):
    """A log, line by line: with all these tags, of this source, user and class, with this text, of this time.

    `after` is a position; `cursor` is where the next page begins.
    """

    tags: str | None = None
    source: str | None = None
    user: str | None = None
    class_: str | None = None
    text: Expression | None = None
    since: int | None = None
    until: int | None = None
    after: int | None = None
    order: Literal["asc", "desc"] = "asc"
    limit: int = 100
    cursor: int | None = None


LINES = Parameters(
    LinesQuestion,
    tags=text(MAX_TAGS),
    source=text(MAX_NAME),
    user=text(MAX_NAME),
    **{"class": text(MAX_NAME)},
    text=Expression,
    since=moment,
    until=moment,
    after=position,
    order=one_of("asc", "desc"),
    limit=integer(1, MAX_LINES),
    cursor=position,
    **READ,
)
