"""Pauses and stalls of the whole session, whatever was sounding.

Rule: they follow the same table as a listen's own (`replay.timeline.playing.TRANSITIONS`).
"""

from __future__ import annotations

from collections.abc import Sequence

from replay.timeline.listens import Session
from replay.timeline.model import Hold
from replay.timeline.playing import TRANSITIONS, HoldKind, State
from replay.timeline.sorting import Control


def session_holds(wide: Sequence[Control], session: Session) -> list[Hold]:
    """The session's own holds in order; one that nothing ends lasts to the session's end or newest event."""
    holds: list[Hold] = []
    state: State = "playing"
    began: Control | None = None
    for control in wide:
        after = TRANSITIONS.get((state, control.type))
        if after is None:
            continue
        if began is not None and state != "playing":
            holds.append(_hold(state, began, control.at, control.position))
        state, began = after, control
    if began is not None and state != "playing":
        holds.append(_unended(state, began, session))
    return holds


def _hold(kind: HoldKind, began: Control, stop: int, by: int | None) -> Hold:
    positions = (began.position,) if by is None else (began.position, by)
    return Hold(kind=kind, start=began.at, stop=stop, closed=by is not None, positions=positions)


def _unended(kind: HoldKind, began: Control, session: Session) -> Hold:
    if session.stop is not None and session.stop >= began.at:
        return _hold(kind, began, session.stop, session.ended_by)
    return _hold(kind, began, max(session.newest, began.at), None)
