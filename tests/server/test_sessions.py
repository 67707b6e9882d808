from __future__ import annotations

from typing import Any

import pytest

from replay.clock import Clock, format_time, parse_time
from tests.server.api import Api, Reply, event

PATH = "/api/v1/sessions"
NOON = parse_time("2026-05-01T12:00:00Z")
MINUTE = 60_000_000


@pytest.fixture
def clock() -> Clock:
    """Ten past noon."""
    return lambda: NOON + 10 * MINUTE


def at(minutes: float) -> str:
    return format_time(NOON + int(minutes * MINUTE))


def names(answer: Reply) -> list[str]:
    assert answer.status == 200, answer.body
    return [found["session"] for found in answer.document["sessions"]]


async def pages(api: Api, path: str, **more: Any) -> list[str]:
    """The sessions of every page, following `next`, which `Link` says too."""
    found: list[str] = []
    following: str | None = path
    while following:
        answer = await api.get(following, **more)
        found += names(answer)
        following = answer.document["next"]
        assert answer.headers.get("Link") == (f'<{following}>; rel="next"' if following else None)
    return found


async def test_a_session_is_shown_as_its_events_tell(api: Api) -> None:
    sent = await api.send(
        event("1", "listen-started", time=at(1), session="s", device="phone", data={"asset": "a"}),
        event("2", "session-started", time=at(2), session="s", device="phone", data={"client": "ios 3"}),
        event("3", time=at(5.5), session="s", device="speaker", user="ann"),
        event("4", "session-ended", time=at(5), session="s"),
    )
    answer = await api.get(f"{PATH}/s")
    assert answer.document == {
        "session": "s",
        "log": "default",
        "state": "ended",
        "zero": at(2),
        "started": at(2),
        "ended": at(5),
        "first_time": at(1),
        "last_time": at(5.5),
        "duration": 270.0,
        "events": 4,
        "outline": None,
        "listens": 1,
        "devices": ["phone", "speaker"],
        "users": ["ann"],
        "client": "ios 3",
        "recordedtime": at(10),
        "position": 4,
        "links": {
            "self": f"{PATH}/s?log=default",
            "events": f"{PATH}/s/events?log=default",
            "listens": f"{PATH}/s/listens?log=default",
            "timeline": f"{PATH}/s/timeline?log=default",
            "replay": f"{PATH}/s/replay?log=default",
        },
    }
    assert answer.position == sent.document["position"]
    (listed,) = (await api.get(PATH)).document["sessions"]
    assert listed == answer.document


ZEROS = [
    ([("heartbeat", 5), ("heartbeat", 3)], 3),
    ([("heartbeat", 1), ("session-started", 2)], 2),
    ([("session-started", 4), ("session-started", 2), ("heartbeat", 1)], 4),
]


@pytest.mark.parametrize(("told", "zero"), ZEROS)
async def test_every_answer_about_a_session_carries_the_same_zero(
    api: Api, told: list[tuple[str, float]], zero: float
) -> None:
    await api.send(
        *(event(f"{n}", type_, session="s", time=at(when)) for n, (type_, when) in enumerate(told))
    )
    for part in ("", "/timeline", "/replay"):
        assert (await api.get(f"{PATH}/s{part}")).document["zero"] == at(zero)
    assert [found["zero"] for found in (await api.get(PATH)).document["sessions"]] == [at(zero)]


async def test_the_newest_session_by_its_first_record_comes_first(api: Api) -> None:
    await api.send(event("1", session="old", time=at(9)), event("2", session="new", time=at(1)))
    await api.send(event("3", session="old", time=at(9.5)))
    assert names(await api.get(PATH)) == ["new", "old"]


async def test_pages_lose_and_repeat_nothing_while_events_arrive(api: Api) -> None:
    await api.send(*(event(f"{n}", session=f"s{n}") for n in range(10)))
    found: list[str] = []
    following: str | None = f"{PATH}?limit=3"
    n = 10
    while following:
        answer = await api.get(following)
        found += names(answer)
        following = answer.document["next"]
        await api.send(event(f"{n}", session=f"s{n}"), event(f"{n}-again", session="s0"))
        n += 1
    assert found == [f"s{n}" for n in range(9, -1, -1)]


async def fill(api: Api) -> None:
    await api.send(
        event("1", session="walk", device="phone", user="ann", time=at(0)),
        event("2", "session-ended", session="walk", time=at(2)),
        event("3", session="talk", device="phone", user="bob", time=at(4), log="park"),
        event(
            "4", "session-started", session="Fluß", device="car", time=at(6), data={"client": "Radio 100%"}
        ),
        event("5", session="Fluß", device="car", time=at(8)),
    )


