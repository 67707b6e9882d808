"""How each listen ends, and what it sounds like until then.

Rule 1: a listen's end is, in this order: observed; from its length; the next start on the same sender-given lane
        of the same device; the session's end; open, drawn to the session's newest event.
Rule 2: which end counts, and when it ends its listen, is told by `closing`.
Rule 3: a looped listen has no length. A length of the listen's own beats the asset's description.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge

import msgspec

from replay import events
from replay.clock import to_nanoseconds
from replay.errors import TooLarge
from replay.timeline.closing import counted, stop_of
from replay.timeline.evidence import Description
from replay.timeline.knobs import KnobHistory
from replay.timeline.model import Clip, End, Hold, Listen
from replay.timeline.playing import Bounds, Played, Player
from replay.timeline.sorting import Control, Ended, Sorted, Started, by_key

MAX_STEPS = 1_000_000
"""The most (listen, control) steps one fold takes: 10,000 overlapping listens times 100 session-wide pauses. It is
what keeps a hostile session from costing quadratic time."""


UNDESCRIBED = events.AssetDescribed(asset="")
"""What is known of a recording that nothing describes."""


class Heard(msgspec.Struct, frozen=True, gc=False):
    """One listen played: its span, its clips and its own holds."""

    listen: Listen
    clips: list[Clip]
    holds: list[Hold]


class Session(msgspec.Struct, frozen=True):
    """What a listen needs to know of its session: its newest moment, and its end with the record that told it."""

    newest: int
    stop: int | None
    ended_by: int | None


class Listens:
    """Plays every listen of a session."""

    def __init__(self, heaps: Sorted, session: Session, descriptions: Mapping[str, Description]) -> None:
        self.heaps = heaps
        self.session = session
        self.descriptions = descriptions
        self.knobs = KnobHistory(heaps.wide)
        self.lanes = _starts_by_lane(heaps.starts)
        self.steps = 0

    def play(self) -> Iterator[Heard]:
        """Every listen in fold order, then every end without a start that tells how long it lasted."""
        for start in self.heaps.starts:
            yield self._play(start)
        for orphan in self.heaps.orphans:
            if orphan.duration is not None:
                yield _orphan(orphan, orphan.duration)

    def _play(self, start: Started) -> Heard:
        described = self._description(start)
        told = counted(start.ends)
        bounds, end, by = self._bounds(start, told, described)
        played = self._player(start, described).play(self._controls(start), bounds)
        if end == "length" and not played.exhausted and played.held:
            end, by = ("open", None) if bounds.stop is None else ("session", self.session.ended_by)
        if end in ("observed", "session"):
            played.close_hold()
        listen = Listen(
            listen=start.listen,
            asset=start.asset,
            start=start.at,
            stop=played.stop,
            end=end,
            lane=_lane(start),
            device=start.placed.event.device,
            position=start.placed.position,
            told_stop=None if told is None else told.at,
            told_duration=None if told is None else told.duration,
            ended_by=None if told is None else told.placed.position,
            reason=None if told is None else told.data.reason,
            media_in=played.pieces[0].media_in,
            media_stop=played.media,
            media_out=None if start.data.loop else _media_out(start.data, described),
            rate=played.rate,
            held=played.held,
            named_lane=start.data.lane is not None,
        )
        return Heard(listen, _clips(start, listen, told, played, by), played.holds)

    def _bounds(
        self, start: Started, told: Ended | None, described: events.AssetDescribed
    ) -> tuple[Bounds, End, int | None]:
        """How far a listen plays, how that is known, and the record of another that tells it."""
        newest = max(self.session.newest, start.at)
        session_stop = self.session.stop
        if session_stop is not None and session_stop < start.at:
            session_stop = None
        if told is not None:
            return Bounds(newest, stop_of(start.at, told.at, told.duration)), "observed", None
        media_out = None if start.data.loop else _media_out(start.data, described)
        if media_out is not None:
            return Bounds(newest, session_stop, media_out), "length", None
        following = self._next_on_lane(start)
        if following is not None:
            return Bounds(newest, following.at), "next", following.placed.position
        if session_stop is not None:
            return Bounds(newest, session_stop), "session", self.session.ended_by
        return Bounds(newest, newest), "open", None

    def _player(self, start: Started, described: events.AssetDescribed) -> Player:
        data = start.data
        knobs = self.knobs.at(start.key)
        if data.pan is not None and knobs.moving:
            knobs = msgspec.structs.replace(knobs, moving=tuple(c for c in knobs.moving if c.kind != "pan"))
        asset_gain = 1.0 if described.gain is None else described.gain
        return Player(
            start.listen,
            start=start.at,
            media_in=_media_in(data, described),
            rate=knobs.rate if data.rate is None else data.rate,
            gain=asset_gain * (1.0 if data.gain is None else data.gain),
            asset_gain=asset_gain,
            pan=knobs.pan if data.pan is None else data.pan,
            knobs=knobs,
        )

    def _controls(self, start: Started) -> Iterator[Control]:
        """The controls that may act on a listen, in fold order, each counted against the limit."""
        for control in self._acting(start):
            self.steps += 1
            if self.steps > MAX_STEPS:
                raise TooLarge("session", f"the timeline takes more than {MAX_STEPS} steps to fold")
            yield control

    def _acting(self, start: Started) -> Iterable[Control]:
        wide = self.heaps.wide
        first = bisect_right(wide, start.key, key=by_key)
        if first == len(wide):
            return start.controls
        return merge(start.controls, (wide[i] for i in range(first, len(wide))), key=by_key)

    def _next_on_lane(self, start: Started) -> Started | None:
        if start.data.lane is None:
            return None
        starts = self.lanes[start.placed.event.device, start.data.lane]
        found = bisect_right(starts, start.key, key=by_key)
        return starts[found] if found < len(starts) else None

    def _description(self, start: Started) -> events.AssetDescribed:
        known = self.descriptions.get(start.asset)
        return UNDESCRIBED if known is None else known.data


def _starts_by_lane(starts: list[Started]) -> dict[tuple[str | None, str], list[Started]]:
    lanes: dict[tuple[str | None, str], list[Started]] = defaultdict(list)
    for start in starts:
        if start.data.lane is not None:
            lanes[start.placed.event.device, start.data.lane].append(start)
    return lanes


def _lane(start: Started) -> str:
    return "0" if start.data.lane is None else start.data.lane


def _media_in(data: events.ListenStarted, described: events.AssetDescribed) -> int:
    begin = described.in_ if data.in_ is None else data.in_
    return to_nanoseconds(begin or 0)


def _media_out(data: events.ListenStarted, described: events.AssetDescribed) -> int | None:
    """Where in the recording a listen runs out, or None when no length is known."""
    length = described.duration if data.duration is None else data.duration
    known = [end for end in (length, described.out) if end is not None]
    return to_nanoseconds(min(known)) if known else None


def _clips(start: Started, listen: Listen, told: Ended | None, played: Played, by: int | None) -> list[Clip]:
    pieces = played.pieces
    ending = [end.placed.position for end in start.ends]
    if by is not None:
        ending.append(by)
    clips = []
    for piece in pieces:
        first, last = piece is pieces[0], piece is pieces[-1]
        positions = {start.placed.position, *piece.positions, *(ending if last else ())}
        clips.append(
            Clip(
                listen=listen.listen,
                asset=listen.asset,
                start=piece.start,
                stop=piece.stop,
                end=listen.end if piece.cut is None else "observed",
                cut=piece.cut,
                media_in=piece.media_in,
                rate=piece.rate,
                gain=piece.gain,
                session_gain=piece.session_gain,
                pan=piece.pan,
                changes=tuple(piece.changes),
                fade_in=to_nanoseconds(start.data.fade_in or 0) if first else 0,
                fade_out=to_nanoseconds(start.data.fade_out or 0) if last else 0,
                loop=start.data.loop,
                lane=listen.lane,
                device=listen.device,
                user=start.placed.event.user,
                reason=told.data.reason if told is not None and last else None,
                positions=tuple(sorted(positions)),
            )
        )
    return clips


def _orphan(end: Ended, duration: int) -> Heard:
    """The clip of an end without a start: it ends there, and its duration tells where it began."""
    event = end.placed.event
    stop = end.at
    listen = Listen(
        listen=end.data.listen or event.id,
        asset=end.data.asset,
        start=stop - duration,
        stop=stop,
        end="observed",
        lane="0",
        device=event.device,
        position=end.placed.position,
        told_stop=stop,
        told_duration=duration,
        ended_by=end.placed.position,
        reason=end.data.reason,
        media_stop=duration,
    )
    clip = Clip(
        listen=listen.listen,
        asset=listen.asset,
        start=listen.start,
        stop=stop,
        end="observed",
        device=event.device,
        user=event.user,
        reason=end.data.reason,
        positions=(end.placed.position,),
    )
    return Heard(listen, [clip], [])
