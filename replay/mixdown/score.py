"""A timeline as a score: what sounds from which frame to which, how loud, from where in which recording. Pure.

Rule 1: a part's first and last frame are each the rounding of its clip's start and stop, counted from where the
        sound begins: the session's zero, or its first clip if that is earlier.
Rule 2: nothing here knows a recording: a score is made from the timeline alone, and so is the gain of all.
Rule 3: a pause, a stall and a stretch without a clip are frames without a part: exact silence.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import msgspec

from replay.clock import to_nanoseconds
from replay.mixdown.curve import Curve, Line, Move, curve, fade_in, fade_out, finite
from replay.mixdown.frames import frame_of
from replay.mixdown.headroom import headroom
from replay.mixdown.part import Part, Run
from replay.timeline.model import Clip, Timeline
from replay.timeline.ratio import ratio


class Score(msgspec.Struct, frozen=True):
    """A session in frames of one rate.

    `origin` is the moment of frame 0, in nanoseconds since the epoch; `frames` how many there are; `gain` what all
    is multiplied by, so that the sum stays within full scale. Parts stand in the order they begin.
    """

    rate: int
    origin: int
    frames: int
    gain: float
    parts: tuple[Part, ...]

    def only(self, lanes: Iterable[str]) -> Score:
        """The same score with the parts of some lanes: gain and length stay, so that lanes add up to the whole."""
        kept = frozenset(lanes)
        return msgspec.structs.replace(self, parts=tuple(p for p in self.parts if p.lane in kept))

    def frame_at(self, moment: int) -> int:
        """The frame of a moment (nanoseconds since the epoch), within the score."""
        return min(max(frame_of(moment - self.origin, self.rate), 0), self.frames)


def write_score(timeline: Timeline, rate: int) -> Score:
    """The score of a timeline, at a rate in Hz."""
    origin = min([timeline.zero, *(clip.start for clip in timeline.clips)])
    desk = _Desk(timeline, origin, rate)
    parts = [desk.part(clip) for clip in timeline.clips if clip.asset is not None]
    sounding = sorted((part for part in parts if part.last > part.first), key=lambda part: part.first)
    frames = max([frame_of(timeline.stop - origin, rate), *(part.last for part in sounding)])
    return Score(rate, origin, frames, 1.0 / max(1.0, headroom(sounding)), tuple(sounding))


class _Desk:
    """Turns the clips of one timeline into parts."""

    def __init__(self, timeline: Timeline, origin: int, rate: int) -> None:
        self._descriptions = timeline.descriptions
        self._origin = origin
        self._rate = rate

    def part(self, clip: Clip) -> Part:
        first, last = self._frame(clip.start), self._frame(clip.stop)
        return Part(
            first=first,
            last=last,
            asset=clip.asset or "",
            lane=clip.lane,
            media=frame_of(clip.media_in, self._rate),
            ratio=ratio(clip.rate),
            loop=self._loop(clip),
            runs=tuple(_runs(first, last, list(self._levels(clip, first, last)), self._pan(clip, first))),
        )

    def _frame(self, moment: int) -> int:
        return frame_of(moment - self._origin, self._rate)

    def _loop(self, clip: Clip) -> tuple[int, int | None] | None:
        """What repeats: the part of the recording that its description plays, else all of it."""
        if not clip.loop:
            return None
        described = self._descriptions.get(clip.asset or "")
        begin, end = (None, None) if described is None else (described.data.in_, described.data.out)
        return (
            frame_of(to_nanoseconds(begin or 0), self._rate),
            None if end is None else frame_of(to_nanoseconds(end), self._rate),
        )

    def _levels(self, clip: Clip, first: int, last: int) -> Iterator[Curve]:
        yield curve(first, clip.gain, self._moves(clip, "gain"))
        yield curve(first, clip.session_gain, self._moves(clip, "session-gain"))
        entering = self._frame(clip.start + clip.fade_in) - first
        leaving = last - self._frame(clip.stop - clip.fade_out)
        if entering > 0:
            yield fade_in(first, entering)
        if leaving > 0:
            yield fade_out(first, last, leaving)

    def _pan(self, clip: Clip, first: int) -> Curve:
        return curve(first, clip.pan, self._moves(clip, "pan"))

    def _moves(self, clip: Clip, kind: str) -> Iterator[Move]:
        for change in clip.changes:
            if change.kind == kind:
                frame = self._frame(change.at)
                yield Move(frame, change.value, self._frame(change.at + change.ramp) - frame)


def _runs(first: int, last: int, levels: Sequence[Curve], pan: Curve) -> Iterator[Run]:
    """The stretches of a part in which every one of its curves is one straight line."""
    inner = {line.frame for each in (*levels, pan) for line in each if first < line.frame < last}
    edges = [first, *sorted(inner), last]
    cursors = [_Cursor(each) for each in levels]
    pan_cursor = _Cursor(pan)
    for begin, end in pairwise(edges):
        lines = [cursor.line(begin) for cursor in cursors]
        scale = 1.0
        for line in lines:
            scale *= 1.0 if line.slope else line.value
        yield Run(
            begin, end, finite(scale), tuple(line for line in lines if line.slope), pan_cursor.line(begin)
        )


class _Cursor:
    """Goes along a curve."""

    def __init__(self, curve: Curve) -> None:
        self._curve = curve
        self._frames = [line.frame for line in curve]

    def line(self, frame: int) -> Line:
        """The line that counts from a frame on, as it stands there."""
        found = self._curve[bisect_right(self._frames, frame) - 1]
        return Line(frame, found.at(frame), found.slope)
