"""An explanation as JSON shows it: moments absolute and as seconds from the session's zero. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from replay.clock import format_time, to_seconds
from replay.clocks.document import clock_documents
from replay.explain import words
from replay.explain.model import Edge, Explanation, Late, Playing
from replay.findings import Finding
from replay.session import Session
from replay.timeline import Description, Hold, Placed

Document = dict[str, Any]
NS = 1000


def explanation_document(
    session: Session, explanation: Explanation, before: Explanation | None = None
) -> Document:
    """An explanation, as `docs/explain.md` describes it field by field.

    `before` is what would have been said before the late ones among its records came; None: nothing was known.
    """
    timeline = session.timeline
    return {
        "session": timeline.session,
        "log": timeline.log,
        "zero": _time(timeline.zero),
        "position": timeline.position,
        "clock": session.clock,
        "clocks": clock_documents(session.clocks.values()),
        **_moment(session, explanation.at),
        "cause": explanation.cause,
        "state": explanation.state,
        "sentence": explanation.sentence,
        "from": _bound(session, explanation.start),
        "to": _bound(session, explanation.stop),
        "playing": [_playing(session, playing) for playing in explanation.playing],
        "holds": [_hold(session, hold) for hold in explanation.holds],
        "before": _edge(session, explanation.before),
        "after": _edge(session, explanation.after),
        "records": [
            *(_record(session, placed) for placed in explanation.records),
            *(_description(known) for known in explanation.descriptions),
        ],
        "others": [_record(session, placed) for placed in explanation.others],
        "findings": [_finding(session, finding) for finding in explanation.findings],
        "late": None if explanation.late is None else _late(explanation.late, before),
    }


def _moment(session: Session, moment: int) -> Document:
    return {"at": _time(moment), "offset": to_seconds(moment - session.timeline.zero)}


def _bound(session: Session, moment: int | None) -> Document | None:
    return None if moment is None else _moment(session, moment)


def _playing(session: Session, playing: Playing) -> Document:
    clip = playing.clip
    return {
        "listen": clip.listen,
        "asset": clip.asset,
        "title": playing.title,
        "lane": clip.lane,
        "offset": to_seconds(clip.start - session.timeline.zero),
        "duration": to_seconds(clip.stop - clip.start),
        "end": clip.end,
        "in": to_seconds(playing.media),
        "level": playing.level,
        "positions": list(clip.positions),
    }


def _hold(session: Session, hold: Hold) -> Document:
    return {
        "kind": hold.kind,
        "listen": hold.listen,
        "offset": to_seconds(hold.start - session.timeline.zero),
        "duration": to_seconds(hold.stop - hold.start),
        "closed": hold.closed,
        "positions": list(hold.positions),
    }


def _edge(session: Session, edge: Edge | None) -> Document | None:
    if edge is None:
        return None
    named = {
        "what": edge.what,
        "known": edge.known,
        "listen": edge.listen,
        "asset": edge.asset,
        "title": edge.title,
    }
    return {**_moment(session, edge.at), **named, "positions": list(edge.positions)}


def _record(session: Session, placed: Placed) -> Document:
    event = placed.event
    return {
        "position": placed.position,
        "type": event.type,
        "time": format_time(placed.time),
        "offset": to_seconds(placed.time * NS - session.timeline.zero),
        "recordedtime": format_time(placed.recordedtime),
        "device": event.device,
        "data": event.data,
    }


def _description(known: Description) -> Document:
    unplaced = {"time": None, "offset": None, "recordedtime": None, "device": None}
    return {
        "position": known.position,
        "type": "asset-described",
        **unplaced,
        "data": msgspec.to_builtins(known.data),
    }


def _finding(session: Session, finding: Finding) -> Document:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "offset": to_seconds(finding.start - session.timeline.zero),
        "duration": to_seconds(finding.stop - finding.start),
        "positions": list(finding.positions),
    }


def _late(late: Late, before: Explanation | None) -> Document:
    return {
        "positions": list(late.positions),
        "recordedtime": format_time(late.recordedtime),
        "by": to_seconds(late.by),
        "sentence": words.late(late, before),
        "before": {
            "position": late.first - 1,
            "cause": None if before is None else before.cause,
            "state": "unknown" if before is None else before.state,
            "sentence": words.NOTHING_KNOWN if before is None else before.sentence,
        },
    }


def _time(moment: int) -> str:
    return format_time(moment // NS)
