from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from replay.envelope import Event
from replay.errors import Unavailable
from replay.log.contract import Receipt
from server.api.ingest import IDEMPOTENCY_KEY, MAX_ERRORS
from server.services import Services
from server.settings import Settings
from tests.server.api import Api, Reply, event
from tests.server.packing import COMPRESS

PATH = "/api/v1/events"
ONE = b'{"id":"1","source":"test","type":"heartbeat"}'
TWO = b'{"id":"2","source":"test","type":"heartbeat"}'


async def post(api: Api, body: bytes, content_type: str, **more: Any) -> Reply:
    headers = {"Content-Type": content_type, **more.pop("headers", {})}
    return await api.ask("POST", PATH, body=body, headers=headers, **more)


async def stored(api: Api) -> list[dict[str, Any]]:
    """Every event of the log, as it comes back."""
    found: list[dict[str, Any]] = (await api.get(PATH, {"limit": 1000})).document["events"]
    return found


def statuses(answer: Reply) -> list[str]:
    return [receipt["status"] for receipt in answer.document["receipts"]]


async def test_a_receipt_tells_where_each_event_is(api: Api) -> None:
    answer = await api.send(event("1"), event("2", source="other"))
    assert answer.status == 200
    assert answer.document == {
        "receipts": [
            {"id": "1", "source": "test", "position": 1, "status": "stored"},
            {"id": "2", "source": "other", "position": 2, "status": "stored"},
        ],
        "position": 2,
    }
    assert answer.position == 2


FORMS = [
    ("application/json", ONE),
    ("application/json", b"[" + ONE + b"," + TWO + b"]"),
    ("application/cloudevents+json", b'{"specversion":"1.0",' + ONE[1:]),
    ("application/cloudevents-batch+json", b"[" + ONE + b"," + TWO + b"]"),
    ("application/x-ndjson", ONE + b"\n" + TWO + b"\n"),
    ("application/ndjson", ONE + b"\r\n"),
    ("application/jsonl", ONE + b"\n\n" + TWO),
]


@pytest.mark.parametrize(("content_type", "body"), FORMS)
async def test_every_form_is_stored_and_comes_back(api: Api, content_type: str, body: bytes) -> None:
    answer = await post(api, body, content_type)
    assert answer.status == 200, answer.body
    assert [found["id"] for found in await stored(api)] == ["1", "2"][: body.count(b"id")]


@pytest.mark.parametrize("coding", sorted(COMPRESS))
async def test_a_packed_body_is_stored(api: Api, coding: str) -> None:
    body = COMPRESS[coding](ONE + b"\n" + TWO)
    answer = await post(api, body, "application/x-ndjson", headers={"Content-Encoding": coding})
    assert statuses(answer) == ["stored", "stored"]


@pytest.mark.parametrize("mode", [to_binary_event, to_structured_event])
async def test_what_the_cloudevents_sdk_sends_is_stored(api: Api, mode: Any) -> None:
    attributes = {
        "id": "ü 1",
        "source": "/phone/%7",
        "type": "listen-started",
        "specversion": "1.0",
        "datacontenttype": "application/json",
        "session": "Spaziergang am Fluß",
        "sequence": "7",
        "monotonic": "12.5",
        "subject": 'a "quoted" text',
    }
    message = mode(CloudEvent(attributes, {"asset": "waves", "in": 1.5}), JSONFormat())
    answer = await api.ask("POST", PATH, headers=message.headers, body=message.body)
    assert answer.status == 200, answer.body
    (found,) = await stored(api)
    assert {name: found[name] for name in ("id", "source", "session", "sequence", "monotonic")} == {
        "id": "ü 1",
        "source": "/phone/%7",
        "session": "Spaziergang am Fluß",
        "sequence": 7,
        "monotonic": 12.5,
    }
    assert (found["subject"], found["data"]) == ('a "quoted" text', {"asset": "waves", "in": 1.5})


async def test_both_modes_of_the_sdk_are_the_same_event(api: Api) -> None:
    attributes = {"id": "1", "source": "/sdk", "type": "x", "specversion": "1.0"}
    sent = CloudEvent({**attributes, "datacontenttype": "application/json"}, {"a": 1})
    for mode, status in ((to_binary_event, "stored"), (to_structured_event, "already-stored")):
        message = mode(sent, JSONFormat())
        answer = await api.ask("POST", PATH, headers=message.headers, body=message.body)
        assert statuses(answer) == [status]


