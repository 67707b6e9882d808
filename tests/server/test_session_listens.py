"""The listens of a session over HTTP: paged, pinned to what was known, asked about again."""

from __future__ import annotations

from typing import Any

import pytest

from replay.listens import SessionListens
from replay.session import Session
from server.services import Services
from tests.server.api import Api, event

PATH = "/api/v1/sessions/walk/listens"


def started(number: int, second: int, **more: Any) -> dict[str, Any]:
    return event(
        f"l{number}",
        "listen-started",
        time=f"2026-05-01T12:00:{second:02}Z",
        session="walk",
        data={"asset": "a", "lane": f"{number}"},
        **more,
    )


async def every(api: Api, path: str) -> list[str]:
    """The listens of every page, following `next`, which `Link` says too."""
    found: list[str] = []
    following: str | None = path
    while following:
        answer = await api.get(following)
        assert answer.status == 200, answer.body
        found += [listen["listen"] for listen in answer.document["listens"]]
        following = answer.document["next"]
        assert answer.headers.get("Link") == (f'<{following}>; rel="next"' if following else None)
    return found


async def test_pages_go_on_in_the_prefix_that_the_first_was_made_of(api: Api) -> None:
    await api.send(*(started(number, 10 + number) for number in range(5)))
    first = await api.get(PATH, {"limit": 2})
    assert first.document["count"] == 5
    await api.send(started(7, 0), started(8, 13), started(9, 30))
    assert await every(api, first.document["next"]) == ["l2", "l3", "l4"]
    assert await every(api, f"{PATH}?limit=3") == ["l7", "l0", "l1", "l2", "l3", "l8", "l4", "l9"]


async def test_a_session_is_looked_through_once_for_all_its_pages(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Session] = []

    class Counting(SessionListens):
        def __init__(self, session: Session) -> None:
            looked.append(session)
            super().__init__(session)

    monkeypatch.setattr("server.reads.session_listens.SessionListens", Counting)
    await api.send(*(started(number, 10 + number) for number in range(5)))
    assert len(await every(api, f"{PATH}?limit=1")) == 5
    assert len(looked) == 1


async def test_an_erasure_between_two_pages_loses_no_other_listen(api: Api) -> None:
    await api.send(*(started(number, 10 + number) for number in range(5)))
    first = await api.get(PATH, {"limit": 2})
    await api.ask("DELETE", "/api/v1/events/l1", token="admin")
    assert await every(api, first.document["next"]) == ["l2", "l3", "l4"]


async def test_the_same_page_is_not_sent_twice_and_another_has_another_tag(api: Api) -> None:
    await api.send(*(started(number, 10 + number) for number in range(3)))
    first = await api.get(PATH, {"limit": 2})
    tag = first.headers["ETag"]
    again = await api.get(PATH, {"limit": 2}, headers={"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    others = [await api.get(PATH, {"limit": 1}), await api.get(first.document["next"])]
    assert len({tag, *(answer.headers["ETag"] for answer in others)}) == 3
    await api.send(event("beat", session="other"))
    assert (await api.get(PATH, {"limit": 2})).headers["ETag"] == tag
    await api.send(started(4, 30))
    assert (await api.get(PATH, {"limit": 2})).headers["ETag"] != tag


async def test_listens_are_told_as_of_any_moment_of_the_log(api: Api) -> None:
    await api.send(started(0, 10), started(1, 11))
    assert await every(api, f"{PATH}?as_of=1") == ["l0"]
    answer = await api.get(PATH, {"as_of": 9})
    assert (answer.status, answer.faults[0][1]) == (400, "as_of")
    answer = await api.get(PATH, {"min_position": 9, "wait": 0})
    assert answer.status == 503


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("cursor", "1"), ("cursor", "x_1"), ("cursor", "1_2_3"), ("limit", "0"), ("limit", "1001")],
)
async def test_a_wrong_place_or_size_is_refused_by_name(api: Api, parameter: str, value: str) -> None:
    await api.send(started(0, 10))
    answer = await api.get(PATH, {parameter: value})
    assert (answer.status, answer.faults[0][1]) == (400, parameter)


FIRST, LAST = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"
"""The ends of what ingest accepts; 10^12 s is the most that a monotonic clock may show."""


def at_the_ends() -> list[dict[str, Any]]:
    """Listens of devices whose clocks are as wrong as can be told, so that corrected they begin far beyond."""
    clocks: dict[str, dict[str, Any]] = {
        "right": {},
        "behind": {"senttime": FIRST},
        "ahead": {"senttime": LAST},
        "set": {"senttime": FIRST, "sequence": 1, "monotonic": 1e12},
        "again": {"device": "set", "senttime": LAST, "sequence": 2, "monotonic": 0},
    }
    return [
        event(
            f"{device}-{moment}",
            "listen-started",
            **{
                "session": "walk",
                "device": device,
                "time": moment,
                "data": {"asset": "a", "lane": device + moment},
                **clock,
            },
        )
        for device, clock in clocks.items()
        for moment in (FIRST, "1970-01-01T00:00:00Z", LAST)
    ]


@pytest.mark.parametrize("told_by", ["device", "corrected"])
async def test_every_page_is_reached_wherever_in_time_its_listens_are(api: Api, told_by: str) -> None:
    events = at_the_ends()
    assert (await api.send(*events)).status == 200
    found = await every(api, f"{PATH}?limit=1&clock={told_by}")
    assert sorted(found) == sorted(one["id"] for one in events)


async def test_a_place_beyond_everything_gives_an_empty_page(api: Api) -> None:
    await api.send(started(0, 10))
    assert await every(api, f"{PATH}?cursor={'9' * 20}_{'9' * 16}") == []


async def test_an_unknown_session_has_no_listens(api: Api, services: Services) -> None:
    assert (await api.get(PATH)).status == 404
    await api.send(event("beat", session="walk"))
    assert await every(api, PATH) == []
    await api.ask("DELETE", "/api/v1/sessions/walk", token="admin")
    assert (await api.get(PATH)).status == 410
    assert services.projections.position == 2
