"""One record in each form that the native surface gives it.

native      the event's attributes plus `position` and `recordedtime`, spliced from the stored bytes
CloudEvents CloudEvents 1.0, JSON event format: `specversion` first; integers beyond its 32 bits and fractions,
            for which it has no type, as strings
Vinli's     the shape of Vinli's event service, dates in milliseconds (`docs/http.md` has it field by field)

Rule 1: a rendering is a function of the record alone, but for the address that Vinli's absolute links begin
        with.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from replay.clock import format_time
from replay.envelope import Event
from replay.log.contract import Record

CLOUDEVENT = "application/cloudevents+json"
CLOUDEVENTS = "application/cloudevents-batch+json"
MILLISECOND = 1000
CLOUDEVENTS_INTEGER = 2**31

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def cloudevent(record: Record) -> bytes:
    """A record as a CloudEvent. Raises ValueError when it was erased."""
    if record.body is None:
        raise ValueError(f"the event at position {record.position} was erased")
    fields: dict[str, Any] = _decode(record.body)
    data = fields.pop("data")
    recordedtime = format_time(record.recordedtime)
    attributes = {
        "specversion": "1.0",
        "datacontenttype": "application/json",
        "time": recordedtime,
        **fields,
        "position": str(record.position),
        "recordedtime": recordedtime,
    }
    for name, value in attributes.items():
        if name == "sequence" or _is_foreign_number(value):
            attributes[name] = str(value)
    return _encode({**attributes, "data": data})


def _is_foreign_number(value: object) -> bool:
    """Whether CloudEvents has no type for a number: it knows signed integers of 32 bits only."""
    if isinstance(value, bool):
        return False
    return isinstance(value, float) or (isinstance(value, int) and abs(value) >= CLOUDEVENTS_INTEGER)


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
        "object": _object(event),
    }
    vehicle = event.attributes.get("vehicleId", event.data.get("vehicleId"))
    if isinstance(vehicle, str):
        fields["vehicleId"] = vehicle
    meta = _meta(event)
    if meta:
        fields["meta"] = meta
    own = f"{base}/api/v1/events/{quote(event.id, safe='')}"
    suffix = "" if event.log == only_log else f"?log={quote(event.log, safe='')}"
    fields["links"] = {"self": own + suffix, "notifications": f"{own}/notifications{suffix}"}
    return fields


def format_milliseconds(milliseconds: int) -> str:
    """A moment with three decimals and `Z`, as Vinli writes it."""
    return format_time(milliseconds * MILLISECOND)[:-4] + "Z"


def _object(event: Event) -> object:
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
