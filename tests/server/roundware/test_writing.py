"""What is posted becomes events of ours: appended, never updated, and told to the caller as they can be read."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from replay.clock import Clock, now
from replay.envelope import Event
from replay.errors import Unavailable
from replay.log.contract import Receipt
from tests.server.api import Api, Reply, event

START = "2017-04-21T14:57:05.979645"
SESSION: dict[str, Any] = {"session": 35, "asset": 11, "starttime": START}


@pytest.fixture
def clock() -> Clock:
    return now


async def post(
    api: Api, path: str, method: str = "POST", token: str | None = "ingest", **fields: Any
) -> Reply:
    headers = {"Content-Type": "application/json"}
    return await api.ask(
        method, f"/api/2/{path}", body=msgspec.json.encode(fields), headers=headers, token=token
    )


async def stored(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.get("/api/v1/events")).document["events"]
    return found


async def test_a_listen_that_is_logged_as_it_goes_is_two_events(api: Api) -> None:
    first = await post(api, "listenevents/", **SESSION)
    await post(api, f"listenevents/{first.document['id']}/", "PATCH", duration_in_seconds=28.41)
    started, ended = await stored(api)
    assert {name: started[name] for name in ("source", "type", "session", "time", "data")} == {
        "source": "/api/2/listenevents/",
        "type": "listen-started",
        "session": "35",
        "time": "2017-04-21T14:57:05.979645Z",
        "data": {"asset": "11"},
    }
    assert {name: ended[name] for name in ("source", "type", "session", "time", "data")} == {
        "source": "/api/2/listenevents/",
        "type": "listen-ended",
        "session": "35",
        "time": "2017-04-21T14:57:34.389645Z",
        "data": {"listen": started["id"], "duration": 28.41},
    }
    assert first.position == 1


async def test_a_listen_that_comes_with_its_duration_is_appended_whole_or_not_at_all(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    appended: list[int] = []
    append = api.services.log.append

    async def counting(events: Sequence[Event]) -> list[Receipt]:
        appended.append(len(events))
        return await append(events)

    monkeypatch.setattr(api.services.log, "append", counting)
    answer = await post(api, "listenevents/", **SESSION, duration=1_500_000_000)
    assert (answer.status, answer.document["duration_in_seconds"]) == (200, 1.5)
    assert appended == [2]
    assert [one["type"] for one in await stored(api)] == ["listen-started", "listen-ended"]


async def test_an_end_is_told_for_who_and_what_its_start_was(api: Api) -> None:
    """Natively told, with a name of its own, on a device."""
    [start] = (
        await api.send(
            event("x", "listen-started", session="s", device="phone", user="ann", time="2026-05-14T14:00:00Z",
                  data={"asset": "a", "listen": "mine"})
        )
    ).document["receipts"]  # fmt: skip
    await post(api, f"listenevents/{start['position']}", "PATCH", duration=2_000_000_000)
    ended = (await stored(api))[1]
    assert (ended["session"], ended["device"], ended["user"]) == ("s", "phone", "ann")
    assert ended["data"] == {"listen": "mine", "duration": 2.0}


async def test_a_listen_that_only_its_end_tells_cannot_be_ended_again(api: Api) -> None:
    await api.send(event("x", "listen-ended", session="s", data={"listen": "lost", "duration": 3}))
    assert (await api.get("/api/2/listenevents/1/")).document["duration_in_seconds"] == 3.0
    answer = await post(api, "listenevents/1/", "PATCH", duration_in_seconds=4)
    assert answer.status == 400
    assert "told by its end alone" in answer.document["non_field_errors"][0]


@pytest.mark.parametrize("type_", ["listen-ended", "heartbeat"])
async def test_what_is_no_listen_event_cannot_be_ended(api: Api, type_: str) -> None:
    await api.send(event("x", type_, session="s", data={"listen": "lost"}))
    assert (await post(api, "listenevents/1/", "PATCH", duration_in_seconds=4)).status == 404


async def test_a_play_outside_any_session_is_no_listen_event(api: Api) -> None:
    await api.send(event("x", "listen-started", data={"asset": "a"}))
    assert (await post(api, "listenevents/1/", "PATCH", duration_in_seconds=4)).status == 404
    assert (await api.get("/api/2/listenevents/")).document == []


async def test_what_cannot_be_read_yet_is_answered_all_the_same(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(position: int, timeout: float) -> bool:  # noqa: ASYNC109
        return False

    monkeypatch.setattr(api.services.projections, "wait_for", never)
    first = await post(api, "listenevents/", **SESSION)
    number = first.document["id"]
    shown = {
        "id": number,
        "duration_in_seconds": None,
        "start_time": START,
        "session_id": 35,
        "asset_id": 11,
        "project_id": None,
    }
    assert (first.status, first.document) == (202, shown)
    second = await post(api, f"listenevents/{number}", "PATCH", duration_in_seconds=28.41)
    assert (second.status, second.document) == (202, {**shown, "duration_in_seconds": 28.41})
    session = await post(api, "sessions/", project_id=1)
    assert (session.status, session.document["project_id"]) == (202, 1)
    heartbeat = await post(api, "events/", session_id=35, event_type="heartbeat")
    assert (heartbeat.status, heartbeat.document["event_type"]) == (202, "heartbeat")


async def test_a_log_that_cannot_be_written_is_said_in_this_manner(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(events: object) -> None:
        raise Unavailable("the disk is full", retry_after=9)

    monkeypatch.setattr(api.services.log, "append", failing)
    posts: list[tuple[str, dict[str, Any]]] = [
        ("listenevents/", SESSION),
        ("sessions/", {}),
        ("events/", {"session_id": 1, "event_type": "x"}),
        ("users/", {"device_id": "1"}),
    ]
    for path, fields in posts:
        answer = await post(api, path, token="admin", **fields)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "9")
        assert answer.document == {"detail": "the disk is full"}


async def test_a_server_that_stops_takes_nothing_more(api: Api) -> None:
    await post(api, "listenevents/", **SESSION)
    api.services.stopping.set()
    assert (await post(api, "listenevents/", **SESSION)).status == 503
    assert (await post(api, "listenevents/1", "DELETE", token="admin")).status == 503


async def test_what_nobody_foresaw_is_said_in_this_manner(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*anything: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(api.services.projections.listens, "list", broken)
    answer = await api.get("/api/2/listenevents/")
    assert answer.status == 500
    assert list(answer.document) == ["detail"]
    assert b"secret" not in answer.body


async def test_sessions_that_begin_at_once_get_ids_of_their_own(api: Api) -> None:
    api.services.clock = lambda: 1_780_000_000_000_000
    answers = await asyncio.gather(*(post(api, "sessions/", project_id=1) for _ in range(20)))
    assert {answer.document["id"] for answer in answers} == set(
        range(1_780_000_000_000_000, 1_780_000_000_000_020)
    )


async def test_an_id_of_a_session_that_was_erased_is_not_given_again(api: Api) -> None:
    api.services.clock = lambda: 1_780_000_000_000_000
    await api.send(event("x", session="1780000000000000"))
    assert (await api.ask("DELETE", "/api/v1/sessions/1780000000000000")).status == 200
    assert (await post(api, "sessions/")).document["id"] == 1_780_000_000_000_001


async def test_a_session_of_one_device_gives_it_to_what_is_logged_in_it(api: Api) -> None:
    session = (await post(api, "sessions/", device_id="phone-7")).document["id"]
    await post(api, "listenevents/", session=session, asset=1, starttime=START)
    await post(api, "events/", session_id=session, event_type="heartbeat")
    assert [one.get("device") for one in await stored(api)] == ["phone-7"] * 3
    await post(api, "events/", session_id=session, event_type="heartbeat", device_id="phone-8")
    await post(api, "events/", session_id=session, event_type="heartbeat")
    assert [one.get("device") for one in (await stored(api))[3:]] == ["phone-8", None]
    assert (await api.get(f"/api/2/sessions/{session}")).document["device_id"] is None


async def test_deleting_destroys_all_that_told_of_a_listen_and_nothing_else(api: Api) -> None:
    await post(api, "listenevents/", **SESSION, duration=5)
    await post(api, "listenevents/1", "PATCH", duration=7)
    await post(api, "listenevents/", **{**SESSION, "asset": 12})
    assert (await api.ask("DELETE", "/api/2/listenevents/1/")).status == 204
    events = await stored(api)
    assert [one.get("erased", False) for one in events] == [True, True, True, False, False]
    assert events[-1]["type"] == "event-erased"
    assert [one["id"] for one in (await api.get("/api/2/listenevents/")).document] == [4]


async def test_a_deleted_listen_cannot_be_read_while_the_views_lag_behind(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second DELETE waits for the views, and finds nothing."""
    await post(api, "listenevents/", **SESSION)
    first, second = await asyncio.gather(*(api.ask("DELETE", "/api/2/listenevents/1/") for _ in range(2)))
    assert sorted((first.status, second.status)) in ([204, 204], [204, 404])
    assert (await api.ask("DELETE", "/api/2/listenevents/1/")).status == 404
