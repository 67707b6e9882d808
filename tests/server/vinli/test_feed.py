from __future__ import annotations

from typing import Any

import pytest

from replay.clock import Clock, format_time, parse_time
from server.vinli import feed
from tests.server.api import Api, Reply, event

PATH = "/api/v1/devices/car/events"
NOON = parse_time("2026-05-01T12:00:00Z")
NOW = NOON + 3_600_000_000


@pytest.fixture
def clock() -> Clock:
    """One o'clock."""
    return lambda: NOW


def at(milliseconds: float) -> str:
    return format_time(NOON + int(milliseconds * 1000))


def of(id: str, milliseconds: float, type: str = "x", **more: Any) -> dict[str, object]:
    return event(id, type, time=at(milliseconds), device="car", **more)


def ids(answer: Reply) -> list[str]:
    assert answer.status == 200, answer.body
    return [found["id"] for found in answer.document["events"]]


def pagination(answer: Reply) -> Any:
    return answer.document["meta"]["pagination"]


async def pages(api: Api, path: str, relation: str = "prior") -> list[str]:
    """The ids of every page; `remaining` always tells how many follow."""
    found: list[str] = []
    remaining: list[int] = []
    following: str | None = path
    while following:
        answer = await api.get(following.removeprefix(api.url))
        found += ids(answer)
        remaining.append(pagination(answer)["remaining"] + len(found))
        following = pagination(answer)["links"].get(relation)
    assert set(remaining) == {len(found)}
    return found


async def test_a_feed_is_newest_first_in_the_old_envelope(api: Api) -> None:
    await api.send(of("1", 1), of("3", 3), of("2", 2), event("other", device="bike"))
    answer = await api.get(PATH, {"limit": 2})
    assert ids(answer) == ["3", "2"]
    assert answer.document["meta"] == {
        "pagination": {
            "remaining": 1,
            "limit": 2,
            "until": "2026-05-01T13:00:00.000Z",
            "since": None,
            "sortDir": "desc",
            "links": {"prior": f"{api.url}{PATH}?limit=2&until=2026-05-01T12%3A00%3A00.001000001Z"},
        }
    }
    last = await api.get(pagination(answer)["links"]["prior"].removeprefix(api.url))
    assert ids(last) == ["1"]
    assert (pagination(last)["links"], pagination(last)["remaining"]) == ({}, 0)


async def test_the_path_may_be_in_the_singular(api: Api) -> None:
    await api.send(of("1", 1))
    singular = await api.get("/api/v1/device/car/events")
    assert singular.document == (await api.get(PATH)).document


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
async def test_events_that_share_a_millisecond_are_neither_lost_nor_repeated(api: Api, limit: int) -> None:
    await api.send(*(of(f"{n:02}", 5 + (n % 4) * 0.2) for n in range(9)), of("after", 6), of("before", 4))
    in_order = ["after", *(f"{n:02}" for n in range(8, -1, -1)), "before"]
    assert await pages(api, f"{PATH}?limit={limit}") == in_order
    ascending = await pages(api, f"{PATH}?limit={limit}&sortDir=asc", "next")
    assert ascending == in_order[::-1]


async def test_pages_lose_and_repeat_nothing_while_events_arrive(api: Api) -> None:
    await api.send(*(of(f"{n:02}", 5) for n in range(6)))
    found: list[str] = []
    following: str | None = f"{PATH}?limit=2"
    n = 6
    while following:
        answer = await api.get(following.removeprefix(api.url))
        found += ids(answer)
        following = pagination(answer)["links"].get("prior")
        await api.send(of(f"{n:02}", 5), of(f"new{n}", 9))
        n += 1
    assert found == ["05", "04", "03", "02", "01", "00"]


