"""A session listen by listen, as a document. Pure.

Rule 1: a listen is one play of one asset, pauses included: what was planned, when it began and ended and how that
        is known, what of it was heard, and its clips and holds, all with the records that show it.
Rule 2: moments are absolute; offsets and durations are seconds, offsets from the session's `zero`, as in its
        replay.
Rule 3: listens are told in the order they began, those behind a place. A session is looked through once, whatever
        its pages: each costs what is on it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from replay.clock import format_time, to_seconds
from replay.document import Document, Offsets, title_of
from replay.errors import Invalid
from replay.session import Session
from replay.timeline import Clip, Listen, Placed
from replay.timeline.model import Hold
from replay.timeline.plans import Plans, due
from replay.timeline.plays import Plays

_PLACE = re.compile(r"(-?[0-9]{1,24})_([0-9]{1,16})")
"""A place as text. Times end in year 9999, and a corrected clock moves them by at most a hundred steps, each of the
10^12 seconds that a monotonic clock may show: nanoseconds of 24 digits. Positions are below 2^53."""


class Place(NamedTuple):
    """Where a listen stands in its session: its start (nanoseconds since the epoch), and its position."""

    start: int
    position: int

    def __str__(self) -> str:
        """The text that `read` reads."""
        return f"{self.start}_{self.position}"

    @classmethod
    def read(cls, text: str, field: str) -> Place:
        """The place that a text names. Raises `Invalid`, naming `field`, for what no page gives."""
        found = _PLACE.fullmatch(text)
        if found is None:
            raise Invalid(field, f"{field} must come from next; it is not to be made up")
        return cls(int(found[1]), int(found[2]))


class Page(msgspec.Struct, frozen=True):
    """Some of a session's listens as a document, and the place of the last one where others follow."""

    document: Document
    more: Place | None


class SessionListens:
    """The listens of a session with all that is told of them, found in O(n log n); it tells them page by page."""

    def __init__(self, session: Session) -> None:
        timeline = session.timeline
        self._session = session
        self._ordered = sorted(timeline.listens, key=_place)
        self._offsets = Offsets(timeline.zero)
        self._near = session.thresholds.ns("wrong_recording")
        self._plans = Plans(session.evidence.records, timeline.listens)
        self._opened = _records(session, {listen.position for listen in timeline.listens})
        plays = Plays(timeline.listens)
        self._clips: defaultdict[int | None, list[Clip]] = defaultdict(list)
        self._holds: defaultdict[int | None, list[Hold]] = defaultdict(list)
        for clip in timeline.clips:
            self._clips[plays.of_clip(clip)].append(clip)
        for hold in sorted((*timeline.pauses, *timeline.stalls), key=lambda hold: (hold.start, hold.stop)):
            self._holds[plays.of_hold(hold)].append(hold)

    def page(self, after: Place | None, limit: int) -> Page:
        """Up to `limit` (at least 1) listens, those behind a place."""
        timeline, ordered = self._session.timeline, self._ordered
        first = 0 if after is None else bisect_right(ordered, after, key=_place)
        chosen = ordered[first : first + limit]
        document = {
            "session": timeline.session,
            "log": timeline.log,
            "zero": format_time(timeline.zero // 1000),
            "position": timeline.position,
            "clock": self._session.clock,
            "count": len(ordered),
            "listens": [self._listen(listen) for listen in chosen],
        }
        return Page(document, _place(chosen[-1]) if first + limit < len(ordered) else None)

    def _listen(self, listen: Listen) -> Document:
        clips, holds = self._clips.get(listen.position, ()), self._holds.get(listen.position, ())
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
