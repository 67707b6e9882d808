"""The listens of a session over HTTP: paged, pinned to what was known, asked about again."""

from __future__ import annotations

from typing import Any

import pytest

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