BOUNDS = [
    ({"since": at(2)}, ["4", "3"]),
    ({"since": at(2.9)}, ["4", "3"]),
    ({"until": at(2)}, ["2", "1"]),
    ({"until": at(2.9)}, ["2", "1"]),
    ({"since": at(1), "until": at(3)}, ["3", "2"]),
    ({"since": at(3), "until": at(3)}, []),
    ({"since": at(4), "until": at(1)}, []),
    ({"since": str(NOON // 1000 + 2)}, ["4", "3"]),
    ({"until": str(NOON // 1000 + 1)}, ["1"]),
    ({"since": "", "until": ""}, ["4", "3", "2", "1"]),
    ({"since": "2026-05-01T14:00:00.002+02:00"}, ["4", "3"]),
    ({"sortDir": "asc", "since": at(1)}, ["2", "3", "4"]),
    ({"limit": 0}, []),
]


@pytest.mark.parametrize(("query", "expected"), BOUNDS)
async def test_since_is_exclusive_and_until_inclusive_in_milliseconds(
    api: Api, query: dict[str, object], expected: list[str]
) -> None:
    await api.send(*(of(str(n), n + 0.5) for n in range(1, 5)))
    assert ids(await api.get(PATH, query)) == expected


async def test_an_empty_page_still_counts_what_there_is(api: Api) -> None:
    await api.send(*(of(str(n), n) for n in range(3)))
    answer = await api.get(PATH, {"limit": 0})
    assert (ids(answer), pagination(answer)["remaining"]) == ([], 3)
    assert await pages(api, f"{PATH}?limit=2") == ["2", "1", "0"]


async def test_a_page_holds_at_most_a_hundred_and_says_so(api: Api) -> None:
    await api.send(*(of(f"{n:03}", n) for n in range(130)))
    assert (len(ids(await api.get(PATH))), pagination(await api.get(PATH))["limit"]) == (20, 20)
    answer = await api.get(PATH, {"limit": 500})
    assert (len(ids(answer)), pagination(answer)["limit"]) == (100, 100)
    assert len(await pages(api, f"{PATH}?limit=500")) == 130


async def test_a_clock_that_is_ahead_moves_the_default_until(api: Api) -> None:
    await api.send(of("1", 1))
    assert pagination(await api.get(PATH))["until"] == "2026-05-01T13:00:00.000Z"
    await api.send(of("2", 7_200_000.25))
    answer = await api.get(PATH)
    assert (ids(answer), pagination(answer)["until"]) == (["2", "1"], "2026-05-01T14:00:00.000Z")


TYPES = [
    ("rule-enter", ["1"]),
    ("rule-*", ["2", "1"]),
    ("*", ["4", "3", "2", "1"]),
    ("nothing", []),
    ("rul", []),
]


@pytest.mark.parametrize(("type_", "expected"), TYPES)
async def test_a_type_may_end_in_a_star(api: Api, type_: str, expected: list[str]) -> None:
    await api.send(
        of("1", 1, "rule-enter"), of("2", 2, "rule-leave"), of("3", 3, "startup"), of("4", 4, "rules")
    )
    assert await pages(api, f"{PATH}?limit=1&type={type_}") == expected


@pytest.mark.parametrize("step", [1, 2, 3, 500])
@pytest.mark.parametrize(("direction", "relation"), [("desc", "prior"), ("asc", "next")])
async def test_the_events_of_one_object_are_paged_and_counted(
    api: Api, monkeypatch: pytest.MonkeyPatch, step: int, direction: str, relation: str
) -> None:
    monkeypatch.setattr(feed, "STEP", step)
    about = [{"object": {"id": "r", "type": "rule"}}, {"object": {"id": "q"}}, {"object": "r"}, {}]
    await api.send(*(of(f"{n:02}", n // 5, data=about[n % 4]) for n in range(17)))
    expected = [f"{n:02}" for n in range(0, 17, 4)]
    path = f"{PATH}?limit=2&objectId=r&sortDir={direction}"
    assert await pages(api, path, relation) == (expected if direction == "asc" else expected[::-1])


async def test_links_keep_what_was_asked_and_hold_no_credential(api: Api) -> None:
    await api.send(*(of(str(n), n, "rule-x", log="the park") for n in range(3)))
    secret = api.tokens["admin"]
    query = {
        "apikey": secret,
        "limit": 1,
        "type": "rule-*",
        "since": "0",
        "log": "the park",
        "min_position": 1,
    }
    answer = await api.get(PATH, query, token=None)
    prior = pagination(answer)["links"]["prior"]
    asked, _, until = prior.partition("&until=")
    since = "since=1970-01-01T00%3A00%3A00.000Z"
    assert asked == f"{api.url}{PATH}?limit=1&{since}&type=rule-%2A&log=the+park"
    assert until == "2026-05-01T12%3A00%3A00.001000001Z"
    assert secret not in answer.body.decode()


async def test_a_feed_is_of_one_log(api: Api) -> None:
    await api.send(of("1", 1), of("2", 2, log="park"))
    assert ids(await api.get(PATH)) == ["1"]
    assert ids(await api.get(PATH, {"log": "park"})) == ids(await api.get(PATH, token="park")) == ["2"]
    assert (await api.get(PATH, {"log": "museum"})).status == 404
    assert (await api.get(PATH, {"log": "museum"}, token="park")).status == 403
    own = (await api.get(PATH, token="park")).document["events"][0]["links"]["self"]
    assert (await api.get(own.removeprefix(api.url), token="park")).status == 200


async def test_an_erased_event_is_in_no_feed(api: Api) -> None:
    await api.send(of("1", 1), of("2", 2))
    await api.ask("DELETE", "/api/v1/events/2")
    assert await pages(api, f"{PATH}?limit=1") == ["1"]


async def test_links_are_of_the_host_and_scheme_that_the_caller_used(api: Api) -> None:
    await api.send(of("1", 1), of("2", 2))
    headers = {"Host": "localhost:99", "X-Forwarded-Proto": "https"}
    answer = await api.get(PATH, {"limit": 1}, headers=headers)
    assert pagination(answer)["links"]["prior"].startswith(f"https://localhost:99{PATH}?")
    assert answer.document["events"][0]["links"]["self"] == "https://localhost:99/api/v1/events/2"
