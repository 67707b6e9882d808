"""What every match of an RE2 expression must contain, read off the expression itself.

Rule 1: better too little than too much. What is not understood is taken to demand nothing, so that a line that
        matches is never missed; an expression that RE2 takes is never refused here.
Rule 2: what is demanded is a tree of texts: `ti+meout: (read|write) failed` demands "imeout: " and "read" or
        "write" and " failed".
Rule 3: a demand is to be met in any case: `Timeout` by "TIMEOUT" too. Where the expression ignores case, letters
        whose other forms an index may not know (`k` is also the Kelvin sign) demand nothing.

The syntax is RE2's: https://github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

import re

import msgspec

SHORTEST = 3
"""A shorter text is demanded by nobody: the index knows runs of three characters."""

MAX_DEPTH = 100
"""Groups within groups; what lies deeper demands nothing."""


class Every(msgspec.Struct, frozen=True):
    """All of these."""

    demands: tuple[Demand, ...]


class Either(msgspec.Struct, frozen=True):
    """At least one of these."""

    demands: tuple[Demand, ...]


Demand = str | Every | Either
"""A text, or several."""


def demand(expression: str) -> Demand | None:
    """What every match must contain; None when nothing is known. `expression` is one that RE2 takes."""
    try:
        return _Reading(expression).alternatives(ignoring_case=False, depth=0).demand()
    except _Unreadable:
        return None


class _Unreadable(Exception):
    """Something that this page does not know."""


class _Piece(msgspec.Struct, frozen=True):
    """Part of an expression: exactly one text, or something that makes a demand, or neither."""

    exactly: str | None = None
    demands: Demand | None = None

    def demand(self) -> Demand | None:
        """What it demands."""
        if self.exactly is None:
            return self.demands
        return self.exactly if len(self.exactly) >= SHORTEST else None


_ANYTHING = _Piece()
_NOTHING = _Piece(exactly="")

_REPETITION = re.compile(r"(?:([*?])|(\+)|\{([0-9]+)(?:,[0-9]*)?\})\??")
_GROUP = re.compile(r"\((?:\?(?:P?<[^>]*>|([a-zA-Z]*)(?:-([a-zA-Z]*))?([:)])))?")
_NAMED_CLASS = re.compile(r"\[:\^?[a-z]+:\]")
_ESCAPE = re.compile(
    r"\\(?:Q(?P<quoted>.*?)(?:\\E|$)|(?P<nothing>E)|(?P<edge>[AbBz])|(?P<char>x(?:[0-9a-fA-F]{2}|\{[0-9a-fA-F]+\}))"
    r"|(?P<anything>[pP](?:\{[^}]*\}|.)|[0-7]{1,3}|[CdDsSwW])|(?P<control>[aftnrv])|(?P<itself>[^0-9a-zA-Z]))",
    re.DOTALL,
)
_CONTROLS = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}


class _Reading:
    """Reads an expression from left to right."""

    def __init__(self, expression: str) -> None:
        self._text = expression
        self._at = 0

    def alternatives(self, *, ignoring_case: bool, depth: int) -> _Piece:
        """Branches separated by `|`, up to the end of the group, which is taken too."""
        if depth > MAX_DEPTH:
            raise _Unreadable
        case = _Case(ignoring_case)
        branches = [self._branch(case, depth)]
        while self._take("|"):
            branches.append(self._branch(case, depth))
        if self._take(")") != (depth > 0):
            raise _Unreadable
        if len(branches) == 1:
            return branches[0]
        demands = tuple(found for branch in branches if (found := branch.demand()) is not None)
        return _Piece(demands=Either(demands)) if len(demands) == len(branches) else _ANYTHING

    def _branch(self, case: _Case, depth: int) -> _Piece:
        """One thing after the other. Flags set in it hold for the branches after it too."""
        run = _Run()
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            pieces = self._pieces(case, depth)
            found = _REPETITION.match(self._text, self._at)
            if found is None:
                run.add(*pieces)
                continue
            if not pieces:  # flags between a thing and its repetition: RE2 looks past them
                raise _Unreadable
            self._at = found.end()
            *before, last = pieces
            run.add(*before)
            optional = found[1] is not None or (found[3] is not None and int(found[3]) == 0)
            run.add(*((_ANYTHING,) if optional else (last, _ANYTHING, last)))
        return run.piece()

    def _pieces(self, case: _Case, depth: int) -> list[_Piece]:
        """The next thing; of a quoted text its characters, of what only sets flags nothing."""
        char = self._text[self._at]
        if char == "(":
            return self._group(case, depth)
        if char == "\\":
            return [case.piece(text) for text in self._escape()]
        self._at += 1
        if char == "[":
            self._skip_class()
            return [_ANYTHING]
        if char == ".":
            return [_ANYTHING]
        return [_NOTHING] if char in "^$" else [case.piece(char)]

    def _group(self, case: _Case, depth: int) -> list[_Piece]:
        found = _GROUP.match(self._text, self._at)
        if found is None:
            raise _Unreadable
        self._at = found.end()
        on, off, end = found.groups(default="")
        ignoring = (case.ignored or "i" in on) and "i" not in off
        if end == ")":
            case.ignored = ignoring
            return []
        return [self.alternatives(ignoring_case=ignoring, depth=depth + 1)]

    def _escape(self) -> list[str | None]:
        """What an escape stands for: characters, or None for anything."""
        found = _ESCAPE.match(self._text, self._at)
        if found is None:
            raise _Unreadable
        self._at = found.end()
        name = found.lastgroup
        value = found[name] if name else ""
        match name:
            case "quoted":
                return list(value)
            case "nothing":
                return []
            case "edge":
                return [""]
            case "control":
                return [_CONTROLS[value]]
            case "char":
                return [chr(int(value[1:].strip("{}"), 16))]
            case "itself":
                return [value]
            case _:
                return [None]

    def _skip_class(self) -> None:
        """Pass over a character class; its `[` is taken."""
        self._take("^")
        first = True
        while first or not self._take("]"):
            first = False
            if self._at >= len(self._text):
                raise _Unreadable
            named = _NAMED_CLASS.match(self._text, self._at)
            if named is not None:
                self._at = named.end()
            else:
                self._at += 2 if self._text[self._at] == "\\" else 1

    def _take(self, char: str) -> bool:
        found = self._text.startswith(char, self._at)
        self._at += found
        return found


class _Case:
    """Whether case is ignored at this place: `(?i)` changes it for the rest of its group."""

    def __init__(self, ignored: bool) -> None:
        self.ignored = ignored

    def piece(self, char: str | None) -> _Piece:
        """A character as part of the expression."""
        if char is None or char == "\0":  # no index keeps what follows the end of a text
            return _ANYTHING
        if self.ignored and (char in "kKsS" or (not char.isascii() and char.lower() != char.upper())):
            return _ANYTHING
        return _Piece(exactly=char)


class _Run:
    """What follows one another: texts grow together, all else stands between them."""

    def __init__(self) -> None:
        self._demands: list[Demand] = []
        self._text = ""
        self._whole = True

    def add(self, *pieces: _Piece) -> None:
        """Add what comes next."""
        for piece in pieces:
            if piece.exactly is None:
                self._close()
                self._whole = False
                if piece.demands is not None:
                    self._demands.append(piece.demands)
            else:
                self._text += piece.exactly

    def piece(self) -> _Piece:
        """All of it."""
        if self._whole:
            return _Piece(exactly=self._text)
        self._close()
        if not self._demands:
            return _ANYTHING
        return _Piece(demands=self._demands[0] if len(self._demands) == 1 else Every(tuple(self._demands)))

    def _close(self) -> None:
        if len(self._text) >= SHORTEST:
            self._demands.append(self._text)
        self._text = ""