FILTERS = [
    ({}, ["Fluß", "talk", "walk"]),
    ({"log": "park"}, ["talk"]),
    ({"log": "nothing"}, []),
    ({"device": "phone"}, ["talk", "walk"]),
    ({"device": "phone", "log": "default"}, ["walk"]),
    ({"user": "bob"}, ["talk"]),
    ({"user": "bob", "device": "phone"}, ["talk"]),
    ({"user": "bob", "device": "car"}, []),
    ({"since": at(3)}, ["Fluß", "talk"]),
    ({"since": at(2), "until": at(4)}, ["talk", "walk"]),
    ({"until": at(1)}, ["walk"]),
    ({"since": "2026-05-01T14:03:00+02:00"}, ["Fluß", "talk"]),
    ({"state": "ended"}, ["walk"]),
    ({"state": "live"}, ["Fluß", "talk"]),
    ({"state": "open"}, []),
    ({"text": "ALK"}, ["talk", "walk"]),
    ({"text": "flus"}, []),
    ({"text": "fluß"}, ["Fluß"]),
    ({"text": "100%"}, ["Fluß"]),
    ({"text": "%"}, ["Fluß"]),
    ({"text": "ann"}, ["walk"]),
    ({"text": "car", "state": "live"}, ["Fluß"]),
    ({"limit": 1, "since": at(3), "text": "a"}, ["Fluß", "talk"]),
]


@pytest.mark.parametrize(("filters", "expected"), FILTERS)
async def test_sessions_are_filtered(api: Api, filters: dict[str, object], expected: list[str]) -> None:
    await fill(api)
    assert await pages(api, api.target(PATH, filters).raw_path_qs) == expected


@pytest.mark.parametrize("limit", [1, 2])
async def test_a_filtered_list_keeps_its_filter_from_page_to_page(api: Api, limit: int) -> None:
    await api.send(*(event(f"{n}", session=f"s{n}", device=f"d{n % 2}", time=at(n)) for n in range(8)))
    path = api.target(PATH, {"limit": limit, "device": "d1", "since": at(2)}).raw_path_qs
    assert await pages(api, path) == ["s7", "s5", "s3"]


async def test_a_token_sees_the_sessions_of_its_logs(api: Api) -> None:
    await api.send(*(event(log, session="same", log=log) for log in ("park", "museum", "default")))
    assert [found["log"] for found in (await api.get(PATH)).document["sessions"]] == [
        "default",
        "museum",
        "park",
    ]
    assert [found["log"] for found in (await api.get(PATH, token="two")).document["sessions"]] == [
        "museum",
        "park",
    ]
    assert [found["log"] for found in (await api.get(PATH, token="park")).document["sessions"]] == ["park"]
    assert (await api.get(PATH, {"log": "museum"}, token="park")).status == 403


async def test_one_session_is_of_one_log(api: Api) -> None:
    await api.send(event("1", session="s", log="park"), event("2", session="s"))
    for part in ("", "/timeline", "/replay"):
        path = f"{PATH}/s{part}"
        assert (await api.get(path)).document["log"] == "default"
        assert (await api.get(path, {"log": "park"})).document["log"] == "park"
        assert (await api.get(path, token="park")).document["log"] == "park"
        assert (await api.get(path, {"log": "museum"})).status == 404
        assert (await api.get(path, {"log": "museum"}, token="park")).status == 403
        assert (await api.get(path, token="two")).status == 403


async def test_a_session_is_live_open_or_ended(api: Api) -> None:
    await api.send(event("1", session="s", time=at(1)))
    assert (await api.get(f"{PATH}/s")).document["state"] == "live"
    await api.send(event("2", "session-ended", session="s", time=at(2)))
    assert (await api.get(f"{PATH}/s")).document["state"] == "ended"
    await api.send(event("3", session="s", time=at(3)))
    assert (await api.get(f"{PATH}/s")).document["state"] == "ended", "what comes late does not open it again"


async def test_devices_are_listed_and_paged(api: Api) -> None:
    await api.send(
        *(event(f"{n}", device=f"d{n}", time=at(n), log=("park", "default")[n % 2]) for n in range(5))
    )
    await api.send(event("again", device="d0", time=at(7), log="park"))
    found: list[str] = []
    following: str | None = "/api/v1/devices?limit=2"
    while following:
        answer = await api.get(following)
        found += [one["device"] for one in answer.document["devices"]]
        following = answer.document["next"]
    assert found == ["d4", "d3", "d2", "d1", "d0"]
    own = (await api.get("/api/v1/devices", token="park")).document["devices"]
    assert [one["device"] for one in own] == ["d4", "d2", "d0"]
    assert own[2] == {
        "device": "d0",
        "log": "park",
        "first_time": at(0),
        "last_time": at(7),
        "events": 2,
        "recordedtime": at(10),
        "position": 6,
        "links": {
            "events": "/api/v1/devices/d0/events?log=park",
            "clock": "/api/v1/devices/d0/clock?log=park",
        },
    }
    assert [
        one["device"] for one in (await api.get("/api/v1/devices", {"text": "D3"})).document["devices"]
    ] == ["d3"]
