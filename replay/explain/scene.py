"""One moment of a session: what is under way there, and what lies on either side of it. Found in one pass each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import islice

from replay.clock import to_nanoseconds
from replay.explain.model import Edge, Known, Playing
from replay.session import Session
from replay.timeline import Clip, Description, Hold, Hole, Placed, Stretch, in_fold_order
from replay.timeline.knobs import value_at
from replay.timeline.ratio import media_of

NS = 1000
INAUDIBLE = 0.001
"""A gain below this (-60 dB) is heard as nothing."""
MOST_MOMENTARY = 3
"""How many plays of no length an explanation tells of."""


class Scene:
    """A session at a moment, in nanoseconds since the epoch, and what is there of its recordings."""

    def __init__(self, session: Session, at: int, recordings: Mapping[str, Known]) -> None:
        self.session = session
        self.timeline = session.timeline
        self.at = at
        self.recordings = recordings

    @cached_property
    def playing(self) -> tuple[Playing, ...]:
        """The clips that lie over the moment, in the order they began."""
        return tuple(self._playing(clip) for clip in self.timeline.clips if clip.start <= self.at < clip.stop)

    @cached_property
    def holds(self) -> tuple[Hold, ...]:
        """The pauses and stalls that lie over the moment."""
        holds = (*self.timeline.stalls, *self.timeline.pauses)
        return tuple(hold for hold in holds if hold.start <= self.at < hold.stop)

    @cached_property
    def silence(self) -> Stretch | None:
        """The silence that the moment lies in."""
        silences = self.timeline.silences
        return next((silence for silence in silences if silence.start <= self.at < silence.stop), None)

    @cached_property
    def holes(self) -> tuple[Hole, ...]:
        """The sequence holes that touch what lies between `before` and `after`, within the timeline."""
        if self.at >= self.timeline.stop:
            return ()
        start = self.timeline.start if self.before is None else self.before.at
        stop = self.timeline.stop if self.after is None else self.after.at
        return tuple(hole for hole in self.timeline.holes if hole.start < stop and hole.stop > start)

    @cached_property
    def session_end(self) -> Placed | None:
        """The record that ended the session: of several, the one at the highest position."""
        return max(self._of_type("session-ended"), key=lambda placed: placed.position, default=None)

    @cached_property
    def session_start(self) -> Placed | None:
        """The record that began it: of several, the one at the lowest position."""
        return min(self._of_type("session-started"), key=lambda placed: placed.position, default=None)

    @cached_property
    def newest(self) -> Placed:
        """The session's newest record in fold order."""
        return max(self.session.evidence.records, key=lambda placed: placed.key)

    @cached_property
    def before(self) -> Edge | None:
        """What came to its end last, at the moment or before it; a listen tells more than the session."""
        latest = self.at if self.silence is None else self.silence.start
        clips = (clip for clip in self.timeline.clips if clip.stop <= latest)
        holds = (hold for hold in self._all_holds() if hold.stop <= latest)
        clip = max(clips, key=lambda clip: (clip.stop, clip.positions), default=None)
        hold = max(holds, key=lambda hold: (hold.stop, hold.positions), default=None)
        edges = [] if clip is None else [self._end_of(clip)]
        edges += [] if hold is None else [self._end_of_hold(hold)]
        start = self.session_start
        edges += [_of_session(start)] if start is not None and start.time * NS <= latest else []
        return max(edges, key=lambda edge: (edge.at, edge.what == "listen", edge.positions), default=None)

    @cached_property
    def after(self) -> Edge | None:
        """What began next, after the moment."""
        earliest = self.at + 1 if self.silence is None else self.silence.stop
        clips = (clip for clip in self.timeline.clips if clip.start >= earliest)
        holds = (hold for hold in self._all_holds() if hold.start >= earliest)
        clip = min(clips, key=lambda clip: (clip.start, clip.positions), default=None)
        hold = min(holds, key=lambda hold: (hold.start, hold.positions), default=None)
        edges = [] if clip is None else [self._start_of(clip)]
        edges += [] if hold is None else [self._start_of_hold(hold)]
        end = self.session_end
        edges += [_of_session(end)] if end is not None and end.time * NS >= earliest else []
        return min(edges, key=lambda edge: (edge.at, edge.what != "listen", edge.positions), default=None)

    def description(self, asset: str | None) -> Description | None:
        """What is known of a recording."""
        return self.timeline.descriptions.get(asset or "")

    def title(self, asset: str | None) -> str | None:
        """A recording's title."""
        known = self.description(asset)
        return None if known is None else known.data.title

    def fault(self, one: Playing) -> str | None:
        """Why a recording cannot be heard; None when it can, as far as is known."""
        known = self.recordings.get(one.clip.asset or "")
        return None if known is None else known.fault

    def length(self, one: Playing) -> int | None:
        """How long a recording is, in nanoseconds: as it is there, else as it is described."""
        known = self.recordings.get(one.clip.asset or "")
        if known is not None and known.duration is not None:
            return known.duration
        description = self.description(one.clip.asset)
        told = None if description is None else description.data.duration
        return None if told is None else to_nanoseconds(told)

    def is_over(self, one: Playing) -> bool:
        """Whether a recording is over before its clip is."""
        length = self.length(one)
        return length is not None and not one.clip.loop and one.media >= length

    def momentary(self, start: int | None, stop: int | None) -> list[Clip]:
        """The first plays of no length from one moment to another: they were told, and nobody heard them."""
        found = (
            clip
            for clip in self.timeline.clips
            if clip.start == clip.stop
            and (start is None or start < clip.start)
            and (stop is None or clip.start < stop)
        )
        return list(islice(found, MOST_MOMENTARY))

    def records(self, positions: Iterable[int]) -> tuple[Placed, ...]:
        """Those of the session's records, in fold order."""
        wanted = frozenset(positions)
        found = (placed for placed in self.session.evidence.records if placed.position in wanted)
        return tuple(in_fold_order(found))

    def _of_type(self, type_: str) -> Iterable[Placed]:
        return (placed for placed in self.session.evidence.records if placed.event.type == type_)

    def _all_holds(self) -> tuple[Hold, ...]:
        return (*self.timeline.pauses, *self.timeline.stalls)

    def _playing(self, clip: Clip) -> Playing:
        media = clip.media_in + media_of(self.at - clip.start, clip.rate)
        return Playing(clip, self.title(clip.asset), media, level_at(clip, self.at))

    def _end_of(self, clip: Clip) -> Edge:
        return Edge(
            at=clip.stop, what="listen", known=clip.end, listen=clip.listen, asset=clip.asset,
            title=self.title(clip.asset), positions=self._telling(clip, clip.stop),
        )  # fmt: skip

    def _start_of(self, clip: Clip) -> Edge:
        told = not set(self.timeline.orphans).issuperset(clip.positions)
        return Edge(
            at=clip.start, what="listen", known="observed" if told else None, listen=clip.listen, asset=clip.asset,
            title=self.title(clip.asset), positions=self._telling(clip, clip.start),
        )  # fmt: skip

    def _end_of_hold(self, hold: Hold) -> Edge:
        known = "observed" if hold.closed else None
        positions = self._telling(hold, hold.stop)
        return Edge(at=hold.stop, what=hold.kind, known=known, listen=hold.listen, positions=positions)

    def _start_of_hold(self, hold: Hold) -> Edge:
        return Edge(
            at=hold.start,
            what=hold.kind,
            known="observed",
            listen=hold.listen,
            positions=self._telling(hold, hold.start),
        )

    def _telling(self, item: Clip | Hold, moment: int) -> tuple[int, ...]:
        """Those of its records that tell a moment: what happened then, else all of them."""
        then = tuple(position for position in item.positions if self._times.get(position) == moment)
        return then or item.positions

    @cached_property
    def _times(self) -> dict[int, int]:
        """When each record happened, in nanoseconds."""
        return {placed.position: placed.time * NS for placed in self.session.evidence.records}


def level_at(clip: Clip, moment: int) -> float:
    """How loud a clip is at a moment: its own gain and the session's, ramps included; its fades are left out."""
    own = _moved(clip, "gain", clip.gain, moment)
    return own * _moved(clip, "session-gain", clip.session_gain, moment)


def _moved(clip: Clip, kind: str, value: float, moment: int) -> float:
    last = None
    for change in clip.changes:
        if change.kind == kind and change.at <= moment:
            value = value if last is None else value_at(value, last, change.at)
            last = change
    return value if last is None else value_at(value, last, moment)


def _of_session(placed: Placed) -> Edge:
    return Edge(at=placed.time * NS, what="session", known="observed", positions=(placed.position,))