async def test_sent_again_it_is_the_same_receipt(api: Api) -> None:
    first = await api.send(event("1"), event("2"))
    again = await api.send(event("2"), event("1"), event("3"))
    assert statuses(again) == ["already-stored", "already-stored", "stored"]
    positions = [receipt["position"] for receipt in again.document["receipts"]]
    assert positions == [2, 1, 3]
    assert first.document["position"] == 2
    assert again.status == 200


async def test_the_same_key_with_other_content_is_a_conflict_that_stores_nothing(api: Api) -> None:
    await api.send(event("1"))
    answer = await api.send(event("2"), event("1", session="other"))
    assert answer.status == 409
    assert [index for index, _, _ in answer.faults] == [1]
    assert len(await stored(api)) == 1


SAME = [
    ({"senttime": "2026-05-01T12:00:00Z"}, {"senttime": "2026-05-01T12:00:09Z"}),
    ({}, {"specversion": "1.0", "log": "default", "data": {}}),
    ({"time": "2026-05-01T14:00:00+02:00"}, {"time": "2026-05-01T12:00:00.000000Z"}),
    ({"data": {"a": {"b": 1, "c": 2}}, "x": 1, "y": 2}, {"y": 2, "x": 1, "data": {"a": {"c": 2, "b": 1}}}),
    ({"sequence": 7}, {"sequence": "7"}),
]


@pytest.mark.parametrize(("first", "again"), SAME)
async def test_the_same_content_in_other_words_is_the_same(
    api: Api, first: dict[str, Any], again: dict[str, Any]
) -> None:
    sent = {"id": "1", "source": "test", "type": "x"}
    await api.send({**sent, **first})
    answer = await api.send({**again, **sent})
    assert statuses(answer) == ["already-stored"], answer.body
    assert len(await stored(api)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"data": {"n": 1.0}},
        {"data": {"n": 1}, "time": "2026-05-01T12:00:00Z"},
        {"data": {"n": 1}, "user": "u"},
    ],
)
async def test_content_that_differs_at_all_is_a_conflict(api: Api, other: dict[str, Any]) -> None:
    await api.send(event("1", data={"n": 1}))
    answer = await api.send(event("1", **other))
    assert answer.status == 409
    assert answer.document["type"] == "urn:playhead:problem:conflict"


async def test_an_event_without_a_time_is_the_same_whenever_it_comes_again(api: Api) -> None:
    first = await api.send(event("1"))
    (found,) = await stored(api)
    assert statuses(await api.send(event("1"))) == ["already-stored"]
    assert (await api.send(event("1", time=found["recordedtime"]))).status == 409
    assert first.document["position"] == 1


async def test_the_log_is_filled_in_before_the_key_is_looked_up(api: Api) -> None:
    assert statuses(await api.send(event("1"))) == ["stored"]
    assert statuses(await api.send(event("1"), token="park")) == ["stored"]
    assert statuses(await api.send(event("1"), parameters={"log": "museum"})) == ["stored"]
    for again in (
        await api.send(event("1", log="park")),
        await api.send(event("1"), parameters={"log": "park"}),
        await api.send(event("1", log="museum"), token="two"),
    ):
        assert statuses(again) == ["already-stored"]
    assert [found["log"] for found in await stored(api)] == ["default", "park", "museum"]


async def test_what_the_sender_left_out_is_filled_in(api: Api) -> None:
    answer = await api.send(*({"type": "heartbeat"} for _ in range(20)))
    ids = [receipt["id"] for receipt in answer.document["receipts"]]
    assert ids == sorted(set(ids)), "ids are ordered by time"
    for found in await stored(api):
        assert (found["source"], found["log"], found["time"]) == (PATH, "default", found["recordedtime"])


async def test_unknown_types_and_attributes_are_kept_and_come_back(api: Api) -> None:
    sent = event("1", "museum-door", floor=2, tags=["a", {"b": None}], data={"open": True, "angle": 1.0})
    await api.send(sent)
    (found,) = await stored(api)
    assert {name: found[name] for name in sent} == sent


LOGS = [
    ("admin", {}, None, "default"),
    ("admin", {"log": "park"}, None, "park"),
    ("admin", {"log": "park"}, "museum", "museum"),
    ("park", {}, None, "park"),
    ("park", {"log": "park"}, None, "park"),
    ("two", {"log": "museum"}, None, "museum"),
    ("two", {}, "park", "park"),
]


