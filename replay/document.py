"""A session as documents: the replay, sequenced, and the timeline. Pure.

Rule 1: offsets and durations are seconds from `zero`, which is absolute; clips carry a `sequence` from 1.
Rule 2: nothing here depends on the wall clock: the same timeline gives the same document, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from replay.clock import format_time, to_seconds
from replay.clocks.document import clock_documents
from replay.findings import SEVERITIES, Finding
from replay.findings.document import finding_document
from replay.session import Session
from replay.timeline.model import Change, Clip, Hold, Listen, Mark, Stretch, Timeline
from replay.timeline.plays import Plays

Document = dict[str, Any]
T = TypeVar("T")


def sequence(session: Session) -> Document:
    """The replay of a session, as the document that `docs/replay.md` describes field by field."""
    timeline = session.timeline
    view = Offsets(timeline.zero)
    return {
        "session": timeline.session,
        "log": timeline.log,
        "zero": format_time(timeline.zero // 1000),
        "position": timeline.position,
        **_clocks(session),
        "started": timeline.started,
        "ended": timeline.ended,
        "clips": [
            {"sequence": number, **view.clip(clip, title_of(timeline, clip.asset))}
            for number, clip in enumerate(timeline.clips, start=1)
        ],
        "silences": [view.stretch(stretch) for stretch in timeline.silences],
        "unknown": [view.stretch(stretch) for stretch in timeline.unknown],
        "pauses": [view.hold(hold) for hold in timeline.pauses],
        "stalls": [view.hold(hold) for hold in timeline.stalls],
        "marks": [view.mark(mark) for mark in timeline.marks],
        "erased": list(timeline.erased),
        "findings": [view.finding(finding) for finding in session.findings],
        "assets": _assets(timeline),
        "totals": totals_document(timeline),
    }


def findings_document(session: Session, chosen: Iterable[Finding]) -> Document:
    """What is wrong with a session: some of its findings, how many cases of each severity, the thresholds used."""
    timeline, findings = session.timeline, list(chosen)
    counts = {severity: sum(f.count for f in findings if f.severity == severity) for severity in SEVERITIES}
    return {
        "session": timeline.session,
        "log": timeline.log,
        "zero": format_time(timeline.zero // 1000),
        "position": timeline.position,
        "clock": session.clock,
        "thresholds": msgspec.structs.asdict(session.thresholds),
        "counts": counts,
        "findings": [finding_document(finding, timeline.zero) for finding in findings],
    }


def timeline_document(session: Session) -> Document:
    """A timeline with absolute times: each listen with its clips and holds, and what lies between."""
    timeline = session.timeline
    plays = Plays(timeline.listens)
    clips = _by_play(timeline.clips, plays.of_clip)
    holds = _by_play((*timeline.pauses, *timeline.stalls), plays.of_hold)
    return {
        "session": timeline.session,
        "log": timeline.log,
        "zero": _time(timeline.zero),
        "start": _time(timeline.start),
        "stop": _time(timeline.stop),
        "position": timeline.position,
        **_clocks(session),
        "listens": [
            {
                **_listen(listen, title_of(timeline, listen.asset)),
                "clips": [_absolute(clip) for clip in clips.get(listen.position, ())],
                "holds": [_absolute(hold) for hold in holds.get(listen.position, ())],
            }
            for listen in timeline.listens
        ],
        "holds": [_absolute(hold) for hold in holds.get(None, ())],
        "silences": [_span(stretch) for stretch in timeline.silences],
        "unknown": [_span(stretch) for stretch in timeline.unknown],
        "marks": [_mark(mark) for mark in timeline.marks],
        "erased": list(timeline.erased),
        "totals": totals_document(timeline),
    }


def _clocks(session: Session) -> Document:
    """Whose clock it is told in, and what is known of each device's; only those with an offset are corrected."""
    return {"clock": session.clock, "clocks": clock_documents(session.clocks.values())}


