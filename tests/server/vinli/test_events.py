from __future__ import annotations

from typing import Any

import pytest

from replay.clock import parse_time
from replay.envelope import parse_event
from replay.log.contract import Record
from server.vinli.events import vinli_event

RECORDED = parse_time("2015-05-22T23:33:58.741999Z")


def shown(**fields: Any) -> dict[str, Any]:
    event = parse_event({"id": "a b", "source": "s", "type": "rule-leave", **fields})
    return vinli_event(Record(7, RECORDED, event.body), "https://host", "default")


def test_an_event_has_the_dates_and_links_of_the_old_service() -> None:
    assert shown(time="2015-05-22T23:33:57Z", device="d") == {
        "id": "a b",
        "timestamp": "2015-05-22T23:33:57.000Z",
        "deviceId": "d",
        "stored": "2015-05-22T23:33:58.741Z",
        "storageLatency": 1741,
        "eventType": "rule-leave",
        "object": None,
        "links": {
            "self": "https://host/api/v1/events/a%20b",
            "notifications": "https://host/api/v1/events/a%20b/notifications",
        },
    }


def test_latency_is_that_of_the_dates_as_shown() -> None:
    found = shown(time="2015-05-22T23:33:58.7400019Z")
    assert (found["timestamp"], found["storageLatency"]) == ("2015-05-22T23:33:58.740Z", 1)
    ahead = shown(time="2015-05-22T23:34:00Z")
    assert ahead["storageLatency"] == -1259


def test_an_event_without_a_time_happened_when_it_was_stored() -> None:
    found = shown()
    assert (found["timestamp"], found["stored"], found["storageLatency"]) == (
        "2015-05-22T23:33:58.741Z",
        "2015-05-22T23:33:58.741Z",
        0,
    )


def test_an_event_of_another_log_is_linked_with_its_log() -> None:
    links = shown(log="the park")["links"]
    assert links == {
        "self": "https://host/api/v1/events/a%20b?log=the%20park",
        "notifications": "https://host/api/v1/events/a%20b/notifications?log=the%20park",
    }


PARTS = [
    (
        "x",
        {"object": {"id": "r", "type": "rule"}, "meta": {"a": 1}, "b": 2},
        {"id": "r", "type": "rule"},
        {"a": 1},
    ),
    ("x", {"object": {"id": "r"}, "b": 2}, {"id": "r"}, {"b": 2}),
    ("x", {"object": "r", "meta": "m"}, None, {"object": "r", "meta": "m"}),
    ("x", {}, None, None),
    ("x", {"object": {"id": "r"}}, {"id": "r"}, None),
    ("x", {"meta": {}}, None, None),
    ("listen-started", {"asset": "a", "in": 2}, {"id": "a", "type": "asset"}, {"asset": "a", "in": 2}),
    ("listen-ended", {"listen": "l"}, None, {"listen": "l"}),
    ("asset-described", {"asset": "a"}, None, {"asset": "a"}),
]


@pytest.mark.parametrize(("type_", "data", "object_", "meta"), PARTS)
def test_object_and_meta_are_told_or_made_of_the_data(
    type_: str, data: dict[str, Any], object_: Any, meta: Any
) -> None:
    found = shown(type=type_, data=data)
    assert (found["object"], found.get("meta")) == (object_, meta)


def test_the_vehicle_is_shown_where_it_is_known() -> None:
    assert "vehicleId" not in shown()
    assert shown(vehicleId="v")["vehicleId"] == "v"
    by_data = shown(data={"vehicleId": "v", "a": 1})
    assert (by_data["vehicleId"], by_data["meta"]) == ("v", {"a": 1})
