from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from cloudevents.core.formats.json import JSONFormat

from server.reads import scan
from server.services import Services
from tests.server.api import Api, Reply, event

PATH = "/api/v1/events"
CLOUDEVENT = {"Accept": "application/cloudevents+json"}


def ids(answer: Reply) -> list[str]:
    return [found["id"] for found in answer.document["events"]]


async def pages(api: Api, path: str, **more: Any) -> list[str]:
    """The ids of every page, following `next` to the end."""
    found: list[str] = []
    following: str | None = path
    while following:
        answer = await api.get(following, **more)
        assert answer.status == 200
        found += ids(answer)
        following = answer.document["next"]
        link = answer.headers.get("Link")
        assert link == (f'<{following}>; rel="next"' if following else None)
    return found


async def test_events_come_in_log_order_with_position_and_recordedtime(api: Api) -> None:
    await api.send(event("b", time="2026-05-01T12:00:00+02:00"), event("a"))
    answer = await api.get(PATH)
    first, second = answer.document["events"]
    assert first == {
        "position": 1,
        "recordedtime": first["recordedtime"],
        "id": "b",
        "source": "test",
        "type": "heartbeat",
        "time": "2026-05-01T10:00:00.000000Z",
        "log": "default",
        "data": {},
    }
    assert (second["id"], second["time"]) == ("a", second["recordedtime"])
    assert (answer.document["position"], answer.document["next"], answer.position) == (2, None, 2)


async def test_pages_lose_and_repeat_nothing_while_events_arrive(api: Api) -> None:
    await api.send(*(event(str(n)) for n in range(10)))
    found: list[str] = []
    following: str | None = f"{PATH}?limit=3"
    arriving = iter(range(10, 15))
    while following is not None:
        await api.send(*(event(str(n)) for n in (next(arriving, None),) if n is not None))
        answer = await api.get(following)
        found += ids(answer)
        following = answer.document["next"]
    assert found == [str(n) for n in range(15)]


async def test_a_reader_goes_on_from_the_position_that_a_page_gave(api: Api) -> None:
    await api.send(event("1"), event("2"))
    first = await api.get(PATH)
    await api.send(event("3"))
    again = await api.get(PATH, {"after": first.document["position"]})
    assert ids(again) == ["3"]


async def test_next_keeps_what_was_asked(api: Api) -> None:
    await api.send(*(event(str(n), log="a b&c") for n in range(3)))
    answer = await api.get(PATH, {"limit": 1, "log": "a b&c", "min_position": 2, "wait": 1})
    assert answer.document["next"] == f"{PATH}?limit=1&log=a+b%26c&after=1"
    assert await pages(api, answer.document["next"]) == ["1", "2"]


async def test_a_token_sees_its_own_logs_alone(api: Api) -> None:
    await api.send(*(event(str(n), log=("park", "museum", "default")[n % 3]) for n in range(9)))
    assert await pages(api, f"{PATH}?limit=2", token="park") == ["0", "3", "6"]
    assert await pages(api, f"{PATH}?limit=2", token="two") == ["0", "1", "3", "4", "6", "7"]
    assert await pages(api, f"{PATH}?log=museum", token="two") == ["1", "4", "7"]
    assert await pages(api, f"{PATH}?log=museum", token="admin") == ["1", "4", "7"]
    assert (await api.get(PATH, {"log": "default"}, token="park")).status == 403


async def test_one_request_looks_at_so_many_records_and_says_where_to_go_on(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "MOST_RECORDS", 10)
    monkeypatch.setattr(scan, "STEP", 5)
    await api.send(*(event(str(n), log="museum") for n in range(25)), event("mine", log="park"))
    first = await api.get(PATH, token="park")
    assert (ids(first), first.document["position"]) == ([], 10)
    assert await pages(api, PATH, token="park") == ["mine"]