class Offsets:
    """Parts of a timeline as documents, their moments in seconds from `zero` (nanoseconds since the epoch)."""

    def __init__(self, zero: int) -> None:
        self.zero = zero

    def place(self, start: int, stop: int) -> Document:
        """Where a stretch of time lies."""
        return {"offset": to_seconds(start - self.zero), "duration": to_seconds(stop - start)}

    def clip(self, clip: Clip, title: str | None) -> Document:
        """A clip, and its recording's title."""
        return {
            "listen": clip.listen,
            "offset": to_seconds(clip.start - self.zero),
            "duration": to_seconds(clip.stop - clip.start),
            "end": clip.end,
            "cut": clip.cut,
            "asset": clip.asset,
            "title": title,
            "in": to_seconds(clip.media_in),
            "rate": clip.rate,
            "gain": clip.gain,
            "session_gain": clip.session_gain,
            "pan": clip.pan,
            "changes": [self.change(change) for change in clip.changes],
            "fade_in": to_seconds(clip.fade_in),
            "fade_out": to_seconds(clip.fade_out),
            "loop": clip.loop,
            "lane": clip.lane,
            "row": clip.row,
            "device": clip.device,
            "user": clip.user,
            "reason": clip.reason,
            "positions": list(clip.positions),
        }

    def change(self, change: Change) -> Document:
        """A move of gain or pan within a clip."""
        return {
            "offset": to_seconds(change.at - self.zero),
            "kind": change.kind,
            "value": change.value,
            "ramp": to_seconds(change.ramp),
            "position": change.position,
        }

    def stretch(self, stretch: Stretch) -> Document:
        """A silence, or an unknown."""
        return self.place(stretch.start, stretch.stop)

    def hold(self, hold: Hold) -> Document:
        """A pause, or a stall."""
        return {
            **self.place(hold.start, hold.stop),
            "listen": hold.listen,
            "closed": hold.closed,
            "positions": list(hold.positions),
        }

    def mark(self, mark: Mark) -> Document:
        """Something else that happened."""
        return {
            "offset": to_seconds(mark.time - self.zero),
            "type": mark.type,
            "position": mark.position,
            "device": mark.device,
            "data": mark.data,
        }

    def finding(self, finding: Finding) -> Document:
        """Something wrong."""
        return finding_document(finding, self.zero)


def title_of(timeline: Timeline, asset: str | None) -> str | None:
    """The title of a recording, as its description gives it."""
    description = timeline.descriptions.get(asset or "")
    return None if description is None else description.data.title


def _assets(timeline: Timeline) -> Document:
    return {
        asset: {**msgspec.to_builtins(description.data), "position": description.position}
        for asset, description in timeline.descriptions.items()
    }


def totals_document(timeline: Timeline) -> Document:
    """The totals, in seconds."""
    return {name: to_seconds(value) for name, value in msgspec.structs.asdict(timeline.totals).items()}


def _time(moment: int) -> str:
    return format_time(moment // 1000)


def _span(item: Clip | Hold | Stretch | Listen) -> Document:
    return {"start": _time(item.start), "stop": _time(item.stop)}


def _absolute(item: Clip | Hold) -> Document:
    if isinstance(item, Hold):
        return {"kind": item.kind, **_span(item), "closed": item.closed, "positions": list(item.positions)}
    placed = {"in": to_seconds(item.media_in), "rate": item.rate, "end": item.end, "cut": item.cut}
    return {**_span(item), **placed, "positions": list(item.positions)}


def _listen(listen: Listen, title: str | None) -> Document:
    return {
        "listen": listen.listen,
        "asset": listen.asset,
        "title": title,
        **_span(listen),
        "end": listen.end,
        "lane": listen.lane,
        "device": listen.device,
        "position": listen.position,
    }


def _mark(mark: Mark) -> Document:
    return {"time": _time(mark.time), "type": mark.type, "position": mark.position, "data": mark.data}


def _by_play(items: Iterable[T], play_of: Callable[[T], int | None]) -> dict[int | None, list[T]]:
    found: dict[int | None, list[T]] = {}
    for item in items:
        found.setdefault(play_of(item), []).append(item)
    return found
