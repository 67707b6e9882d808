from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from aiohttp import web
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from replay.clock import parse_time
from replay.envelope import Event, parse_event
from replay.errors import Invalid, TooLarge
from server.api.formats import MAX_EVENT, Batch, Headers, decode_batch, decoded_size

MOST = 5


def headers(*pairs: tuple[str, str], **named: str) -> Headers:
    """Headers of a request: `content_type=` and `ce_id=` name theirs."""
    given = CIMultiDict((name.replace("_", "-"), value) for name, value in named.items())
    given.extend(pairs)
    return CIMultiDictProxy(given)


def decode(content_type: str, body: bytes) -> Batch:
    return decode_batch(headers(content_type=content_type), body, MOST)


ONE = {"id": "1", "type": "heartbeat"}
TWO = {"id": "2", "type": "heartbeat"}

TAKEN = [
    ("application/json", b'{"id":"1","type":"heartbeat"}', [ONE]),
    ("application/json", b' \r\n\t{"id":"1","type":"heartbeat"} ', [ONE]),
    ("application/json", b'\xef\xbb\xbf{"id":"1","type":"heartbeat"}', [ONE]),
    ("application/json; charset=UTF-8", b'[{"id":"1","type":"heartbeat"}]', [ONE]),
    ("application/json", b'\n [{"id":"1","type":"heartbeat"},{"id":"2","type":"heartbeat"}]', [ONE, TWO]),
    ("application/json", b"[]", []),
    ("application/json", b'[1, "a", null]', [1, "a", None]),
    ("Application/CloudEvents+JSON", b'{"id":"1","type":"heartbeat"}', [ONE]),
    ("application/cloudevents-batch+json", b'[{"id":"1","type":"heartbeat"}]', [ONE]),
    ("application/cloudevents-batch+json", b"[]", []),
    ("application/x-ndjson", b'{"id":"1","type":"heartbeat"}\n{"id":"2","type":"heartbeat"}\n', [ONE, TWO]),
    (
        "application/x-ndjson",
        b'{"id":"1","type":"heartbeat"}\r\n\r\n{"id":"2","type":"heartbeat"}',
        [ONE, TWO],
    ),
    ("application/ndjson", b'\xef\xbb\xbf{"id":"1","type":"heartbeat"}', [ONE]),
    ("application/jsonl", b"\n\n", []),
]


@pytest.mark.parametrize(("content_type", "body", "values"), TAKEN)
def test_each_form_gives_its_events(content_type: str, body: bytes, values: list[object]) -> None:
    assert list(decode(content_type, body).values) == values


MALFORMED = [
    ("application/json", b"", "malformed: it ends early"),
    ("application/json", b'{"id":', "malformed: it ends early"),
    ("application/json", b"{'id': 1}", "malformed: object keys must be strings"),
    ("application/json", b'{"a": NaN}', "malformed: invalid character"),
    ("application/json", b'{"a": Infinity}', "malformed: invalid character"),
    ("application/json", b'{"a": 1e999}', "malformed: number out of range$"),
    ("application/json", b"[" + b"9" * 5000 + b"]", "malformed: integer value out of range"),
    ("application/json", b'{"a": "\xff"}', "not valid UTF-8"),
    ("application/json", b'{"\xff": 1}', "not valid UTF-8"),
    ("application/json", '{"a": "♫"}'.encode("utf-16"), "malformed|not valid UTF-8"),
    ("application/json", b'{"a": "\\ud800"}', "malformed"),
    ("application/json", b'{"a":' * 5000 + b"1" + b"}" * 5000, "nested too deeply"),
    ("application/json", b"{} {}", "malformed: trailing characters"),
    ("application/cloudevents+json", b"{} x", "malformed: trailing characters"),
]


