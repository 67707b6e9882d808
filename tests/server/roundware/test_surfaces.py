"""One event, every surface: what comes in here is seen natively, and the other way about."""

from __future__ import annotations

from typing import Any

import pytest

from replay.clock import Clock, now
from tests.server.api import Api, event
from tests.server.roundware.test_writing import post


@pytest.fixture
def clock() -> Clock:
    return now


async def listens(api: Api, token: str = "read", **parameters: Any) -> list[Any]:
    answer = await api.get("/api/2/listenevents/", parameters, token=token)
    assert answer.status == 200, answer.body
    found: list[Any] = answer.document
    return found


async def test_a_session_that_its_web_client_logs_replays_as_sequenced_audio(api: Api) -> None:
    """Two recordings one after the other, a pause in the second, a walk meanwhile."""
    for asset, length in ((11, 28.41), (12, 60.0)):
        described = {"asset": str(asset), "title": f"story {asset}", "duration": length}
        await api.send(event(f"described {asset}", "asset-described", data=described))
    session = (await post(api, "sessions/", project_id=1, client_system="Mozilla/5.0")).document["id"]

    async def log(event_type: str, at: str, **more: Any) -> None:
        time = f"2026-05-14T14:{at}Z"
        answer = await post(
            api, "events/", session_id=session, event_type=event_type, client_time=time, **more
        )
        assert answer.status == 200

    async def listen(asset: int, at: str, seconds: float) -> None:
        fields = {"session": session, "asset": asset, "starttime": f"2026-05-14T14:{at}Z"}
        number = (await post(api, "listenevents/", **fields)).document["id"]
        await post(api, f"listenevents/{number}", "PATCH", duration_in_seconds=seconds)

    await log("start_session", "57:00")
    await log("play_stream", "57:01")
    await listen(11, "57:05.979645", 28.41)
    await log("location_update", "57:20", latitude=59.33, longitude=18.06)
    await listen(12, "57:40", 30)
    await log("pause_stream", "57:50")
    await log("play_stream", "58:00")
    replay = (await api.get(f"/api/v1/sessions/{session}/replay")).document
    assert [
        (clip["sequence"], clip["asset"], clip["title"], clip["duration"], clip["end"], clip["in"])
        for clip in replay["clips"]
    ] == [
        (1, "11", "story 11", 28.41, "observed", 0.0),
        (2, "12", "story 12", 10.0, "observed", 0.0),
        (3, "12", "story 12", 10.0, "observed", 10.0),
    ]
    [pause] = replay["pauses"]
    assert (pause["duration"], pause["closed"]) == (10.0, True)
    assert [mark["type"] for mark in replay["marks"]].count("location-changed") == 1
    assert replay["totals"]["heard"] == 48.41
    assert [
        (one["asset_id"], one["duration_in_seconds"], one["project_id"]) for one in await listens(api)
    ] == [
        (11, 28.41, 1),
        (12, 30.0, 1),
    ]


async def test_a_listen_told_natively_is_a_listen_event_and_an_entry_of_its_devices_feed(api: Api) -> None:
    told = event("x", "listen-started", session="walk", device="phone", time="2026-05-14T14:57:05Z",
                 data={"asset": "fountain", "duration": 40})  # fmt: skip
    await api.send(told)
    assert await listens(api) == [
        {
            "id": 1,
            "duration_in_seconds": None,
            "start_time": "2026-05-14T14:57:05",
            "session_id": "walk",
            "asset_id": "fountain",
            "project_id": None,
        }
    ]
    [entry] = (await api.get("/api/v1/devices/phone/events")).document["events"]
    assert (entry["eventType"], entry["object"]) == ("listen-started", {"id": "fountain", "type": "asset"})


async def test_a_listen_posted_here_is_in_the_feed_of_its_device_and_a_line_of_its_log(api: Api) -> None:
    session = (await post(api, "sessions/", device_id="phone")).document["id"]
    await post(api, "listenevents/", session=session, asset=11, starttime="2017-04-21T14:57:05", duration=5)
    feed = (await api.get("/api/v1/devices/phone/events", {"until": "2018-01-01T00:00:00Z"})).document[
        "events"
    ]
    assert [entry["eventType"] for entry in feed] == ["listen-ended", "listen-started"]
    assert feed[1]["object"] == {"id": "11", "type": "asset"}
    lines = (await api.get("/logs/default/events", {"apikey": api.tokens["read"]}, token=None)).document
    assert [(line["type"], line["text"]) for line in lines] == [
        ("session-started", ""),
        ("listen-started", ""),
        ("listen-ended", ""),
    ]


async def test_what_is_erased_natively_is_gone_here(api: Api) -> None:
    session = (await post(api, "sessions/", project_id=1)).document["id"]
    await post(api, "listenevents/", session=session, asset=11, starttime="2017-04-21")
    await post(api, "events/", session_id=session, event_type="heartbeat")
    assert (await api.ask("DELETE", f"/api/v1/sessions/{session}")).status == 200
    assert await listens(api) == []
    for path in ("listenevents/2/", "events/3/", f"sessions/{session}/"):
        answer = await api.get(f"/api/2/{path}")
        assert (answer.status, answer.document) == (404, {"detail": "Not found."})
    for path in ("events/", "sessions/"):
        assert (await api.get(f"/api/2/{path}")).document == []


async def test_what_is_deleted_here_is_known_as_erased_natively(api: Api) -> None:
    await post(api, "listenevents/", session="s", asset=11, starttime="2017-04-21", duration=5)
    await post(api, "listenevents/", session="s", asset=12, starttime="2017-04-22", duration=5)
    await api.ask("DELETE", "/api/2/listenevents/1")
    replay = (await api.get("/api/v1/sessions/s/replay")).document
    assert (replay["erased"], [clip["asset"] for clip in replay["clips"]]) == ([1, 2], ["12"])


async def test_each_log_is_its_own_on_every_path(api: Api) -> None:
    for log in ("park", "museum"):
        for kind in ("listen-started", "session-started", "heartbeat"):
            await api.send(event(None, kind, session="s", log=log, data={"asset": log, "project": log}))
    for path in ("listenevents", "events", "sessions"):
        mine = (await api.get(f"/api/2/{path}/", token="park")).document
        assert mine == (await api.get(f"/api/2/{path}/", {"log": "park"})).document
        assert mine != (await api.get(f"/api/2/{path}/", {"log": "museum"})).document
        assert (await api.get(f"/api/2/{path}/")).document == []
        assert (await api.get(f"/api/2/{path}/", {"log": "museum"}, token="park")).status == 403
    assert [one["asset_id"] for one in await listens(api, token="park", session="s")] == ["park"]
    assert [one["project_id"] for one in await listens(api, token="park")] == ["park"]
    for number in (4, 5, 6):  # the museum's
        for path in ("listenevents", "events"):
            assert (await api.get(f"/api/2/{path}/{number}/", token="park")).status == 404


async def test_while_the_views_are_built_reads_say_so_in_this_manner(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = api.services.projections._keeper
    await keeper.readers.detach()
    for path in ("listenevents/", "listenevents/1", "sessions/", "sessions/1", "events/?session_id=1"):
        answer = await api.get(f"/api/2/{path}")
        assert (answer.status, list(answer.document)) == (503, ["detail"])
        assert "Retry-After" in answer.headers
