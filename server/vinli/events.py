"""One event in Vinli's shape.

Rule 1: dates have three decimals and `Z`; `storageLatency` is in milliseconds, of the dates as shown.
Rule 2: `object` is `data.object`, for a listen its asset, else null; `meta` is `data.meta`, else the rest of
        `data`, and left out when it is empty.
"""

from __future__ import annotations

from typing import Any

from replay.envelope import Event
from replay.log.contract import Record
from server.questions.bounds import MILLISECOND, format_milliseconds
from server.reads.documents import item_path, log_query


def vinli_event(record: Record, base: str, only_log: str) -> dict[str, Any]:
    """A record in Vinli's shape.

    `base` begins its links (`https://host`). `only_log` is the log that a request without `log` is about: a
    link to an event of another log names that.
    """
    event = record.event()
    timestamp = (record.recordedtime if event.time is None else event.time) // MILLISECOND
    stored = record.recordedtime // MILLISECOND
    fields = {
        "id": event.id,
        "timestamp": format_milliseconds(timestamp),
        "deviceId": event.device,
        "stored": format_milliseconds(stored),
        "storageLatency": stored - timestamp,
        "eventType": event.type,
        "object": object_of(event),
    }
    vehicle = event.attributes.get("vehicleId", event.data.get("vehicleId"))
    if isinstance(vehicle, str):
        fields["vehicleId"] = vehicle
    meta = _meta(event)
    if meta:
        fields["meta"] = meta
    own = base + item_path("events", event.id)
    suffix = "" if event.log == only_log else log_query(event.log)
    fields["links"] = {"self": own + suffix, "notifications": f"{own}/notifications{suffix}"}
    return fields


def object_of(event: Event) -> object:
    """What the event is about: `data.object`, else the asset that a listen plays."""
    told = event.data.get("object")
    if isinstance(told, dict):
        return told
    asset = event.data.get("asset")
    if event.type.startswith("listen-") and isinstance(asset, str):
        return {"id": asset, "type": "asset"}
    return None


def _meta(event: Event) -> dict[str, Any]:
    """`data.meta`, else what `data` holds that no other field shows."""
    told = event.data.get("meta")
    if isinstance(told, dict):
        return told
    shown = {"vehicleId"} if isinstance(event.data.get("vehicleId"), str) else set()
    if isinstance(event.data.get("object"), dict):
        shown.add("object")
    return {key: value for key, value in event.data.items() if key not in shown}
