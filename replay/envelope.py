"""The envelope: one event as its sender tells it, checked once, at the edge.

An event is a CloudEvent (CloudEvents 1.0, https://github.com/cloudevents/spec). Attribute by attribute:

========== ==================================================================================
id         given by the sender, or made by the server. Log, source and id are unique for ever
source     who says so: a URI or a short name
type       open; the types of `replay.events` have their data checked
time       when it happened, at the sender; kept to the microsecond in UTC; absent: arrival
data       a JSON object, up to 64 KiB
session    the listening session           device   what played it
log        the event log it belongs to     user     who listened
sequence   the sender's counter for this device: evidence of completeness, never of order
senttime   the sender's clock when it sent           monotonic   its monotonic seconds
========== ==================================================================================

Any other attribute is kept as it came; one that is null is left out (CloudEvents' JSON format, section 2.2). The
names `position`, `recordedtime` and `erased` are the log's own, and refused.
Inside Playhead an `Event` is already valid.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import msgspec

from replay import events
from replay.clock import format_time, from_datetime, parse_time
from replay.errors import Invalid, TooLarge

MAX_NAME_BYTES = 256
MAX_DATA_BYTES = 64 * 1024
MAX_ATTRIBUTES = 64
MAX_ATTRIBUTES_BYTES = 16 * 1024
MAX_DEPTH = 32
MAX_INTEGER = 2**64
MAX_SEQUENCE = 2**53
DEFAULT_LOG = "default"

NAMES = ("session", "device", "user")
KNOWN = frozenset(
    (*NAMES, "id", "source", "type", "time", "log", "sequence", "senttime", "monotonic", "data")
)
GIVEN_BY_THE_LOG = ("position", "recordedtime", "erased")
"""What a record shows beside its event (`Record.encode`): no attribute of a sender has these names."""
WORDS = {
    "str": "a text",
    "float": "a number",
    "int": "an integer",
    "bool": "true or false",
    "array": "an array",
    "object": "an object",
}
"""What msgspec calls a JSON value, as a sender knows it."""

_encode = msgspec.json.Encoder().encode
_encode_sorted = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder().decode


class Event(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One event. Times are microseconds UTC; `time` is None when the sender gave none.

    `body` is the event as the log keeps it: one JSON object with every attribute and `data`, its times
    normalised to UTC, without `position` and `recordedtime`.
    """

    id: str
    source: str
    type: str
    log: str
    time: int | None
    session: str | None
    device: str | None
    user: str | None
    sequence: int | None
    senttime: int | None
    monotonic: float | None
    data: dict[str, Any]
    body: bytes

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes of other names, as they came: few ask for them, so they are read when they do."""
        return {key: value for key, value in _decode(self.body).items() if key not in KNOWN}

    def same_content(self, other: Event) -> bool:
        """Tell whether two events say the same, whenever they were sent (`senttime` does not count)."""
        return self.body == other.body or _normalised(self.body) == _normalised(other.body)

    def typed_data(self) -> events.Data | None:
        """The data as its type's struct, or None for a type that the vocabulary does not have."""
        struct = events.TYPES.get(self.type)
        return None if struct is None else msgspec.convert(self.data, struct)


def parse_event(
    fields: object,
    *,
    log: str = DEFAULT_LOG,
    source: str = "",
    make_id: Callable[[], str] | None = None,
) -> Event:
    """Check one decoded JSON object and return it as an event.

    `log`, `source` and `make_id` fill in what the sender left out.
    Raises `Invalid` (or `TooLarge`) naming the attribute that is wrong.
    """
    if not isinstance(fields, dict):
        raise Invalid("event", "an event must be a JSON object")
    _refuse_foreign(fields)
    attributes = {key: value for key, value in fields.items() if key not in KNOWN and value is not None}
    specversion = attributes.pop("specversion", "1.0")
    if specversion != "1.0":
        raise Invalid("specversion", "specversion must be '1.0'")
    _check_attributes(attributes)
    type_ = check_name(fields.get("type"), "type")
    if type_ == events.ERASED:
        raise Invalid("type", "event-erased is written by the log alone; use DELETE to erase")
    event_id = fields.get("id")
    if event_id is None and make_id is not None:
        event_id = make_id()
    return build_event(
        id=check_name(event_id, "id"),
        source=check_name(fields.get("source", source or None), "source"),
        type=type_,
        log=check_name(fields.get("log", log), "log"),
        time=_optional_time(fields, "time"),
        session=_optional_name(fields, "session"),
        device=_optional_name(fields, "device"),
        user=_optional_name(fields, "user"),
        sequence=_sequence(fields.get("sequence")),
        senttime=_optional_time(fields, "senttime"),
        monotonic=_monotonic(fields.get("monotonic")),
        data=_data(type_, fields.get("data")),
        attributes=attributes,
    )


