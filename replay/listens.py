"""A session listen by listen, as a document. Pure.

Rule 1: a listen is one play of one asset, pauses included: what was planned, when it began and ended and how that
        is known, what of it was heard, and its clips and holds, all with the records that show it.
Rule 2: moments are absolute; offsets and durations are seconds, offsets from the session's `zero`, as in its
        replay.
Rule 3: listens are told in the order they began, those behind a place: a page costs one look at the timeline.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from replay.clock import format_time, to_seconds
from replay.document import Document, Offsets, title_of
from replay.session import Session
from replay.timeline import Clip, Listen, Placed
from replay.timeline.model import Hold
from replay.timeline.plans import Plans, due
from replay.timeline.plays import Plays


class Place(NamedTuple):
    """Where a listen stands in its session: its start (nanoseconds since the epoch), and its position."""

    start: int
    position: int


class Page(msgspec.Struct, frozen=True):
    """Some of a session's listens as a document, and the place of the last one where others follow."""

    document: Document
    more: Place | None


def listens_page(session: Session, after: Place | None, limit: int) -> Page:
    """Up to `limit` listens of a session, those behind a place."""
    timeline = session.timeline
    ordered = sorted(timeline.listens, key=_place)
    first = 0 if after is None else bisect_right(ordered, after, key=_place)
    chosen = ordered[first : first + limit]
    document = {
        "session": timeline.session,
        "log": timeline.log,
        "zero": format_time(timeline.zero // 1000),
        "position": timeline.position,
        "clock": session.clock,
        "count": len(ordered),
        "listens": _Telling(session, chosen).all(),
    }
    return Page(document, _place(chosen[-1]) if first + limit < len(ordered) else None)


class _Telling:
    """What is told of some listens of a session."""

    def __init__(self, session: Session, chosen: Sequence[Listen]) -> None:
        timeline = session.timeline
        self._session = session
        self._chosen = chosen
        self._offsets = Offsets(timeline.zero)
        self._near = session.thresholds.ns("wrong_recording")
        self._plans = Plans(session.evidence.records, timeline.listens)
        self._opened = _records(session, {listen.position for listen in chosen})
        plays = Plays(timeline.listens)
        self._clips: defaultdict[int | None, list[Clip]] = defaultdict(list)
        self._holds: defaultdict[int | None, list[Hold]] = defaultdict(list)
        for clip in timeline.clips:
            self._clips[plays.of_clip(clip)].append(clip)
        for hold in sorted((*timeline.pauses, *timeline.stalls), key=lambda hold: (hold.start, hold.stop)):
            self._holds[plays.of_hold(hold)].append(hold)

    def all(self) -> list[Document]:
        return [self._listen(listen) for listen in self._chosen]

    def _listen(self, listen: Listen) -> Document:
        clips, holds = self._clips[listen.position], self._holds[listen.position]
        lasted, heard = listen.stop - listen.start, sum(clip.stop - clip.start for clip in clips)
        return {
            "listen": listen.listen,
            "asset": listen.asset,
            "title": title_of(self._session.timeline, listen.asset),
            "lane": listen.lane,
            "device": listen.device,
            "user": self._opened[listen.position].event.user,
            "position": listen.position,
            "planned": self._planned(listen),
            "started": format_time(listen.start // 1000),
            "ended": format_time(listen.stop // 1000),
            **self._offsets.place(listen.start, listen.stop),
            "heard": to_seconds(heard),
            "held": to_seconds(lasted - heard),
            "in": to_seconds(listen.media_in),
            "out": to_seconds(listen.media_stop),
            "length": None if listen.media_out is None else to_seconds(listen.media_out),
            **_ending(listen),
            "clips": [self._clip(clip) for clip in clips],
            "holds": [self._hold(hold) for hold in holds],
            "positions": _shown(listen, clips, holds),
        }

    def _planned(self, listen: Listen) -> Document | None:
        plan = self._plans.of(listen, self._near)
        if plan is None:
            return None
        at = due(plan)
        return {
            "asset": plan.event.data.get("asset"),
            "at": format_time(at // 1000),
            "late": to_seconds(listen.start - at),
            "position": plan.position,
        }

    def _clip(self, clip: Clip) -> Document:
        return {
            **self._offsets.place(clip.start, clip.stop),
            "in": to_seconds(clip.media_in),
            "rate": clip.rate,
            "end": clip.end,
            "cut": clip.cut,
            "positions": list(clip.positions),
        }

    def _hold(self, hold: Hold) -> Document:
        return {
            "kind": hold.kind,
            **self._offsets.place(hold.start, hold.stop),
            "closed": hold.closed,
            "positions": list(hold.positions),
        }


def _ending(listen: Listen) -> Document:
    """How a listen's end is known, and what the record says that ended it."""
    told = listen.told_duration
    return {
        "end": listen.end,
        "reason": listen.reason,
        "claimed": None if told is None else to_seconds(told),
        "ended_by": listen.ended_by,
    }


def _shown(listen: Listen, clips: Sequence[Clip], holds: Sequence[Hold]) -> list[int]:
    """The positions of all records that show a listen."""
    found = {listen.position}.union(*(clip.positions for clip in clips), *(hold.positions for hold in holds))
    return sorted(found if listen.ended_by is None else found | {listen.ended_by})


def _records(session: Session, positions: set[int]) -> dict[int, Placed]:
    return {one.position: one for one in session.evidence.records if one.position in positions}


def _place(listen: Listen) -> Place:
    return Place(listen.start, listen.position)
