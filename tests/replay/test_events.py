"""The vocabulary: every type, every key, every range."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
import pytest

from replay.envelope import parse_event
from replay.errors import Invalid
from replay.events import ERASED, TYPES

EVERY_KEY: dict[str, dict[str, Any]] = {
    "session-started": {"client": "app 1.2", "project": 7, "timezone": "Europe/Paris"},
    "session-ended": {"reason": "closed"},
    "asset-described": {
        "asset": "bell", "title": "Bell", "url": "bell.wav", "duration": 60.5, "in": 1, "out": 59, "gain": 0.8,
        "location": {"lat": 48.1, "lon": 11.5}, "tags": ["church"], "sha256": "ab" * 32,
    },
    "listen-scheduled": {"asset": "bell", "listen": "l", "at": "2026-05-14T14:00:00Z"},
    "listen-started": {
        "asset": "bell", "listen": "l", "in": 0, "gain": 1, "pan": -1, "lane": "left", "rate": 1.5, "loop": True,
        "fade_in": 0.1, "fade_out": 2, "duration": 60.5,
    },
    "listen-ended": {"listen": "l", "asset": "bell", "duration": 28.41, "reason": "skipped"},
    "playback-requested": {"listen": "l"},
    "playback-paused": {"listen": "l"},
    "playback-resumed": {},
    "playback-stalled": {"listen": "l"},
    "playback-recovered": {},
    "playback-seeked": {"listen": "l", "to": 12.5},
    "rate-changed": {"listen": "l", "rate": 0.5},
    "gain-changed": {"listen": "l", "gain": 0, "ramp": 1.5},
    "pan-changed": {"pan": 1, "ramp": 0},
    "playback-underrun": {"duration": 0.2, "count": 3},
    "location-changed": {"lat": -90, "lon": 180},
    "heartbeat": {},
}  # fmt: skip


def parse(type_: str, data: Any) -> Any:
    return parse_event({"id": "1", "source": "s", "type": type_, "data": data})


def test_the_table_here_names_every_type_a_sender_may_use() -> None:
    assert set(EVERY_KEY) == set(TYPES) - {"event-erased"}


@pytest.mark.parametrize("type_", EVERY_KEY)
def test_every_key_of_a_type_is_taken_and_kept_as_it_came(type_: str) -> None:
    event = parse(type_, {**EVERY_KEY[type_], "mine": [1]})
    assert event.data == {**EVERY_KEY[type_], "mine": [1]}
    assert event.typed_data() is not None


REFUSED = [
    ("asset-described", {"title": "x"}, "data.asset"),
    ("asset-described", {"asset": "a", "tags": ["x", 1]}, "data.tags[1]"),
    ("asset-described", {"asset": "a", "location": {"lat": 91, "lon": 0}}, "data.location.lat"),
    ("listen-scheduled", {"asset": "a"}, "data.at"),
    ("listen-scheduled", {"at": "2026-05-14T14:00:00Z"}, "data.asset"),
    ("listen-started", {}, "data.asset"),
    ("listen-started", {"asset": None}, "data.asset"),
    ("listen-started", {"asset": "a", "gain": 1e4}, "data.gain"),
    ("listen-ended", {}, "data.listen"),
    ("listen-ended", {"listen": None, "duration": 1}, "data.listen"),
    ("playback-seeked", {}, "data.to"),
    ("rate-changed", {}, "data.rate"),
    ("gain-changed", {"ramp": 1}, "data.gain"),
    ("pan-changed", {}, "data.pan"),
    ("location-changed", {"lat": 1}, "data.lon"),
    ("location-changed", {"lon": 1}, "data.lat"),
]


@pytest.mark.parametrize(("type_", "data", "field"), REFUSED)
def test_bad_data_is_refused_by_the_name_of_its_key(type_: str, data: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(type_, data)
    assert caught.value.field == field
    assert field in caught.value.message


@pytest.mark.parametrize(
    ("type_", "data", "message"),
    [
        ("gain-changed", {"gain": "loud"}, "data.gain: expected a number, got a text"),
        ("gain-changed", {"gain": -1}, "data.gain: expected a number >= 0.0"),
        ("gain-changed", {"gain": 1, "listen": 3}, "data.listen: expected a text, got an integer"),
        ("listen-started", {"asset": "a", "loop": 1}, "data.loop: expected true or false, got an integer"),
        ("asset-described", {"asset": "a", "tags": {}}, "data.tags: expected an array, got an object"),
        ("location-changed", {"lat": None, "lon": 1}, "data.lat: expected a number, got null"),
    ],
)
def test_a_refusal_speaks_of_json_and_not_of_python(type_: str, data: dict[str, Any], message: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(type_, data)
    assert caught.value.message == message


class Key(NamedTuple):
    """What a key takes, to its very edges, and what it does not, from the first value beyond them."""

    taken: list[Any]
    refused: list[Any]


JUST_ABOVE = 1.0000001
NAME = Key(["x", "x" * 256, "a/b", "♫"], ["", ".", "..", "x" * 257, "é" * 129, "a\nb", 3, ["x"]])
TEXT = Key(["", "x" * 4096], ["x" * 4097, 3, ["x"]])
SECONDS = Key([0, 0.001, 1_000_000_000], [-0.001, 1_000_000_001, "1", True, [1]])
GAIN = Key([0, 1, 1000], [-0.001, 1000.1, "1", True])
PAN = Key([-1, 0, 1], [-JUST_ABOVE, JUST_ABOVE, "0", False])
RATE = Key([0.01, 1, 100], [0, 0.0099, 100.1, -1, "1", True])
LATITUDE = Key([-90, 90], [-90.1, 90.1, "1", None])
LONGITUDE = Key([-180, 180], [-180.1, 180.1, "1", None])
COUNT = Key([0, 2**53 - 1], [-1, 2**53, 0.5, "1", True])
TAGS = Key([[], ["x" * 4096], ["x"] * 200], [["x"] * 201, ["x" * 4097], "x", [1]])
PLACE = Key(
    [{"lat": -90, "lon": 180}], [{"lat": 90.1, "lon": 0}, {"lat": 0, "lon": -180.1}, {"lat": 0}, [0, 0]]
)
MOMENT = Key(["2026-05-14T16:00:00.5+02:00"], ["noon", "2026-05-14T16:00:00", 5])
ABOUT = {"listen": NAME}

KEYS: dict[str, dict[str, Key]] = {
    "session-started": {"client": TEXT, "project": Key(["p", 7], [1.5, True, ["p"]]), "timezone": TEXT},
    "session-ended": {"reason": TEXT},
    "asset-described": {
        "asset": NAME, "title": TEXT, "url": Key(["", "x" * 2048], ["x" * 2049, 3]), "duration": SECONDS,
        "in": SECONDS, "out": SECONDS, "gain": GAIN, "tags": TAGS, "location": PLACE,
        "sha256": Key(["0" * 64, "9af" * 21 + "b"], ["A" * 64, "0" * 63, "0" * 65, "g" * 64, "0" * 64 + "\n", 0]),
    },
    "listen-scheduled": {
        "asset": NAME, "listen": NAME, "at": MOMENT,
    },
    "listen-started": {
        "asset": NAME, "listen": NAME, "in": SECONDS, "gain": GAIN, "pan": PAN, "lane": NAME, "rate": RATE,
        "loop": Key([True, False], [1, "yes", None]), "fade_in": SECONDS, "fade_out": SECONDS, "duration": SECONDS,
    },
    "listen-ended": {
        "listen": NAME, "asset": NAME, "duration": SECONDS,
        "reason": Key(["finished", "skipped", "stopped", "interrupted", "failed"], ["bored", "", 3]),
    },
    **{f"playback-{what}": ABOUT for what in ("requested", "paused", "resumed", "stalled", "recovered")},
    "playback-seeked": {"to": SECONDS, **ABOUT},
    "rate-changed": {"rate": RATE, **ABOUT},
    "gain-changed": {"gain": GAIN, "ramp": SECONDS, **ABOUT},
    "pan-changed": {"pan": PAN, "ramp": SECONDS, **ABOUT},
    "playback-underrun": {"duration": SECONDS, "count": COUNT, **ABOUT},
    "location-changed": {"lat": LATITUDE, "lon": LONGITUDE},
    "heartbeat": {},
}  # fmt: skip
EACH_KEY = [(type_, key) for type_, keys in KEYS.items() for key in keys]


def test_the_table_of_edges_has_every_key_of_every_type() -> None:
    code = {
        type_: {field.encode_name for field in msgspec.structs.fields(struct)}
        for type_, struct in TYPES.items()
    }
    del code[ERASED]
    assert {type_: set(keys) for type_, keys in KEYS.items()} == code


@pytest.mark.parametrize(("type_", "key"), EACH_KEY)
def test_a_key_takes_what_lies_within_its_edges(type_: str, key: str) -> None:
    for value in KEYS[type_][key].taken:
        assert parse(type_, {**EVERY_KEY[type_], key: value}).data[key] == value


@pytest.mark.parametrize(("type_", "key"), EACH_KEY)
def test_a_key_refuses_what_lies_beyond_its_edges_by_its_name(type_: str, key: str) -> None:
    for value in KEYS[type_][key].refused:
        with pytest.raises(Invalid) as caught:
            parse(type_, {**EVERY_KEY[type_], key: value})
        assert caught.value.field.startswith(f"data.{key}"), value
