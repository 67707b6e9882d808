"""One listen played through: its span cut into clips and holds.

Rule 1: a pause, stall, seek or rate change begins a new clip; a gain or pan change does not.
Rule 2: a listen is paused or stalled, never both: a pause ends a stall, a stall within a pause is no stall, and a
        control that changes nothing is left for the marks.
Rule 3: a pause or stall adds wall time, never media time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from replay import events
from replay.clock import to_nanoseconds
from replay.timeline.knobs import Knobs, change_of, value_at
from replay.timeline.model import Change, Cut, Hold
from replay.timeline.ratio import media_of, wall_of
from replay.timeline.sorting import Control

HoldKind = Literal["paused", "stalled"]
State = Literal["playing", "paused", "stalled"]

TRANSITIONS: dict[tuple[State, str], State] = {
    ("playing", "playback-paused"): "paused",
    ("playing", "playback-stalled"): "stalled",
    ("stalled", "playback-paused"): "paused",
    ("stalled", "playback-recovered"): "playing",
    ("paused", "playback-resumed"): "playing",
}
"""What a hold's event does, to one listen as to the whole session. What is not here changes nothing."""


class Piece(msgspec.Struct):
    """A clip in the making: what differs between the clips of one listen. Times in nanoseconds."""

    start: int
    stop: int
    media_in: int
    rate: float
    gain: float
    session_gain: float
    pan: float
    cut: Cut | None = None
    changes: list[Change] = []
    positions: list[int] = []


class Bounds(msgspec.Struct, frozen=True):
    """How far a listen may play: never past `stop`; where `media_out` is given, until the media is used up; where
    neither comes (it is paused, and nothing ends it), it is drawn to `newest`."""

    newest: int
    stop: int | None = None
    media_out: int | None = None


class Played(msgspec.Struct):
    """What playing gave: pieces, the listen's own holds, when it stopped, where in the media and at which rate.

    `exhausted`: the media was used up. `held`: whether it stopped paused or stalled.
    """

    pieces: list[Piece]
    holds: list[Hold]
    stop: int
    exhausted: bool
    held: HoldKind | None
    media: int
    rate: float

    def close_hold(self) -> None:
        """Take note that the stop was observed: a hold that lasted to it has an observed end too."""
        if self.holds and not self.holds[-1].closed:
            self.holds[-1] = msgspec.structs.replace(self.holds[-1], closed=True)


