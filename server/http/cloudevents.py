"""A record as a CloudEvent: CloudEvents 1.0, JSON event format.

Rule 1: `specversion`, `datacontenttype` and `time` are always there, `data` comes last.
Rule 2: CloudEvents knows signed integers of 32 bits and no fractions: `sequence`, `position` and every number
        beyond those are strings.
"""

from __future__ import annotations

from typing import Any

import msgspec

from replay.clock import format_time
from replay.log.contract import Record

CLOUDEVENT = "application/cloudevents+json"
CLOUDEVENTS = "application/cloudevents-batch+json"
CLOUDEVENTS_INTEGER = 2**31

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def cloudevent(record: Record, *, placed: bool = True) -> bytes:
    """A record as a CloudEvent; unless `placed` without what the log gave it, so that another log takes it.

    Raises ValueError when it was erased.
    """
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
    }
    if placed:
        attributes |= {"position": str(record.position), "recordedtime": recordedtime}
    for name, value in attributes.items():
        if name == "sequence" or _is_foreign_number(value):
            attributes[name] = str(value)
    return _encode({**attributes, "data": data})


def _is_foreign_number(value: object) -> bool:
    """Whether CloudEvents has no type for a number: it knows signed integers of 32 bits only."""
    if isinstance(value, bool):
        return False
    return isinstance(value, float) or (isinstance(value, int) and abs(value) >= CLOUDEVENTS_INTEGER)
