"""How one play differs from another: a table of kinds, each with its amount and its sentence.

Rule 1: adding a kind is one row and the function that looks for it; the row is what `docs/compare.md` says of
        it.
Rule 2: an amount is `b` minus `a`: nanoseconds, or the kind's own number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isclose
from typing import Literal, NamedTuple

import msgspec

from replay.compare.plays import Play
from replay.compare.words import later, longer, number, seconds


class Kind(NamedTuple):
    """One kind of difference: what it means, and what its amount counts."""

    meaning: str
    unit: Literal["seconds", "number", None]


KINDS: dict[str, Kind] = {
    "missing": Kind(
        "a play of `a` that `b` has not; the amount is what was heard of it, below zero", "seconds"
    ),
    "extra": Kind("a play of `b` that `a` has not; the amount is what was heard of it", "seconds"),
    "reordered": Kind("the same recording at another place among the others", "seconds"),
    "shifted": Kind("it begins earlier or later, beyond the common shift", "seconds"),
    "truncated": Kind("less of it was heard", "seconds"),
    "longer": Kind("more of it was heard", "seconds"),
    "held": Kind("it was paused or stalled for longer, or shorter", "seconds"),
    "in": Kind("it begins elsewhere in the recording", "seconds"),
    "rate": Kind("it played at another rate", "number"),
    "gain": Kind("it was louder or quieter, its own gain times the session's", "number"),
    "pan": Kind("it stood elsewhere between left and right", "number"),
    "lane": Kind("it played on another lane", None),
}


class Difference(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Something that differs. `at` orders it: nanoseconds from the zero of `a`."""

    kind: str
    at: int
    message: str
    a: Play | None
    b: Play | None
    amount: float | None = None


def missing(play: Play) -> Difference:
    """A play that `b` has not."""
    message = f"{play.name} is not in b: {seconds(play.heard)} of it, from {seconds(play.offset)} on"
    return Difference(kind="missing", at=play.offset, message=message, a=play, b=None, amount=-play.heard)


def extra(play: Play, shift: int) -> Difference:
    """A play that `a` has not; `shift` is by how much `b` is later."""
    message = f"{play.name} is not in a: {seconds(play.heard)} of it, from {seconds(play.offset)} on"
    at = play.offset - shift
    return Difference(kind="extra", at=at, message=message, a=None, b=play, amount=play.heard)


def reordered(a: Play, b: Play) -> Difference:
    """A play that stands elsewhere among the others."""
    moved = b.offset - a.offset
    message = f"{a.name} plays in another order: at {seconds(b.offset)}, not at {seconds(a.offset)}"
    return Difference(kind="reordered", at=a.offset, message=message, a=a, b=b, amount=moved)


def differences(a: Play, b: Play, shift: int, tolerance: int) -> Iterator[Difference]:
    """How a play of both sessions differs, `b` being later by `shift`; lengths in nanoseconds."""
    lengths = (_shifted(a, b, shift), _heard(a, b), _held(a, b), _begun_at(a, b))
    for kind, amount, message in lengths:
        if abs(amount) > tolerance:
            yield _difference(kind, a, b, amount, message)
    for kind, values in LEVELS.items():
        ours, theirs = values(a), values(b)
        if not _alike(ours, theirs):
            message = f"has a {kind} of {_told(theirs)}, not {_told(ours)}"
            yield _difference(kind, a, b, _first_amount(ours, theirs), message)
    if a.lane != b.lane:
        yield _difference("lane", a, b, None, f"plays on lane {b.lane}, not {a.lane}")


def _difference(kind: str, a: Play, b: Play, amount: float | None, message: str) -> Difference:
    return Difference(kind=kind, at=a.offset, message=f"{a.name} {message}", a=a, b=b, amount=amount)


Length = tuple[str, int, str]
"""(kind, amount in nanoseconds, what a sentence says of it)."""


def _shifted(a: Play, b: Play, shift: int) -> Length:
    beyond = b.offset - a.offset - shift
    told = f"begins {later(beyond)}"
    return "shifted", beyond, f"{told} than the shift of {seconds(shift)} has it" if shift else told


def _heard(a: Play, b: Play) -> Length:
    more = b.heard - a.heard
    kind = "longer" if more > 0 else "truncated"
    return kind, more, f"is {longer(more)}: {seconds(b.heard)} heard, not {seconds(a.heard)}{_unsure(a, b)}"


def _unsure(a: Play, b: Play) -> str:
    """How far the ends can be relied on, where one was not observed."""
    if a.end == b.end == "observed":
        return ""
    return f" (its end: {b.end} in b, {a.end} in a)"


def _held(a: Play, b: Play) -> Length:
    more = b.held - a.held
    return "held", more, f"is paused or stalled {seconds(abs(more))} {'more' if more > 0 else 'less'}"


def _begun_at(a: Play, b: Play) -> Length:
    places = f"begins at {seconds(b.media_in)} of the recording, not at {seconds(a.media_in)}"
    return "in", b.media_in - a.media_in, places


LEVELS: dict[str, Callable[[Play], tuple[float, ...]]] = {
    "rate": lambda play: play.rates,
    "gain": lambda play: play.gains,
    "pan": lambda play: play.pans,
}


def _alike(ours: tuple[float, ...], theirs: tuple[float, ...]) -> bool:
    """Whether two rows of values are the same, the last digits of products aside."""
    return len(ours) == len(theirs) and all(map(_near, ours, theirs))


def _near(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


MOST_TOLD = 4
"""Values of a level that a sentence tells."""


def _told(values: tuple[float, ...]) -> str:
    shown = ", then ".join(map(number, values[:MOST_TOLD])) or "nothing"
    return f"{shown}, and so on" if len(values) > MOST_TOLD else shown


def _first_amount(ours: tuple[float, ...], theirs: tuple[float, ...]) -> float | None:
    """By how much the first value differs that does; None where one session has more values."""
    for one, other in zip(ours, theirs, strict=False):
        if not _near(one, other):
            return other - one
    return None
