"""Steps as documents, as `docs/playback.md` describes them. Pure.

Rule: moments are seconds from the session's zero, and absolute times; what a step is about is told as the
      replay does.
"""

from __future__ import annotations

from typing import Any

from replay.clock import format_time, to_seconds
from replay.document import Document, Offsets, title_of, totals_document
from replay.playback.schedule import Step
from replay.session import Session
from replay.timeline import Clip, Hold, Mark, Stretch


class StepDocuments:
    """Makes the documents of a session's steps."""

    def __init__(self, session: Session) -> None:
        self._timeline = session.timeline
        self._offsets = Offsets(session.timeline.zero)

    def step(self, ordinal: int, step: Step) -> Document:
        """One step; `ordinal` counts from 1."""
        return {
            "step": ordinal,
            "kind": step.kind,
            "offset": to_seconds(step.moment - self._timeline.zero),
            "time": format_time(step.moment // 1000),
            step.kind.partition("-")[0]: self._item(step),
        }

    def _item(self, step: Step) -> Document:
        item = step.item
        if isinstance(item, Clip):
            return self._ended(step, item) if step.kind.endswith("-ended") else self._clip(step, item)
        if isinstance(item, Hold):
            return self._offsets.hold(item)
        if isinstance(item, Mark):
            return self._offsets.mark(item)
        if isinstance(item, Stretch):
            lies = self._offsets.stretch(item)
            to = to_seconds(item.stop - self._timeline.zero)
            return {**lies, "to": to} if step.kind == "jump" else lies
        return self._offsets.finding(item)

    def _clip(self, step: Step, clip: Clip) -> Document:
        return {"sequence": step.number, **self._offsets.clip(clip, title_of(self._timeline, clip.asset))}

    def _ended(self, step: Step, clip: Clip) -> Document:
        return {
            "sequence": step.number,
            "listen": clip.listen,
            "asset": clip.asset,
            "title": title_of(self._timeline, clip.asset),
            "duration": to_seconds(clip.stop - clip.start),
            "end": clip.end,
            "cut": clip.cut,
            "reason": clip.reason,
        }


def session_header(session: Session) -> dict[str, Any]:
    """What a stream tells of its session before anything is played."""
    timeline = session.timeline
    return {
        "session": timeline.session,
        "log": timeline.log,
        "clock": session.clock,
        "zero": format_time(timeline.zero // 1000),
        "position": timeline.position,
        "started": timeline.started,
        "ended": timeline.ended,
        "start": to_seconds(timeline.start - timeline.zero),
        "stop": to_seconds(timeline.stop - timeline.zero),
        "totals": totals_document(timeline),
    }