async def test_a_page_of_large_events_is_cut_short_and_goes_on(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "MOST_BYTES", 10_000)
    await api.send(*(event(str(n), data={"a": "x" * 4000}) for n in range(7)))
    first = await api.get(PATH)
    assert ids(first) == ["0", "1", "2"]
    assert await pages(api, PATH) == [str(n) for n in range(7)]


async def test_an_erased_place_is_shown_to_who_reads_every_log(api: Api) -> None:
    await api.send(event("1", log="park"), event("2", log="park"))
    await api.ask("DELETE", f"{PATH}/1?log=park&reason=asked")
    everything = (await api.get(PATH)).document["events"]
    erased, kept, tombstone = everything
    assert erased == {"position": 1, "recordedtime": erased["recordedtime"], "erased": True}
    assert (kept["id"], tombstone["type"]) == ("2", "event-erased")
    assert tombstone["data"] == {"positions": [[1, 1]], "reason": "asked"}
    limited = (await api.get(PATH, token="park")).document["events"]
    assert [found["position"] for found in limited] == [2, 3]


async def test_lines_and_a_batch_of_cloudevents_hold_the_same_events(api: Api) -> None:
    sent = event("1", "listen-started", sequence=7, monotonic=1.5, data={"asset": "a", "in": 2}, size=2**40)
    await api.send(sent, event("2"))
    await api.ask("DELETE", f"{PATH}/2")
    lines = await api.get(PATH, headers={"Accept": "application/x-ndjson"})
    decoded = [msgspec.json.decode(line) for line in lines.body.splitlines()]
    assert decoded == (await api.get(PATH)).document["events"]
    batch = await api.get(PATH, headers={"Accept": "application/cloudevents-batch+json"})
    assert batch.headers["Content-Type"] == "application/cloudevents-batch+json"
    first, tombstone = batch.document
    assert first == {
        "specversion": "1.0",
        "datacontenttype": "application/json",
        "time": first["recordedtime"],
        "id": "1",
        "source": "test",
        "type": "listen-started",
        "log": "default",
        "sequence": "7",
        "monotonic": "1.5",
        "size": str(2**40),
        "position": "1",
        "recordedtime": first["recordedtime"],
        "data": {"asset": "a", "in": 2},
    }
    assert tombstone["type"] == "event-erased"
    for answer in (lines, batch):
        assert answer.headers["Vary"] == "Accept"


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("application/*", "application/json"),
        ("application/x-ndjson, application/json;q=0.5", "application/x-ndjson"),
        (
            "application/json;q=0.1, application/cloudevents-batch+json;q=0.2",
            "application/cloudevents-batch+json",
        ),
    ],
)
async def test_the_accept_header_chooses_the_form(api: Api, accept: str | None, content_type: str) -> None:
    answer = await api.get(PATH, headers={"Accept": accept} if accept else {})
    assert answer.headers["Content-Type"] == content_type


async def test_a_form_that_there_is_not_is_a_406_that_names_those_there_are(api: Api) -> None:
    answer = await api.get(PATH, headers={"Accept": "application/xml"})
    assert answer.status == 406
    assert "application/x-ndjson" in answer.document["detail"]


async def test_one_event_is_shown_in_vinlis_shape(api: Api) -> None:
    await api.send(
        event(
            "1",
            "rule-leave",
            time="2026-05-01T10:00:00.1239Z",
            device="car",
            data={"object": {"id": "r", "type": "rule"}, "meta": {"a": 1}},
        )
    )
    answer = await api.get(f"{PATH}/1")
    shown = answer.document["event"]
    assert answer.document == {"event": shown}
    assert (shown["timestamp"], shown["deviceId"], shown["eventType"]) == (
        "2026-05-01T10:00:00.123Z",
        "car",
        "rule-leave",
    )
    assert (shown["object"], shown["meta"]) == ({"id": "r", "type": "rule"}, {"a": 1})
    assert shown["links"]["self"] == f"{api.url}/api/v1/events/1"
    assert shown["links"]["notifications"] == f"{api.url}/api/v1/events/1/notifications"


