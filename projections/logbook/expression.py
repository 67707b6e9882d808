"""An RE2 expression that a line's text is searched for.

Rule 1: time is linear in the text, whoever wrote the expression; its length, memory and program are bounded.
Rule 2: case counts and nothing is anchored, unless the expression says otherwise: without special characters it is
        what the text must contain.
"""

from __future__ import annotations

import re2  # type: ignore[import-untyped]

from projections.logbook.literals import Demand, demand
from replay.errors import Invalid

MAX_LENGTH = 1000
"""The longest expression, in characters."""

MAX_MEMORY = 2 * 1024 * 1024
"""Bytes that RE2 may use for one expression: its program and its automaton."""

MAX_PROGRAM = 10_000
"""The most instructions: each may be looked at for each byte of a text once the automaton is given up."""


class Expression:
    """An expression, compiled. Raises `Invalid` naming `field` when it is broken or too large."""

    def __init__(self, source: str, field: str = "text") -> None:
        if len(source) > MAX_LENGTH:
            raise Invalid(field, f"{field} is longer than {MAX_LENGTH} characters")
        self.source = source
        self._compiled = _compile(source, field)
        self.demand: Demand | None = demand(source)
        """What every match contains; None when the expression does not tell."""

    def __str__(self) -> str:
        return self.source

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and other.source == self.source

    def __hash__(self) -> int:
        return hash(self.source)

    def matches(self, text: bytes) -> bool:
        """Whether a text, in UTF-8, has a match."""
        return self._compiled.search(text) is not None


def _compile(source: str, field: str) -> re2._Regexp:
    options = re2.Options()
    options.max_mem = MAX_MEMORY
    options.never_capture = True
    options.log_errors = False
    try:
        compiled = re2.compile(source, options)
    except re2.error as error:
        raise Invalid(field, f"{field} is no expression of RE2: {_reason(error)}") from None
    except UnicodeEncodeError:
        raise Invalid(field, f"{field} holds half of a character") from None
    if compiled.programsize > MAX_PROGRAM:
        raise Invalid(field, f"{field} is too large an expression: repeat less")
    return compiled


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else ""
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
