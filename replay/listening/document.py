"""A device's day as a document: seconds, and moments in RFC 3339."""

from __future__ import annotations

from typing import Any

from replay.clock import format_time, to_seconds
from replay.findings.document import finding_document
from replay.findings.model import NS
from replay.listening.model import Day, Listening


def day_document(day: Day) -> dict[str, Any]:
    """A day; offsets of its findings count from its start, which is `zero`."""
    return {
        "zero": format_time(day.start // NS),
        "stop": format_time(day.stop // NS),
        "listening": to_seconds(day.listening),
        "wall": to_seconds(day.wall),
        "claimed": to_seconds(day.claimed),
        "sessions": [_session(one) for one in day.sessions],
        "findings": [finding_document(finding, day.start) for finding in day.findings],
    }


def _session(one: Listening) -> dict[str, Any]:
    return {
        "session": one.session,
        "start": format_time(one.sounding[0][0] // NS) if one.sounding else None,
        "stop": format_time(one.sounding[-1][1] // NS) if one.sounding else None,
        "listening": to_seconds(one.lasted),
        "claimed": to_seconds(one.claimed),
        "ended": one.ended,
        "why": list(one.why),
    }