@pytest.mark.parametrize(("token", "query", "own", "log"), LOGS)
async def test_the_log_is_the_events_own_else_the_requests_else_the_tokens_only_one(
    api: Api, token: str, query: dict[str, str], own: str | None, log: str
) -> None:
    answer = await api.send(event("1", log=own), parameters=query, token=token)
    assert answer.status == 200, answer.body
    assert [found["log"] for found in await stored(api)] == [log]


@pytest.mark.parametrize(
    ("token", "query", "own", "index"),
    [
        ("park", {}, "museum", 1),
        ("park", {"log": "museum"}, None, None),
        ("two", {}, None, 1),
        ("two", {"log": "park"}, "default", 1),
    ],
)
async def test_a_log_that_the_token_may_not_use_is_refused_and_its_event_named(
    api: Api, token: str, query: dict[str, str], own: str | None, index: int | None
) -> None:
    answer = await api.send(event("1", log="park"), event("2", log=own), parameters=query, token=token)
    assert answer.status == 403
    assert [(at, field) for at, field, _ in answer.faults] == [(index, "log")]
    assert await stored(api) == []


async def test_one_bad_event_refuses_all_and_is_named(api: Api) -> None:
    bad = event("2", "gain-changed", data={"gain": -1})
    answer = await api.send(event("1"), bad, event("3"))
    assert answer.status == 400
    assert answer.document["type"] == "urn:playhead:problem:invalid"
    ((index, field, detail),) = answer.faults
    assert (index, field) == (1, "data.gain")
    assert "data.gain" in detail
    assert await stored(api) == []


async def test_every_bad_event_is_named_up_to_a_limit(api: Api) -> None:
    few = await api.send(event("1"), {"id": "2"}, event("3", time="noon"))
    assert [(index, field) for index, field, _ in few.faults] == [(1, "type"), (2, "time")]
    assert few.document["detail"].startswith("2 events are refused, so none is stored; event 1: ")
    many = await api.send(*({"id": str(n)} for n in range(MAX_ERRORS + 5)))
    assert len(many.faults) == MAX_ERRORS
    assert "20 events or more" in many.document["detail"]


async def test_a_bad_line_is_named_by_its_number_too(api: Api) -> None:
    answer = await post(api, ONE + b'\n\n{"id":\n' + TWO, "application/x-ndjson")
    ((index, field, detail),) = answer.faults
    assert (answer.status, index, field) == (400, 1, "body")
    assert detail.startswith("line 3: the JSON is malformed")


async def test_an_event_that_is_only_too_large_is_a_413(api: Api) -> None:
    answer = await api.send(event("1"), event("2", data={"a": "x" * 70_000}))
    assert answer.status == 413
    assert [(index, field) for index, field, _ in answer.faults] == [(1, "data")]
    mixed = await api.send(event("1", data={"a": "x" * 70_000}), {"id": "2"})
    assert mixed.status == 400


async def test_ten_thousand_events_are_taken_and_one_more_is_not(api: Api) -> None:
    lines = [b'{"id":"%d","source":"s","type":"x"}' % n for n in range(10_001)]
    refused = await post(api, b"\n".join(lines), "application/x-ndjson")
    assert (refused.status, refused.faults[0][1]) == (413, "body")
    taken = await post(api, b"\n".join(lines[:-1]), "application/x-ndjson")
    assert taken.status == 200
    assert taken.document["position"] == 10_000


async def test_nothing_sent_is_nothing_stored(api: Api) -> None:
    answer = await api.send()
    assert (answer.status, answer.document) == (200, {"receipts": [], "position": 0})


async def test_a_request_sent_again_with_its_key_stores_nothing_twice(api: Api) -> None:
    unnamed = {"type": "heartbeat"}
    first = await api.send(unnamed, unnamed, headers={IDEMPOTENCY_KEY: "upload 7"})
    again = await api.send(unnamed, unnamed, headers={IDEMPOTENCY_KEY: "upload 7"})
    other = await api.send(unnamed, headers={IDEMPOTENCY_KEY: "upload 8"})
    someone_else = await api.send(unnamed, headers={IDEMPOTENCY_KEY: "upload 7"}, token="ingest")
    assert statuses(first) == ["stored", "stored"]
    assert statuses(again) == ["already-stored", "already-stored"]
    assert statuses(other) == statuses(someone_else) == ["stored"]


async def test_a_key_stands_for_its_request_and_leaves_the_ids_that_are_given_alone(api: Api) -> None:
    key = {IDEMPOTENCY_KEY: "upload 7"}
    first = await api.send(event("mine"), {"type": "heartbeat"}, headers=key)
    assert first.document["receipts"][0]["id"] == "mine"
    other = await api.send(event("mine"), {"type": "another"}, headers=key)
    assert (other.status, other.faults[0][0]) == (409, 1)
    elsewhere = await api.send({"type": "another"}, headers=key, parameters={"log": "park"})
    assert statuses(elsewhere) == ["stored"]


