"""The documents of lists: a session and a device as JSON shows them. Times are RFC 3339 in UTC."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from projections.feeds import DeviceRow
from projections.timelines import SessionRow
from replay.clock import MICROSECONDS, format_time
from replay.outline import Outline

API = "/api/v1"


def session_document(row: SessionRow, seen: Outline | None) -> dict[str, Any]:
    """A session's summary.

    `zero` is the moment that its replay's offsets count from. `duration` is the seconds from its earliest event
    to its latest. `position` and `recordedtime` are those of its newest record. `outline` is null while there is
    none at hand.
    """
    path, of_log = item_path("sessions", row.session), log_query(row.log)
    return {
        "session": row.session,
        "log": row.log,
        "state": row.state,
        "zero": format_time(row.first_time if row.started_time is None else row.started_time),
        "started": _optional_time(row.started_time),
        "ended": _optional_time(row.ended_time),
        "first_time": format_time(row.first_time),
        "last_time": format_time(row.last_time),
        "duration": (row.last_time - row.first_time) / MICROSECONDS,
        "events": row.events,
        "listens": row.listens,
        "devices": row.devices,
        "users": row.users,
        "client": row.client,
        "recordedtime": format_time(row.recorded),
        "position": row.last,
        "outline": None if seen is None else _outline_document(seen),
        "links": {
            "self": path + of_log,
            "events": f"{path}/events{of_log}",
            "listens": f"{path}/listens{of_log}",
            "timeline": f"{path}/timeline{of_log}",
            "replay": f"{path}/replay{of_log}",
        },
    }


def device_document(row: DeviceRow) -> dict[str, Any]:
    """A device's summary. `position` and `recordedtime` are those of its newest record."""
    return {
        "device": row.device,
        "log": row.log,
        "first_time": format_time(row.first_time),
        "last_time": format_time(row.last_time),
        "events": row.events,
        "recordedtime": format_time(row.recorded),
        "position": row.last,
        "links": {
            "events": item_path("devices", row.device, "events") + log_query(row.log),
            "clock": item_path("devices", row.device, "clock") + log_query(row.log),
        },
    }


def item_path(collection: str, id: str, *below: str) -> str:
    """The path of one item of a collection, or of what is below it."""
    return "/".join((API, collection, *(quote(part, safe="") for part in (id, *below))))


def log_query(log: str) -> str:
    """The query that names a log."""
    return f"?log={quote(log, safe='')}"


def _optional_time(moment: int | None) -> str | None:
    return None if moment is None else format_time(moment)


def _outline_document(seen: Outline) -> dict[str, Any]:
    severities = {"error": 0, "warning": 0, "info": 0}
    rules: dict[str, int] = {}
    for found in seen.findings:
        severities[found.severity] += found.count
        rules[found.rule] = rules.get(found.rule, 0) + found.count
    return {
        "duration": seen.duration,
        "heard": seen.heard,
        "clips": seen.clips,
        "strip": seen.strip,
        "severities": severities,
        "findings": rules,
        "fault": seen.fault,
        "position": seen.position,
    }