@pytest.mark.parametrize(("content_type", "body", "message"), MALFORMED)
def test_what_is_no_json_is_told_from_what_it_lacks(content_type: str, body: bytes, message: str) -> None:
    (value,) = decode(content_type, body).values
    assert isinstance(value, Invalid)
    with pytest.raises(Invalid, match=message):
        raise value


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"[" * 100_000, "nested too deeply"),
        (b"[{}", "ends early"),
        (b"[{},]", "malformed"),
        (b"[{}] []", "trailing"),
        (b"{}", "expected array"),
    ],
)
def test_an_array_that_cannot_be_taken_apart_is_refused_as_a_whole(body: bytes, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        decode("application/cloudevents-batch+json", body)


def test_one_bad_event_keeps_its_place_among_good_ones() -> None:
    values = decode("application/json", b'[{"id":"1","type":"heartbeat"},{"a":"\xff"},{}]').values
    assert [isinstance(value, Invalid) for value in values] == [False, True, False]


def test_a_bad_line_keeps_its_place_and_its_number() -> None:
    batch = decode("application/x-ndjson", b'{}\n\n{"id":\n{}\n')
    assert [isinstance(value, Invalid) for value in batch.values] == [False, True, False]
    assert [batch.line(index) for index in range(3)] == [1, 3, 4]
    assert decode("application/json", b"[{}]").line(0) is None


@pytest.mark.parametrize("content_type", ["application/json", "application/x-ndjson"])
def test_one_event_too_many_refuses_them_all(content_type: str) -> None:
    split = b"[%s]" if content_type == "application/json" else b"%s"
    joint = b"," if content_type == "application/json" else b"\n"
    assert len(list(decode(content_type, split % joint.join([b"{}"] * MOST)).values)) == MOST
    with pytest.raises(TooLarge, match="at most 5 events"):
        decode(content_type, split % joint.join([b"{}"] * (MOST + 1)))


def test_blank_lines_are_not_endless() -> None:
    with pytest.raises(TooLarge, match="too many lines"):
        decode("application/x-ndjson", b"\n" * 100_000)


@pytest.mark.parametrize("body", [b"{}," * 1_000_001, b"1," * 2_000_001, b"[" * 2_000_001])
def test_a_body_of_nothing_but_brackets_is_refused_undecoded(body: bytes) -> None:
    with pytest.raises(TooLarge, match="2,000,000 values"):
        decoded_size(body)


def test_what_a_body_takes_once_decoded_is_known_before() -> None:
    empties = b"[" + b"{}," * 10_000 + b"[]]"
    assert decoded_size(empties) > sys.getsizeof({}) * 10_000
    assert decoded_size(b'{"id":"1","data":{}}') < 1000


def test_an_event_is_decoded_when_its_turn_comes() -> None:
    pieces = decode("application/json", b'[{"a":1},{"b":2}]').values
    assert next(pieces) == {"a": 1}
    assert list(pieces) == [{"b": 2}]


def test_an_event_of_endless_text_is_refused_undecoded() -> None:
    (value,) = decode("application/json", b"[" + b'{"a":%s1}' % (b" " * MAX_EVENT) + b"]").values
    assert isinstance(value, TooLarge)


@pytest.mark.parametrize(
    ("content_type", "message"),
    [
        ("", "there is no Content-Type: send one of application/json, "),
        ("text/plain", "Content-Type 'text/plain' is not taken"),
        ("application/x-www-form-urlencoded", "'application/x-www-form-urlencoded' is not taken"),
        ("application/cloudevents+avro", "'application/cloudevents\\+avro' is not taken"),
        ("application/json; charset=iso-8859-1", "UTF-8, not in 'iso-8859-1'"),
        ('application/json; charset="utf-16"', "UTF-8, not in 'utf-16'"),
    ],
)
def test_another_type_or_charset_is_refused_with_what_is_taken(content_type: str, message: str) -> None:
    with pytest.raises(web.HTTPUnsupportedMediaType) as refused:
        decode(content_type, b"{}")
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(refused.value.text)


BINARY = {"ce_specversion": "1.0", "ce_id": "1", "ce_type": "heartbeat", "ce_source": "/phone"}


def test_a_binary_event_has_its_attributes_in_headers_and_its_data_in_the_body() -> None:
    given = headers(content_type="application/json", ce_Session="s%201", ce_sequence="7", **BINARY)
    assert list(decode_batch(given, b'{"a": 1}', MOST).values) == [
        {
            "specversion": "1.0",
            "id": "1",
            "type": "heartbeat",
            "source": "/phone",
            "session": "s 1",
            "sequence": "7",
            "datacontenttype": "application/json",
            "data": {"a": 1},
        }
    ]


def test_a_binary_event_without_a_body_has_no_data() -> None:
    (value,) = decode_batch(headers(**BINARY), b"", MOST).values
    assert isinstance(value, dict)
    assert "data" not in value


def test_a_binary_body_that_is_no_json_is_refused() -> None:
    with pytest.raises(web.HTTPUnsupportedMediaType):
        decode_batch(headers(content_type="text/plain", **BINARY), b"hello", MOST)
    (value,) = decode_batch(headers(content_type="application/json", **BINARY), b'{"a":', MOST).values
    assert isinstance(value, Invalid)


HEADER_TEXTS = [
    ("plain", "plain"),
    ("a%20b%25c", "a b%c"),
    ("%E2%99%AB", "♫"),
    ("♫", "♫"),
    ('"quoted \\"text\\""', 'quoted "text"'),
    ('"%22"', '"'),
    ("100%", "100%"),
]


@pytest.mark.parametrize(("sent", "meant"), HEADER_TEXTS)
def test_a_header_is_unquoted_and_percent_decoded_once(sent: str, meant: str) -> None:
    (value,) = decode_batch(headers(ce_subject=sent, **BINARY), b"", MOST).values
    assert isinstance(value, dict)
    assert value["subject"] == meant


@pytest.mark.parametrize(
    "pair", [("ce-id", "2"), ("ce-data", "{}"), ("ce-datacontenttype", "x"), ("ce-subject", "%FF")]
)
def test_a_header_that_is_repeated_or_not_allowed_or_not_text_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        decode_batch(headers(pair, **BINARY), b"", MOST)
    assert refused.value.field == pair[0].removeprefix("ce-")


names = st.text(st.characters(blacklist_categories=["C", "Z"]), min_size=1, max_size=20).filter(
    lambda name: name not in (".", "..")
)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)