async def test_one_event_is_shown_as_a_cloudevent_that_the_sdk_reads(api: Api) -> None:
    await api.send(event("1", session="s", sequence=3, data={"a": 1}))
    answer = await api.get(f"{PATH}/1", headers=CLOUDEVENT)
    assert answer.headers["Content-Type"] == "application/cloudevents+json"
    read = JSONFormat().read(None, answer.body)
    assert (read.get_id(), read.get_data()) == ("1", {"a": 1})
    assert (read.get_extension("session"), read.get_extension("sequence")) == ("s", "3")
    assert read.get_extension("position") == "1"


async def test_a_cloudevent_read_here_can_be_sent_elsewhere_once_its_place_is_taken_off(api: Api) -> None:
    await api.send(event("1", session="s", sequence=3, monotonic=1.5, data={"a": 1}))
    document = (await api.get(f"{PATH}/1", headers=CLOUDEVENT)).document
    del document["position"], document["recordedtime"]
    answer = await api.send(document | {"log": "copy"})
    assert answer.status == 200
    copy = (await api.get(f"{PATH}/1", {"log": "copy"}, headers=CLOUDEVENT)).document
    assert {**copy, "log": "default", "position": "1"} == {
        **document,
        "position": "1",
        "recordedtime": copy["recordedtime"],
    }


async def test_an_id_that_two_sources_use_needs_the_source(api: Api) -> None:
    await api.send(event("1", source="phone", session="s"), event("1", source="server"))
    for method in ("GET", "DELETE"):
        answer = await api.ask(method, f"{PATH}/1")
        assert (answer.status, answer.document["sources"]) == (409, ["phone", "server"])
    one = await api.get(f"{PATH}/1", {"source": "server"}, headers=CLOUDEVENT)
    assert one.document["source"] == "server"
    assert (await api.get(f"{PATH}/1", {"source": "nobody"})).status == 404
    assert (await api.ask("DELETE", f"{PATH}/1", {"source": "nobody"})).status == 404
    gone = await api.ask("DELETE", f"{PATH}/1", {"source": "phone"})
    assert (gone.status, gone.document["erased"]) == (200, 1)
    left = await api.get(f"{PATH}/1", headers=CLOUDEVENT)
    assert left.document["source"] == "server", "where one is left, the id is enough"


async def test_one_event_is_of_one_log(api: Api) -> None:
    await api.send(event("1", log="park"), event("2"))
    assert (await api.get(f"{PATH}/1")).status == 404
    assert (await api.get(f"{PATH}/1", {"log": "park"})).status == 200
    assert (await api.get(f"{PATH}/1", token="park")).status == 200
    assert (await api.get(f"{PATH}/2", token="park")).status == 404
    assert (await api.get(f"{PATH}/2", {"log": "default"}, token="park")).status == 403
    shown = (await api.get(f"{PATH}/1", {"log": "park"})).document["event"]
    assert (await api.get(shown["links"]["self"].removeprefix(api.url))).status == 200


async def test_the_head_is_the_newest_position_and_its_hash(api: Api, services: Services) -> None:
    empty = (await api.get("/api/v1/head")).document
    assert (empty["position"], empty["epoch"]) == (0, services.log.epoch)
    await api.send(event("1"))
    answer = await api.get("/api/v1/head")
    head = await services.log.head()
    assert answer.document == {"position": 1, "hash": head.hash, "epoch": services.log.epoch}
    assert answer.position == 1


async def test_a_read_of_the_log_waits_for_a_position_that_is_yet_to_come(api: Api) -> None:
    reading = asyncio.ensure_future(api.get(PATH, {"min_position": 2, "wait": 20}))
    await api.send(event("1"))
    assert not reading.done()
    await api.send(event("2"))
    assert ids(await reading) == ["1", "2"]


