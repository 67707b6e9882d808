"""Lists of lines: what is wanted of a log, and a page of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from projections.logbook.expression import Expression
from projections.logbook.line import EVERY, label, words_of
from replay.log.contract import Record

NEWEST = 2**53
"""Above every position."""
FIRST = -(2**60)
LAST = 2**60
"""Milliseconds beyond every time."""


class LineFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines of one log to list; None means any.

    `tags`: all of them. `since` and `until` bound the event's time, in milliseconds, both included. `text` is
    looked for in the line's text. `after` and `before` bound the position, both left out.
    """

    log: str
    tags: tuple[str, ...] = ()
    source: str | None = None
    user: str | None = None
    class_: str | None = None
    since: int | None = None
    until: int | None = None
    text: Expression | None = None
    after: int = 0
    before: int = NEWEST
    ascending: bool = True

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that a line must have; the empty one alone when it needs none."""
        return tuple(self._labels()) or (EVERY,)

    def _labels(self) -> Iterator[str]:
        for word in words_of(list(self.tags)):
            yield label("tag", word)
        for kind, value in (("source", self.source), ("user", self.user), ("class", self.class_)):
            if value is not None:
                yield label(kind, value)

    def parameters(self) -> dict[str, Any]:
        """The bounds as parameters of a query, all of them included."""
        return {
            "log": self.log,
            "low": self.after + 1,
            "high": self.before - 1,
            "since": FIRST if self.since is None else self.since,
            "until": LAST if self.until is None else self.until,
        }


class LinePage(msgspec.Struct, frozen=True, kw_only=True):
    """Records in order; `position` is where the view stands.

    `next` is the position that goes on, as `after`, or as `before` when descending; None when nothing is left.
    `complete` is False when a search was cut off there, with `skip` lines still to be left out. `texts` were read
    for it; the text index stood at `indexed`, None when it was not asked.
    """

    records: list[Record]
    position: int
    next: int | None = None
    complete: bool = True
    skip: int = 0
    texts: int = 0
    indexed: int | None = None