def build_event(
    *,
    id: str,
    source: str,
    type: str,
    log: str = DEFAULT_LOG,
    time: int | None = None,
    session: str | None = None,
    device: str | None = None,
    user: str | None = None,
    sequence: int | None = None,
    senttime: int | None = None,
    monotonic: float | None = None,
    data: dict[str, Any] | None = None,
    attributes: dict[str, Any] | None = None,
) -> Event:
    """Make an event of values that are already valid, and encode its body once."""
    data = data or {}
    attributes = attributes or {}
    kept: dict[str, Any] = {"id": id, "source": source, "type": type}
    optional = {
        "time": None if time is None else format_time(time),
        "log": log,
        "session": session,
        "device": device,
        "user": user,
        "sequence": sequence,
        "senttime": None if senttime is None else format_time(senttime),
        "monotonic": monotonic,
    }
    kept.update((key, value) for key, value in optional.items() if value is not None)
    kept.update(attributes)
    kept["data"] = data
    return Event(
        id=id,
        source=source,
        type=type,
        log=log,
        time=time,
        session=session,
        device=device,
        user=user,
        sequence=sequence,
        senttime=senttime,
        monotonic=monotonic,
        data=data,
        body=_encode(kept),
    )


_Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Kept(msgspec.Struct, gc=False):
    """What a kept body says under the names of `KNOWN`."""

    id: str
    source: str
    type: str
    log: str
    data: dict[str, Any]
    time: _Moment | None = None
    session: str | None = None
    device: str | None = None
    user: str | None = None
    sequence: int | None = None
    senttime: _Moment | None = None
    monotonic: int | float | None = None


_decode_kept = msgspec.json.Decoder(_Kept).decode


def decode_event(body: bytes) -> Event:
    """The event of a body that the log keeps (and thus was valid when it came)."""
    kept = _decode_kept(body)
    return Event(
        id=kept.id,
        source=kept.source,
        type=kept.type,
        log=kept.log,
        time=None if kept.time is None else from_datetime(kept.time),
        session=kept.session,
        device=kept.device,
        user=kept.user,
        sequence=kept.sequence,
        senttime=None if kept.senttime is None else from_datetime(kept.senttime),
        monotonic=kept.monotonic,
        data=kept.data,
        body=body,
    )


def check_name(value: object, field: str) -> str:
    """An id or short name: 1 to 256 bytes of printable text, and neither `.` nor `..`."""
    if value is None:
        raise Invalid(field, f"{field} is required")
    if not isinstance(value, str):
        raise Invalid(field, f"{field} must be a text")
    if not value:
        raise Invalid(field, f"{field} must not be empty")
    if not value.isprintable():  # before anything encodes it: a lone surrogate is such a character
        raise Invalid(field, f"{field} holds a character that cannot be printed")
    if len(value) > MAX_NAME_BYTES or len(value.encode()) > MAX_NAME_BYTES:
        raise TooLarge(field, f"{field} is longer than {MAX_NAME_BYTES} bytes")
    if value in (".", ".."):
        raise Invalid(field, f"{field} must not be '.' or '..'")
    return value


def _normalised(body: bytes) -> bytes:
    fields = _decode(body)
    fields.pop("senttime", None)
    return _encode_sorted(fields)


def _refuse_foreign(fields: dict[str, Any]) -> None:
    if fields.get("data_base64") is not None:
        raise Invalid("data_base64", "data_base64 is not taken: data must be a JSON object")
    for field in GIVEN_BY_THE_LOG:
        if fields.get(field) is not None:
            raise Invalid(field, f"{field} is given by the log, never by a sender")


