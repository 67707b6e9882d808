"""Comparisons as documents, as `docs/compare.md` describes them field by field. Pure.

Rule 1: offsets and lengths are seconds. Of two sessions each counts from its own zero; of one session at two
        positions all count from the zero of the later one.
Rule 2: a list of changes in a step that is longer than `MOST` is cut there, and `changed` says how many there
        are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from replay.clock import format_time, to_seconds
from replay.compare.attribution import attribute
from replay.compare.change import KINDS as CHANGES
from replay.compare.change import Change, Item
from replay.compare.changes import changes
from replay.compare.differing import KINDS, Difference
from replay.compare.plays import Play
from replay.compare.sessions import Comparison
from replay.compare.states import Became
from replay.compare.steps import Known, Step
from replay.compare.words import later, seconds
from replay.document import Document, Offsets, title_of
from replay.findings import Finding
from replay.session import Session
from replay.timeline import Clip, Description, Hold, Mark
from replay.words import number

MOST = 200
"""Changes that are listed of one step."""
DIGITS = 9
"""Decimals of an amount that is a difference of two factors."""


def sessions_document(comparison: Comparison) -> Document:
    """Two sessions, compared."""
    a, b = comparison.a, comparison.b
    return {
        "compared": "sessions",
        "same": comparison.same,
        "message": _verdict(comparison),
        "tolerance": to_seconds(comparison.tolerance),
        "a": {**_side(a), "plays": comparison.plays_of_a},
        "b": {**_side(b), "plays": comparison.plays_of_b},
        "aligned": comparison.aligned,
        "shift": _seconds(comparison.shift),
        "agreeing": comparison.agreeing,
        "summary": _counts(comparison.differences, KINDS),
        "differences": [_difference(difference) for difference in comparison.differences],
        **_sums(a, b),
    }


def positions_document(
    before: Known, after: Known, steps: Sequence[Step], events: Mapping[int, Any]
) -> Document:
    """One session at two positions. `events` are the documents of records, by position."""
    a, b = before.session, after.session
    net = changes(a, b)
    view = _View(b)
    brought = attribute(net, steps)
    return {
        "compared": "positions",
        "same": not net,
        "message": _story(before, after, net, steps),
        "a": {**_side(a), "as_of": before.position},
        "b": {**_side(b), "as_of": after.position},
        "complete": all(step.exact for step in steps),
        "summary": _counts(net, CHANGES),
        "changes": [
            {**view.change(change), "positions": positions}
            for change, positions in zip(net, brought, strict=True)
        ],
        "steps": [view.step(step, events) for step in steps],
        **_sums(a, b),
    }


def _side(session: Session) -> Document:
    timeline = session.timeline
    return {
        "session": timeline.session,
        "log": timeline.log,
        "clock": session.clock,
        "zero": format_time(timeline.zero // 1000),
        "position": timeline.position,
    }


def _sums(a: Session, b: Session) -> Document:
    """The totals of both, and the cases that each rule found."""
    ours = msgspec.structs.asdict(a.timeline.totals)
    theirs = msgspec.structs.asdict(b.timeline.totals)
    found = [_cases(session) for session in (a, b)]
    return {
        "totals": {
            name: {
                "a": to_seconds(ours[name]),
                "b": to_seconds(theirs[name]),
                "difference": to_seconds(theirs[name] - ours[name]),
            }
            for name in ours
        },
        "findings": {
            rule: {"a": found[0][rule], "b": found[1][rule]} for rule in sorted(found[0] | found[1])
        },
    }


def _cases(session: Session) -> Counter[str]:
    """How many cases each rule found."""
    cases: Counter[str] = Counter()
    for finding in session.findings:
        cases[finding.rule] += finding.count
    return cases


def _counts(found: Sequence[Difference] | Sequence[Change], kinds: Iterable[str]) -> dict[str, int]:
    """How many there are of each kind, in the order of the kinds."""
    counted = Counter(one.kind for one in found)
    return {kind: counted[kind] for kind in kinds if counted[kind]}


def _difference(difference: Difference) -> Document:
    play = difference.a or difference.b
    return {
        "kind": difference.kind,
        "message": difference.message,
        "asset": None if play is None else play.asset,
        "amount": _amount(difference),
        "a": _play(difference.a),
        "b": _play(difference.b),
    }


def _amount(difference: Difference) -> float | None:
    if difference.amount is None:
        return None
    if KINDS[difference.kind].unit == "seconds":
        return to_seconds(int(difference.amount))
    return round(difference.amount, DIGITS)


def _play(play: Play | None) -> Document | None:
    if play is None:
        return None
    return {
        "listen": play.listen,
        "title": play.title,
        "offset": to_seconds(play.offset),
        "duration": to_seconds(play.stop - play.start),
        "heard": to_seconds(play.heard),
        "held": to_seconds(play.held),
        "end": play.end,
        "lane": play.lane,
        "in": to_seconds(play.media_in),
        "rates": play.rates,
        "gains": play.gains,
        "pans": play.pans,
        "positions": play.positions,
    }


def _verdict(comparison: Comparison) -> str:
    """A comparison of two sessions in one sentence."""
    here, there = comparison.plays_of_a, comparison.plays_of_b
    if not here and not there:
        return "neither session plays anything"
    if not here or not there:
        return f"{'a' if there else 'b'} plays nothing: there is nothing to align the other's plays with"
    late = comparison.shift or 0
    shifted = f"b is {later(late)}" if abs(late) > comparison.tolerance else ""
    if not comparison.differences:
        return f"the same {number(here, 'play')}; {shifted or 'nothing differs'}"
    told = [f"{count:,} {kind}" for kind, count in _counts(comparison.differences, KINDS).items()]
    verb = "is" if comparison.aligned == 1 else "are"
    aligned = f"of {number(here, 'play')} in a and {there:,} in b, {comparison.aligned:,} {verb} aligned"
    return "; ".join(filter(None, [aligned, shifted, ", ".join(told)]))


def _story(before: Known, after: Known, net: Sequence[Change], steps: Sequence[Step]) -> str:
    """What changed between two positions in one sentence."""
    span = f"from position {before.position} to {after.position}"
    if before.position == after.position:
        return f"it is one position, {after.position}, of one session: nothing differs"
    if not net:
        brought = f", though {number(len(steps), 'step')} on the way changed something" if steps else ""
        return f"{span} nothing changed{brought}"
    records = sum(1 if step.exact else len(step.records) for step in steps)
    heard = after.session.timeline.totals.heard - before.session.timeline.totals.heard
    sounded = (
        f"; {seconds(abs(heard))} {'more' if heard > 0 else 'less'} is known to be heard" if heard else ""
    )
    return f"{span} {number(records, 'record')} changed {number(len(net), 'thing')}{sounded}"


class _View:
    """Changes as documents, in seconds from the zero of the later position."""

    def __init__(self, session: Session) -> None:
        self.timeline = session.timeline
        self.offsets = Offsets(session.timeline.zero)

    def step(self, step: Step, events: Mapping[int, Any]) -> Document:
        """One step, and the event that brought it where it is one."""
        return {
            "after": step.after,
            "position": step.position,
            "exact": step.exact,
            "records": len(step.records),
            "event": events.get(step.position) if step.exact else None,
            "changed": len(step.changes),
            "changes": [
                {**self.change(change), "positions": step.shows(change)} for change in step.changes[:MOST]
            ],
        }

    def change(self, change: Change) -> Document:
        """One change."""
        return {
            "kind": change.kind,
            "message": change.message,
            **self.offsets.place(change.start, change.stop),
            "amount": _seconds(change.amount),
            "fields": [field.replace("media_in", "in") for field in change.fields],
            "was": self.item(change.was) if not isinstance(change.now, Became) else change.now.was,
            "now": self.item(change.now),
        }

    def item(self, item: Item | None) -> Document | str | None:
        """What changed, as the replay tells it; a stretch by what it is."""
        match item:
            case Clip():
                return self.offsets.clip(item, title_of(self.timeline, item.asset))
            case Hold():
                return self.offsets.hold(item)
            case Finding():
                return self.offsets.finding(item)
            case Mark():
                return self.offsets.mark(item)
            case Description():
                return {**msgspec.to_builtins(item.data), "position": item.position}
            case Became():
                return item.now
            case None:
                return None


def _seconds(nanoseconds: int | None) -> float | None:
    return None if nanoseconds is None else to_seconds(nanoseconds)