class Player:
    """Plays one listen, from `start` and `media_in` on, with the session's knobs as they stood then."""

    def __init__(
        self,
        listen: str,
        *,
        start: int,
        media_in: int,
        rate: float,
        gain: float,
        asset_gain: float,
        pan: float,
        knobs: Knobs,
    ) -> None:
        self.listen = listen
        self.asset_gain = asset_gain
        self.media = media_in
        self.rate = rate
        self.levels = {"gain": gain, "session-gain": knobs.gain, "pan": pan}
        self.moving: dict[str, tuple[float, Change]] = {
            change.kind: (self.levels[change.kind], change) for change in knobs.moving
        }
        self.now = start
        self.hold: tuple[HoldKind, Control] | None = None
        self.pieces: list[Piece] = []
        self.holds: list[Hold] = []
        self.pending: list[int] = []
        self._begin(start, [])

    def play(self, controls: Iterable[Control], bounds: Bounds) -> Played:
        """Go through the controls in fold order until a bound is met."""
        for control in controls:
            if bounds.stop is not None and control.at >= bounds.stop:
                break
            if self._used_up(control.at, bounds):
                break
            self._advance(control.at)
            self._apply(control)
        exhausted = self._used_up(bounds.stop, bounds)
        held = None if self.hold is None else self.hold[0]
        if exhausted:
            stop = self._media_end(bounds)
        else:
            stop = max(bounds.newest, self.now) if bounds.stop is None else bounds.stop
        self._advance(stop)
        self._release(stop, None)
        return Played(_tidy(self.pieces), self.holds, stop, exhausted, held, self.media, self.rate)

    def _media_end(self, bounds: Bounds) -> int:
        left = max(0, (bounds.media_out or 0) - self.media)
        return self.now + wall_of(left, self.rate)

    def _used_up(self, moment: int | None, bounds: Bounds) -> bool:
        """Whether the media is used up by a moment (None: ever), as things stand now."""
        if bounds.media_out is None or self.hold is not None:
            return False
        return moment is None or self._media_end(bounds) <= moment

    def _advance(self, moment: int) -> None:
        if self.hold is None:
            self.media += media_of(moment - self.now, self.rate)
            self.pieces[-1].stop = moment
        self.now = moment

    def _apply(self, control: Control) -> None:
        change = change_of(control)
        if change is not None:
            self._turn(change)
            return
        match control.data:
            case events.PlaybackSeeked(to=to):
                self._cut("seeked", control)
                self.media = to_nanoseconds(to)
                self._resume_after_cut(control)
            case events.RateChanged(rate=rate):
                self._cut("rate-changed", control)
                self.rate = rate
                self._resume_after_cut(control)
            case _:
                self._hold_or_release(control)

    def _hold_or_release(self, control: Control) -> None:
        after = TRANSITIONS.get((self.hold[0] if self.hold else "playing", control.type))
        if after is None:
            return
        if after != "playing":
            self._begin_hold(after, control)
        else:
            self._release(control.at, control)
            self._begin(control.at, [control.position])

    def _begin_hold(self, kind: HoldKind, control: Control) -> None:
        if self.hold is None:
            self._cut(kind, control)
        else:
            self._release(control.at, control)
        self.hold = (kind, control)

    def _release(self, moment: int, by: Control | None) -> None:
        """End the hold under way, if there is one. One that a session-wide event began is the session's to tell."""
        if self.hold is None:
            return
        kind, began = self.hold
        self.hold = None
        if not began.wide:
            positions = (began.position,) if by is None else (began.position, by.position)
            self.holds.append(
                Hold(
                    kind=kind,
                    start=began.at,
                    stop=moment,
                    closed=by is not None,
                    listen=self.listen,
                    positions=positions,
                )
            )

    def _cut(self, cut: Cut, control: Control) -> None:
        """End the clip under way; within a hold there is none, and the next clip will show the control."""
        if self.hold is None:
            self.pieces[-1].cut = cut
            self.pieces[-1].positions.append(control.position)
        else:
            self.pending.append(control.position)

    def _resume_after_cut(self, control: Control) -> None:
        if self.hold is None:
            self._begin(control.at, [control.position])

    def _begin(self, moment: int, positions: list[int]) -> None:
        self.pieces.append(
            Piece(
                start=moment,
                stop=moment,
                media_in=self.media,
                rate=self.rate,
                gain=self._level("gain", moment),
                session_gain=self._level("session-gain", moment),
                pan=self._level("pan", moment),
                changes=self._under_way(moment),
                positions=[*self.pending, *positions],
            )
        )
        self.pending = []

    def _level(self, kind: str, moment: int) -> float:
        if kind not in self.moving:
            return self.levels[kind]
        before, change = self.moving[kind]
        return value_at(before, change, moment)

    def _under_way(self, moment: int) -> list[Change]:
        """What is left, at a moment, of the moves that are not over."""
        if not self.moving:
            return []
        return [
            msgspec.structs.replace(change, at=moment, ramp=change.ramp - (moment - change.at))
            for _, change in self.moving.values()
            if moment - change.at < change.ramp
        ]

    def _turn(self, change: Change) -> None:
        """Begin a move of gain or pan from where it stands now. A listen's gain goes on top of its asset's."""
        if change.kind == "gain":
            change = msgspec.structs.replace(change, value=change.value * self.asset_gain)
        self.moving[change.kind] = (self._level(change.kind, change.at), change)
        if self.hold is None:
            self.pieces[-1].changes.append(change)
            self.pieces[-1].positions.append(change.position)
        else:
            self.pending.append(change.position)


def _tidy(pieces: list[Piece]) -> list[Piece]:
    """Leave out pieces of no length, but never the last trace of a listen, nor what they were evidence of."""
    if len(pieces) == 1:
        return pieces
    lasting: list[Piece] = []
    carried: list[int] = []
    for piece in pieces:
        if piece.stop > piece.start:
            piece.positions = [*carried, *piece.positions]
            carried = []
            lasting.append(piece)
        else:
            carried.extend(piece.positions)
    last = lasting[-1] if lasting else pieces[0]
    last.positions = [*last.positions, *carried] if lasting else carried
    return lasting or pieces[:1]
