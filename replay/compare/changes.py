"""One session at two positions: what is known otherwise at the later one.

Rule 1: times are absolute, nothing is shifted or rounded; sentences and documents count from the later one's
        zero.
Rule 2: linear in what either position knows.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from replay.compare.change import KINDS, Change, of_moment, of_span
from replay.compare.clips import clip_changes
from replay.compare.pairing import pair
from replay.compare.states import became
from replay.compare.words import later, longer, seconds
from replay.session import Session
from replay.timeline import Hold, Timeline

ORDER = {kind: number for number, kind in enumerate(KINDS)}


def changes(before: Session, after: Session) -> list[Change]:
    """What is known otherwise `after`, in the order of the timeline."""
    if before is after:
        return []
    telling = _Telling(before.timeline, after.timeline)
    found = [
        *telling.session(),
        *clip_changes(before.timeline, after.timeline),
        *telling.holds(),
        *telling.stretches(),
        *_findings(before, after),
        *telling.marks(),
        *telling.descriptions(),
        *telling.erased(),
    ]
    found.sort(key=lambda change: (change.start, ORDER[change.kind]))
    return found


class _Telling:
    """Tells of two timelines of one session what differs."""

    def __init__(self, before: Timeline, after: Timeline) -> None:
        self.before = before
        self.after = after
        self.zero = after.zero

    def at(self, moment: int) -> str:
        """A moment, as sentences tell it."""
        return seconds(moment - self.zero)

    def session(self) -> Iterator[Change]:
        """Whether it had begun and ended, and where its offsets count from."""
        before, after = self.before, self.after
        if before.started != after.started:
            told = f"the session's start is {'known' if after.started else 'not known any more'}"
            yield of_moment("session-started", after.zero, told)
        if _end(before) != _end(after):
            told = f"ends at {self.at(after.stop)}" if after.ended else "has no end any more"
            yield of_moment("session-ended", after.stop, f"the session {told}")
        if before.zero != after.zero:
            moved = after.zero - before.zero
            yield of_moment("zero-moved", after.zero, f"offsets count from a moment {later(moved)}", moved)

    def holds(self) -> Iterator[Change]:
        """Pauses and stalls that appeared, vanished, or lie elsewhere."""
        for was, now in pair(
            (*self.before.pauses, *self.before.stalls),
            (*self.after.pauses, *self.after.stalls),
            lambda hold: (hold.kind, hold.listen, hold.start, hold.stop),
            lambda hold: (hold.kind, hold.listen, hold.start),
            lambda hold: (hold.kind, hold.listen, hold.stop),
        ):
            hold = now or was
            if hold is not None and _lies(was) != _lies(now):
                yield self._hold(hold, was, now)

    def _hold(self, hold: Hold, was: Hold | None, now: Hold | None) -> Change:
        what, who = ("pause" if hold.kind == "paused" else "stall"), hold.listen or "the session"
        told = f"{who} was {hold.kind} from {self.at(hold.start)} to {self.at(hold.stop)}"
        verb, lasts = "moved", None
        if was is None:
            verb = "appeared"
        elif now is None:
            verb, told = "vanished", told.replace(" was ", " was not ", 1)
        else:
            lasts = (now.stop - now.start) - (was.stop - was.start)
            told = f"{told}, {longer(lasts)}" if lasts else f"{told}; its end is {_closed(now)}"
        return of_span(f"{what}-{verb}", f"listen {who}", hold, told, was, now, lasts)

    def stretches(self) -> Iterator[Change]:
        """Stretches that are known as something else."""
        for one in became(self.before, self.after):
            told = f"{self.at(one.start)} to {self.at(one.stop)} was {one.was} and is {one.now}"
            yield of_span("became", "timeline", one, told, None, one, one.stop - one.start)

    def marks(self) -> Iterator[Change]:
        """Marks that appeared, or became part of something."""
        for was, now in pair(self.before.marks, self.after.marks, lambda mark: mark.position):
            mark = now or was
            if mark is not None and (was is None or now is None):
                verb, told = "appeared", f"{mark.type} at {self.at(mark.time)}"
                if now is None:
                    verb, told = "vanished", f"{told} is part of a clip or a hold"
                change = of_moment(f"mark-{verb}", mark.time, told)
                yield msgspec.structs.replace(change, subject=f"mark {mark.position}", was=was, now=now)

    def descriptions(self) -> Iterator[Change]:
        """Recordings that were described, or anew, since they were played."""
        before, after = self.before.descriptions, self.after.descriptions
        played = {listen.asset for listen in self.before.listens}
        for asset, now in after.items():
            was = before.get(asset)
            if asset in played and (was is None or was.position != now.position):
                told = f"{asset} is described{' anew' if was else ''}, at position {now.position}"
                change = of_moment("asset-described", self.zero, told)
                yield msgspec.structs.replace(change, subject=f"asset {asset}", was=was, now=now)

    def erased(self) -> Iterator[Change]:
        """Places of the session that are erased."""
        for position in sorted(set(self.after.erased) - set(self.before.erased)):
            change = of_moment("erased", self.zero, f"what position {position} held was erased on request")
            yield msgspec.structs.replace(change, subject=f"position {position}")


def _findings(before: Session, after: Session) -> Iterator[Change]:
    """Findings that were raised, cleared, or are told otherwise."""
    zero = after.timeline.zero
    for was, now in pair(
        before.findings,
        after.findings,
        lambda finding: (finding.rule, finding.start, finding.stop, finding.positions),
        lambda finding: (finding.rule, finding.positions),
        lambda finding: (finding.rule, finding.start),
        lambda finding: (finding.rule, finding.positions[:1]),
    ):
        finding = now or was
        if finding is not None and was != now:
            verb = "raised" if was is None else "cleared" if now is None else "changed"
            told = f"{finding.rule} at {seconds(finding.start - zero)}: {finding.message}"
            told = f"no longer {told}" if now is None else told
            yield of_span(f"finding-{verb}", f"finding {finding.rule}", finding, told, was, now)


def _end(timeline: Timeline) -> int | None:
    return timeline.stop if timeline.ended else None


def _lies(hold: Hold | None) -> tuple[int, int, bool] | None:
    return None if hold is None else (hold.start, hold.stop, hold.closed)


def _closed(hold: Hold) -> str:
    return "known" if hold.closed else "not known any more"
