"""One event at the edge: what is taken, what is refused, and by which name."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.clock import format_time
from replay.envelope import Event, check_name, decode_event, parse_event
from replay.errors import Invalid, TooLarge

PLAIN: dict[str, Any] = {"id": "1", "source": "phone", "type": "heartbeat"}


def parse(**fields: Any) -> Event:
    return parse_event({**PLAIN, **fields})


def test_every_attribute_of_the_envelope_is_kept() -> None:
    event = parse(
        specversion="1.0",
        type="listen-started",
        time="2026-05-14T16:00:00.25+02:00",
        session="walk",
        device="phone-1",
        log="park",
        user="ada",
        sequence=7,
        senttime="2026-05-14T14:00:01Z",
        monotonic=12.5,
        data={"asset": "bell", "custom": {"a": [1, 1.0]}},
        traceparent="00-abc",
    )
    assert msgspec.json.decode(event.body) == {
        "id": "1",
        "source": "phone",
        "type": "listen-started",
        "time": "2026-05-14T14:00:00.250000Z",
        "log": "park",
        "session": "walk",
        "device": "phone-1",
        "user": "ada",
        "sequence": 7,
        "senttime": "2026-05-14T14:00:01.000000Z",
        "monotonic": 12.5,
        "traceparent": "00-abc",
        "data": {"asset": "bell", "custom": {"a": [1, 1.0]}},
    }
    kept = decode_event(event.body)
    assert kept == event
    assert kept.attributes == {"traceparent": "00-abc"}


def test_a_kept_body_whose_time_has_no_offset_is_refused() -> None:
    body = parse(time="2026-05-14T14:00:00Z").body.replace(b".000000Z", b"")
    with pytest.raises(msgspec.ValidationError, match=r"\$\.time"):
        decode_event(body)


def test_an_event_needs_no_more_than_a_type_when_the_surface_fills_in_the_rest() -> None:
    event = parse_event({"type": "tick"}, log="park", source="/api/v1/events", make_id=lambda: "made")
    assert (event.id, event.source, event.log, event.time, event.data) == (
        "made",
        "/api/v1/events",
        "park",
        None,
        {},
    )


def test_a_number_of_the_cloudevents_kind_is_a_text_and_is_kept_as_a_number() -> None:
    event = parse(sequence="0042", monotonic="3.5")
    assert (event.sequence, event.monotonic) == (42, 3.5)


def test_a_fraction_finer_than_a_microsecond_is_rounded() -> None:
    time = parse(time="2026-05-14T14:00:00.1234567Z").time
    assert time is not None
    assert format_time(time) == "2026-05-14T14:00:00.123457Z"


def test_unknown_types_and_keys_of_known_types_come_back() -> None:
    assert parse(type="rule-enter", data={"x": [None, True, "é"]}).data == {"x": [None, True, "é"]}
    assert parse(type="heartbeat", data={"battery": 0.5}).data == {"battery": 0.5}


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


REFUSED = [
    ("event", "no object", [1]),
    ("id", "required", {"id": None}),
    ("id", "must be a text", {"id": 5}),
    ("id", "empty", {"id": ""}),
    ("id", "longer than 256 bytes", {"id": "é" * 129}),
    ("id", "'.' or '..'", {"id": ".."}),
    ("id", "cannot be printed", {"id": "a\nb"}),
    ("source", "'.' or '..'", {"source": "."}),
    ("type", "required", {"type": None}),
    ("type", "the log alone", {"type": "event-erased"}),
    ("session", "must be a text", {"session": 35}),
    ("device", "empty", {"device": ""}),
    ("user", "longer", {"user": "u" * 257}),
    ("log", "'.' or '..'", {"log": ".."}),
    ("time", "RFC 3339", {"time": "yesterday"}),
    ("time", "RFC 3339", {"time": "2026-02-30T00:00:00Z"}),
    ("time", "offset", {"time": "2026-05-14T14:00:00"}),
    ("time", "must be a text", {"time": 1700000000}),
    ("time", "years 1 to 9999", {"time": "0001-01-01T00:00:00+14:00"}),
    ("senttime", "RFC 3339", {"senttime": "noon"}),
    ("sequence", "must be an integer", {"sequence": 1.5}),
    ("sequence", "must be an integer", {"sequence": True}),
    ("sequence", "must be an integer", {"sequence": "-1"}),
    ("sequence", "must be an integer", {"sequence": "\N{ARABIC-INDIC DIGIT SEVEN}"}),
    ("sequence", "from 0", {"sequence": -1}),
    ("sequence", "2^53", {"sequence": 2**53}),
    ("monotonic", "number of seconds", {"monotonic": "soon"}),
    ("monotonic", "number of seconds", {"monotonic": "9" * 40}),
    ("monotonic", "number of seconds", {"monotonic": True}),
    ("monotonic", "from 0", {"monotonic": -1}),
    ("monotonic", "1e12", {"monotonic": 1.1e12}),
    ("monotonic", "from 0", {"monotonic": "nan"}),
    ("monotonic", "number of seconds", {"monotonic": [1]}),
    ("data", "must be a JSON object", {"data": [1]}),
    ("data", "must be a JSON object", {"data": "text"}),
    ("data", "larger than 65536", {"data": {"text": "x" * 65536}}),
    ("data", "deeper than 32", {"data": {"a": deep(32)}}),
    ("data", "beyond 64 bits", {"data": {"a": 2**64}}),
    ("data", "beyond 64 bits", {"data": {"a": [{"b": -(2**64)}]}}),
    ("data_base64", "not taken", {"data_base64": "AA=="}),
    ("datacontenttype", "JSON media type", {"datacontenttype": "text/plain"}),
    ("specversion", "1.0", {"specversion": "0.3"}),
    ("position", "given by the log", {"position": 4}),
    ("erased", "given by the log", {"erased": False}),
    ("recordedtime", "given by the log", {"recordedtime": "2026-05-14T14:00:00Z"}),
    ("event", "at most 64", {f"x{n}": 1 for n in range(65)}),
    ("event", "larger than 16384", {"note": "x" * 17000}),
    ("note", "deeper than 32", {"note": deep(40)}),
    ("attribute name", "cannot be printed", {"a\tb": 1}),
]


@pytest.mark.parametrize(("field", "says", "change"), REFUSED, ids=[f"{f}-{s[:20]}" for f, s, _ in REFUSED])
def test_a_bad_envelope_is_refused_by_the_name_of_its_field(field: str, says: str, change: Any) -> None:
    fields = {**PLAIN, **change} if isinstance(change, dict) else change
    with pytest.raises(Invalid) as caught:
        parse_event(fields)
    assert caught.value.field == field
    if field != "event" or says != "no object":
        assert says in caught.value.message


def test_what_is_only_too_large_is_told_apart() -> None:
    with pytest.raises(TooLarge):
        parse(id="x" * 300)
    with pytest.raises(TooLarge):
        parse(data={"text": "x" * 70000})


def test_data_of_exactly_64_kib_is_taken_and_one_byte_more_is_not() -> None:
    full = {"text": "x" * (65536 - len('{"text":""}'))}
    assert parse(data=full).data == full
    with pytest.raises(TooLarge):
        parse(data={"text": full["text"] + "x"})


@pytest.mark.parametrize("name", ["a b", "%2F", "a/b", "Ünïcode", "🎧", "...", "x" * 256, "-", "'\"<&>"])
def test_odd_but_printable_names_are_taken(name: str) -> None:
    assert check_name(name, "id") == name


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/json; charset=utf-8", "application/x+json"]
)
def test_a_json_content_type_is_kept(media_type: str) -> None:
    assert parse(datacontenttype=media_type).attributes == {"datacontenttype": media_type}


SAME = [
    ({"senttime": "2026-05-14T14:00:00Z"}, {"senttime": "2026-05-14T15:00:00Z"}, True),
    ({"senttime": "2026-05-14T14:00:00Z"}, {}, True),
    ({"time": "2026-05-14T16:00:00+02:00"}, {"time": "2026-05-14T14:00:00.000000Z"}, True),
    ({"data": {"a": 1, "b": 2}}, {"data": {"b": 2, "a": 1}}, True),
    ({"data": {}}, {}, True),
    ({"data": None, "session": None, "time": None}, {}, True),
    ({"specversion": "1.0"}, {}, True),
    ({"specversion": None, "data_base64": None, "position": None, "note": None}, {}, True),
    ({"log": "default"}, {}, True),
    ({"sequence": "7"}, {"sequence": 7}, True),
    ({"time": "2026-05-14T14:00:00.1234561Z"}, {"time": "2026-05-14T14:00:00.123456Z"}, True),
    ({"note": {"a": 1, "b": 2}}, {"note": {"b": 2, "a": 1}}, True),
    ({"data": {"a": [{"b": 1, "c": 2}]}}, {"data": {"a": [{"c": 2, "b": 1}]}}, True),
    ({"data": {"a": [1, 2]}}, {"data": {"a": [2, 1]}}, False),
    ({"time": "2026-05-14T14:00:00.000001Z"}, {"time": "2026-05-14T14:00:00Z"}, False),
    ({"user": "ada"}, {}, False),
    ({"device": "a"}, {"device": "b"}, False),
    ({"note": 1}, {"note": 1.0}, False),
    ({"data": {"a": 1}}, {"data": {"a": 1.0}}, False),
    ({"data": {"a": None}}, {"data": {}}, False),
    ({"time": "2026-05-14T14:00:00Z"}, {}, False),
    ({"monotonic": 1}, {"monotonic": 2}, False),
    ({"note": "x"}, {}, False),
]


@pytest.mark.parametrize(("one", "other", "same"), SAME)
def test_the_same_content_is_the_normalised_event(
    one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    assert parse(**one).same_content(parse(**other)) is same
    assert parse(**other).same_content(parse(**one)) is same


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_any_json_object_comes_back_as_it_was(data: dict[str, Any]) -> None:
    assert decode_event(parse(type="odd", data=data).body).data == data