def _check_attributes(attributes: dict[str, Any]) -> None:
    if not attributes:
        return
    if len(attributes) > MAX_ATTRIBUTES:
        raise TooLarge("event", f"an event has at most {MAX_ATTRIBUTES} further attributes")
    for name, value in attributes.items():
        check_name(name, "attribute name")
        _check_value(value, name)
    if len(_encode(attributes)) > MAX_ATTRIBUTES_BYTES:
        raise TooLarge("event", f"further attributes are larger than {MAX_ATTRIBUTES_BYTES} bytes")
    content = attributes.get("datacontenttype")
    if content is not None and not _is_json(content):
        raise Invalid("datacontenttype", "datacontenttype must be a JSON media type")


def _is_json(media_type: object) -> bool:
    if not isinstance(media_type, str):
        return False
    essence = media_type.partition(";")[0].strip().lower()
    return essence in ("application/json", "text/json") or essence.endswith("+json")


def _optional_name(fields: dict[str, Any], field: str) -> str | None:
    value = fields.get(field)
    return None if value is None else check_name(value, field)


def _optional_time(fields: dict[str, Any], field: str) -> int | None:
    value = fields.get(field)
    return None if value is None else parse_time(value, field)


def _sequence(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, str) and len(value) <= 16 and value.isascii() and value.isdigit():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Invalid("sequence", "sequence must be an integer")
    if not 0 <= value < MAX_SEQUENCE:
        raise Invalid("sequence", "sequence must be from 0 to 2^53 - 1")
    return value


def _monotonic(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = float(value) if len(value) <= 32 else value
        except ValueError:
            raise Invalid("monotonic", "monotonic must be a number of seconds") from None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Invalid("monotonic", "monotonic must be a number of seconds")
    if not 0 <= value <= 1e12:
        raise Invalid("monotonic", "monotonic must be from 0 to 1e12 seconds")
    return value


def _data(type_: str, data: object) -> dict[str, Any]:
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise Invalid("data", "data must be a JSON object")
    _check_value(data, "data")
    if len(_encode(data)) > MAX_DATA_BYTES:
        raise TooLarge("data", f"data is larger than {MAX_DATA_BYTES} bytes")
    struct = events.TYPES.get(type_)
    if struct is not None:
        _check_typed(struct, data)
    return data


def _check_typed(struct: type[events.Data], data: dict[str, Any]) -> None:
    try:
        typed = msgspec.convert(data, struct)
    except msgspec.ValidationError as error:
        field, message = _explain(str(error))
        raise Invalid(field, message) from None
    for name in ("asset", "listen", "lane"):
        if getattr(typed, name, None) is not None:
            check_name(getattr(typed, name), f"data.{name}")
    if isinstance(typed, events.ListenEnded) and typed.listen is None and typed.asset is None:
        raise Invalid("data.listen", "data.listen or data.asset is required")
    if isinstance(typed, events.ListenScheduled):
        parse_time(typed.at, "data.at")


def _explain(message: str) -> tuple[str, str]:
    """The field and the sentence of a msgspec error: `Expected ... - at `$.gain``."""
    text, _, path = message.partition(" - at ")
    field = "data" + path.strip("`").removeprefix("$")
    if text.startswith("Object missing required field"):
        field = f"{field}.{text.split('`')[1]}"
        return field, f"{field} is required"
    told = re.sub(r"`([^`]*)`", lambda quoted: WORDS.get(quoted[1].removesuffix(" | null"), quoted[1]), text)
    return field, f"{field}: {told[0].lower()}{told[1:]}"


def _check_value(value: object, field: str, depth: int = 1) -> None:
    """Refuse what JSON allows and nobody can handle: endless nesting, integers beyond 64 bits."""
    if isinstance(value, dict | list):
        if depth > MAX_DEPTH:
            raise Invalid(field, f"{field} is nested deeper than {MAX_DEPTH} levels")
        for item in value.values() if isinstance(value, dict) else value:
            if isinstance(item, dict | list | int):
                _check_value(item, field, depth + 1)
    elif isinstance(value, int) and not -MAX_INTEGER < value < MAX_INTEGER:
        raise Invalid(field, f"{field} holds an integer beyond 64 bits")
