"""The vocabulary: every type, every key, every range."""

from __future__ import annotations

from typing import Any

import pytest

from replay.envelope import parse_event
from replay.errors import Invalid
from replay.events import TYPES

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
    ("listen-started", {}, "data.asset"),
    ("listen-started", {"asset": 11}, "data.asset"),
    ("listen-started", {"asset": ".."}, "data.asset"),
    ("listen-started", {"asset": "a", "listen": ""}, "data.listen"),
    ("listen-started", {"asset": "a", "lane": "\x00"}, "data.lane"),
    ("listen-started", {"asset": "a", "in": -1}, "data.in"),
    ("listen-started", {"asset": "a", "in": "1"}, "data.in"),
    ("listen-started", {"asset": "a", "gain": -0.1}, "data.gain"),
    ("listen-started", {"asset": "a", "gain": 1e4}, "data.gain"),
    ("listen-started", {"asset": "a", "pan": 1.01}, "data.pan"),
    ("listen-started", {"asset": "a", "rate": 0}, "data.rate"),
    ("listen-started", {"asset": "a", "rate": 101}, "data.rate"),
    ("listen-started", {"asset": "a", "loop": 1}, "data.loop"),
    ("listen-started", {"asset": "a", "fade_in": -1}, "data.fade_in"),
    ("listen-started", {"asset": "a", "fade_out": None, "duration": 1e10}, "data.duration"),
    ("listen-ended", {}, "data.listen"),
    ("listen-ended", {"listen": "l", "duration": -1}, "data.duration"),
    ("listen-ended", {"listen": "l", "reason": "bored"}, "data.reason"),
    ("listen-scheduled", {"asset": "a"}, "data.at"),
    ("listen-scheduled", {"asset": "a", "at": "soon"}, "data.at"),
    ("listen-scheduled", {"at": "2026-05-14T14:00:00Z"}, "data.asset"),
    ("asset-described", {"title": "x"}, "data.asset"),
    ("asset-described", {"asset": "a", "duration": -1}, "data.duration"),
    ("asset-described", {"asset": "a", "sha256": "AB" * 32}, "data.sha256"),
    ("asset-described", {"asset": "a", "tags": "x"}, "data.tags"),
    ("asset-described", {"asset": "a", "tags": ["x", 1]}, "data.tags[1]"),
    ("asset-described", {"asset": "a", "location": {"lat": 91, "lon": 0}}, "data.location.lat"),
    ("asset-described", {"asset": "a", "url": "x" * 3000}, "data.url"),
    ("playback-seeked", {}, "data.to"),
    ("playback-seeked", {"to": -1}, "data.to"),
    ("playback-paused", {"listen": 3}, "data.listen"),
    ("rate-changed", {}, "data.rate"),
    ("gain-changed", {"gain": 1, "ramp": -1}, "data.ramp"),
    ("pan-changed", {"pan": -2}, "data.pan"),
    ("playback-underrun", {"count": -1}, "data.count"),
    ("playback-underrun", {"count": 2**53}, "data.count"),
    ("location-changed", {"lat": 1}, "data.lon"),
    ("location-changed", {"lat": 1, "lon": 181}, "data.lon"),
    ("session-started", {"client": 5}, "data.client"),
    ("session-ended", {"reason": ["x"]}, "data.reason"),
]


@pytest.mark.parametrize(("type_", "data", "field"), REFUSED)
def test_bad_data_is_refused_by_the_name_of_its_key(type_: str, data: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(type_, data)
    assert caught.value.field == field
    assert field in caught.value.message