async def test_without_a_key_an_event_without_an_id_is_a_new_one_each_time(api: Api) -> None:
    for _ in range(2):
        assert statuses(await api.send({"type": "heartbeat"})) == ["stored"]
    assert len(await stored(api)) == 2


@pytest.mark.parametrize("key", ["", "x" * 257])
async def test_a_key_that_is_none_is_refused(api: Api, key: str) -> None:
    answer = await api.send(event("1"), headers={IDEMPOTENCY_KEY: key})
    assert answer.status in (400, 413)
    assert answer.faults[0][1] == IDEMPOTENCY_KEY


async def test_senders_at_once_each_get_their_own_receipts(api: Api) -> None:
    answers = await asyncio.gather(
        *(api.send(event(f"{n}-a"), event(f"{n}-b"), event("shared")) for n in range(20))
    )
    positions: dict[str, set[int]] = {}
    for answer in answers:
        for receipt in answer.document["receipts"]:
            positions.setdefault(receipt["id"], set()).add(receipt["position"])
    assert all(len(found) == 1 for found in positions.values())
    assert len(positions) == len(await stored(api)) == 41


class Behind:
    """Views that never pass anything, as while the disk is slow."""

    def __init__(self) -> None:
        self.position = 0
        self.asked: list[tuple[int, float]] = []

    async def wait_for(self, position: int, seconds: float) -> bool:
        self.asked.append((position, seconds))
        return False


async def test_what_cannot_be_read_yet_is_a_202_with_the_same_receipts(
    api: Api, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = Behind()
    with monkeypatch.context() as patch:
        patch.setattr(services, "projections", views)
        answer = await api.send(event("1"))
    assert answer.status == 202
    assert statuses(answer) == ["stored"]
    assert answer.position == 0
    assert views.asked == [(1, services.settings.write_wait)]


async def test_a_sender_in_a_hurry_is_never_made_to_wait(
    api: Api, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = Behind()
    with monkeypatch.context() as patch:
        patch.setattr(services, "projections", views)
        answer = await api.send(event("1"), headers={"Prefer": "wait=3, Respond-Async"})
    assert (answer.status, answer.headers["Preference-Applied"]) == (202, "respond-async")
    assert views.asked == [(1, 0)]


async def test_a_log_that_fails_or_is_full_answers_503_and_takes_the_next(
    api: Api, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_events: Sequence[Event]) -> list[Receipt]:
        raise Unavailable("the disk is full", retry_after=7)

    with monkeypatch.context() as patch:
        patch.setattr(services.log, "append", fail)
        answer = await api.send(event("1"))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "7")
    assert answer.document["detail"] == "the disk is full"
    assert statuses(await api.send(event("1"))) == ["stored"]


async def test_a_server_that_stops_takes_in_nothing_more(api: Api, services: Services) -> None:
    services.stopping.set()
    answer = await api.send(event("1"))
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0


async def test_bodies_that_would_not_fit_together_are_refused_for_now(api: Api, services: Services) -> None:
    with services.bodies.hold() as hold:
        hold.take(services.bodies.limit - 10)
        answer = await api.send(event("1"))
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    assert (await api.send(event("1"))).status == 200
    assert services.bodies.taken == 0


async def test_what_a_body_takes_once_decoded_counts_too(api: Api, services: Services) -> None:
    short, heavy = event("1", data={"a": "y" * 500}), event("2", data={"a": [[]] * 200})
    with services.bodies.hold() as hold:
        hold.take(services.bodies.limit - 10_000)
        assert (await api.send(short)).status == 200
        assert (await api.send(heavy)).status == 503
    assert (await api.send(heavy)).status == 200
    assert services.bodies.taken == 0


async def test_the_settings_bound_bodies_and_batches(tmp_settings_api: Api) -> None:
    api = tmp_settings_api
    assert (await api.send(event("1"), event("2"))).status == 200
    assert (await api.send(event("1"), event("2"), event("3"))).status == 413
    assert (await api.send(event("1", data={"a": "x" * 2000}))).status == 413


@pytest.fixture
def tmp_settings_api(api: Api, services: Services) -> Api:
    services.settings = msgspec.structs.replace(services.settings, max_body=1024, max_events=2)
    assert isinstance(services.settings, Settings)
    return api