@given(id=names, source=names, session=names, time=moments, value=names | numbers)
def test_what_the_cloudevents_sdk_sends_says_the_same_in_both_modes(
    id: str, source: str, session: str, time: datetime, value: object
) -> None:
    sent = CloudEvent(
        {
            "id": id,
            "source": source,
            "type": "museum-door",
            "specversion": "1.0",
            "time": time,
            "session": session,
            "datacontenttype": "application/json",
        },
        {"value": value},
    )
    events = []
    for message in (to_binary_event(sent, JSONFormat()), to_structured_event(sent, JSONFormat())):
        given = CIMultiDictProxy(CIMultiDict(message.headers))
        (fields,) = decode_batch(given, message.body, MOST).values
        events.append(parse_event(fields))
    binary, structured = events
    assert binary.same_content(structured)
    assert told(binary) == (id, source, session, parse_time(time.isoformat()), {"value": value})


def told(event: Event) -> tuple[Any, ...]:
    return event.id, event.source, event.session, event.time, event.data


def test_a_batch_of_the_cloudevents_sdk_is_taken() -> None:
    sent = [
        CloudEvent({"id": str(n), "source": "/sdk", "type": "heartbeat", "specversion": "1.0"}, {})
        for n in range(3)
    ]
    body = b"[" + b",".join(JSONFormat().write(event) for event in sent) + b"]"
    values = decode("application/cloudevents-batch+json", body).values
    assert [parse_event(value).id for value in values] == ["0", "1", "2"]
    assert msgspec.json.decode(body)[0]["specversion"] == "1.0"