async def test_a_position_that_does_not_come_in_time_is_a_503(api: Api) -> None:
    for path in (PATH, "/api/v1/sessions", "/api/v1/devices", "/api/v1/head"):
        answer = await api.get(path, {"min_position": 1, "wait": 0.01})
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) >= 1


async def test_head_answers_as_get_does_without_the_body(api: Api) -> None:
    await api.send(event("1", session="s", device="d"))
    for path in (PATH, f"{PATH}/1", "/api/v1/sessions/s/replay", "/api/v1/devices/d/events", "/api/v1/head"):
        got, asked = await api.get(path), await api.ask("HEAD", path)
        assert (asked.status, asked.body) == (200, b"")
        for name in ("Content-Type", "Playhead-Position", "Content-Length"):
            assert asked.headers.get(name) == got.headers.get(name)


ERASURES: Sequence[tuple[str, list[str]]] = [
    ("events/1", ["1"]),
    ("sessions/s", ["1", "2"]),
    ("devices/d", ["1", "3"]),
    ("users/u", ["2", "3"]),
]


@pytest.mark.parametrize(("item", "gone"), ERASURES)
async def test_an_erasure_takes_out_what_is_meant_and_nothing_else(
    api: Api, item: str, gone: list[str]
) -> None:
    await api.send(
        event("1", session="s", device="d"),
        event("2", session="s", user="u"),
        event("3", device="d", user="u"),
        event("4", session="t", device="e", user="v"),
        event("5", session="s", device="d", user="u", log="park"),
    )
    answer = await api.ask("DELETE", f"/api/v1/{item}?reason=on%20request")
    assert answer.status == 200
    assert answer.document["erased"] == len(gone)
    assert answer.document["position"] == max(receipt["position"] for receipt in answer.document["receipts"])
    left = [found for found in (await api.get(PATH)).document["events"] if found.get("source") == "test"]
    assert [found["id"] for found in left] == [id for id in "12345" if id not in gone]
    for id in gone:
        assert (await api.get(f"{PATH}/{id}")).status == 404
        assert (await api.ask("DELETE", f"{PATH}/{id}")).status == 404


async def test_what_is_erased_stays_erased_when_it_is_sent_again(api: Api) -> None:
    await api.send(event("1"))
    await api.ask("DELETE", f"{PATH}/1")
    answer = await api.send(event("1"), event("1", session="with other content"))
    assert answer.status == 200
    assert (
        answer.document["receipts"] == [{"id": "1", "source": "test", "position": 1, "status": "erased"}] * 2
    )
    assert (await api.get(f"{PATH}/1")).status == 404
    assert (await api.get("/api/v1/head")).document["position"] == 2


async def test_an_erased_session_is_gone_and_an_unknown_one_never_was(api: Api) -> None:
    await api.send(event("1", session="s"))
    assert (await api.ask("DELETE", "/api/v1/sessions/s")).status == 200
    assert (await api.ask("DELETE", "/api/v1/sessions/s")).status == 410
    for path in ("sessions/s", "sessions/s/replay", "sessions/s/timeline"):
        assert (await api.get(f"/api/v1/{path}")).status == 410
    for item in ("sessions/t", "devices/t", "users/t", "events/t"):
        assert (await api.ask("DELETE", f"/api/v1/{item}")).status == 404


async def test_an_admin_of_one_log_erases_in_that_one(api: Api) -> None:
    await api.send(event("1", log="park", session="s"), event("2", session="s"))
    assert (await api.ask("DELETE", "/api/v1/sessions/s?log=default", token="park-admin")).status == 403
    answer = await api.ask("DELETE", "/api/v1/sessions/s", token="park-admin")
    assert answer.document["erased"] == 1
    assert (await api.get("/api/v1/sessions/s")).status == 200


async def test_a_server_that_stops_erases_nothing(api: Api, services: Services) -> None:
    await api.send(event("1"))
    services.stopping.set()
    assert (await api.ask("DELETE", f"{PATH}/1")).status == 503
    assert (await api.get(f"{PATH}/1")).status == 200
