"""A line as this surface shows it.

Rule 1: the fields of the documents come first, in their order; those that are ours follow. None is left out: what a
        line has not is `""` for text and link, `[]` for tags, `false` for data, else null.
Rule 2: `created` is `"\\/Date(ms)\\/"`, with its slashes escaped on the wire: old readers look for the backslash.
Rule 3: a line has data when something was posted as `data`. An event of another kind has what its own data says.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import Any

import msgspec

from projections.logbook.line import name_of, tags_of, text_of
from replay.envelope import Event
from replay.log.contract import Record
from server.loggr.ids import shown_id

LOG_LINE = "log-line"
"""The type of what is posted here."""
JSON_MARK = "@json\n"

_encode = msgspec.json.Encoder().encode


def loggr_event(record: Record) -> dict[str, Any]:
    """A record in this surface's shape. Raises ValueError when it was erased."""
    event = record.event()
    data = event.data
    text = text_of(data.get("text"))
    return {
        "id": shown_id(record, event),
        "created": _date(record.recordedtime if event.time is None else event.time),
        "text": text,
        "link": text_of(data.get("link")),
        "hash": b64encode(hashlib.md5(text.encode("utf-16-le"), usedforsecurity=False).digest()).decode(),
        "tags": tags_of(data.get("tags")),
        "source": name_of(data.get("source")),
        "log": event.log,
        "class": name_of(data.get("class")),
        "user": name_of(data.get("user")) or event.user,
        "data": posted_data(event) is not None,
        "geo": _geo(data),
        "value": _number(data.get("value")),
        "type": event.type,
        "session": event.session,
        "device": event.device,
        "asset": name_of(data.get("asset")),
    }


def posted_data(event: Event) -> str | None:
    """The data of an event as text; None when it has none. What was not posted as a text is shown as `@json`."""
    data = event.data.get("data")
    if isinstance(data, str):
        return data or None
    if data is None and event.type != LOG_LINE:
        data = event.data
    return JSON_MARK + _encode(data).decode() if data else None


def _date(micros: int) -> msgspec.Raw:
    return msgspec.Raw(b'"\\/Date(%d)\\/"' % (micros // 1000))


def _geo(data: dict[str, Any]) -> str | None:
    """A place as it was posted, or as `lat,lon`."""
    told = name_of(data.get("geo"))
    if told is not None:
        return told
    lat, lon = _number(data.get("lat")), _number(data.get("lon"))
    return None if lat is None or lon is None else f"{lat},{lon}"


def _number(value: object) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
