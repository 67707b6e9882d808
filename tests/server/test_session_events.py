"""`GET /api/v1/sessions/{id}/events`: every record of a session once, in fold order."""

from __future__ import annotations

import pytest

from tests.server.api import Api, event


async def tell(api: Api, *seconds: int, session: str = "walk") -> None:
    """One heartbeat at each of these seconds; they arrive in this order."""
    events = [
        event(f"{session}-{index}", session=session, time=f"2026-05-14T14:57:{second:02}Z")
        for index, second in enumerate(seconds)
    ]
    assert (await api.send(*events)).status == 200


async def pages(api: Api, limit: int) -> list[list[str]]:
    """The ids on each page, by following `next` to its end."""
    found = []
    path: str | None = f"/api/v1/sessions/walk/events?limit={limit}"
    while path is not None:
        page = (await api.get(path)).document
        found.append([record["id"] for record in page["events"]])
        path = page["next"]
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 1000])
async def test_records_come_by_time_then_position_whatever_the_page(api: Api, limit: int) -> None:
    await tell(api, 30, 10, 20, 10, 10)
    await tell(api, 1, 2, session="other")
    found = await pages(api, limit)
    assert [id for page in found for id in page] == ["walk-1", "walk-3", "walk-4", "walk-2", "walk-0"]
    assert all(len(page) == limit for page in found[:-1])


async def test_an_erasure_between_two_pages_moves_nothing(api: Api) -> None:
    await tell(api, 10, 20, 30, 40)
    first = (await api.get("/api/v1/sessions/walk/events", {"limit": 2})).document
    assert (await api.ask("DELETE", "/api/v1/events/walk-1")).status == 200
    second = (await api.get(first["next"])).document
    assert [record["id"] for record in second["events"]] == ["walk-2", "walk-3"]
    assert second["next"] is None


async def test_a_record_is_whole_and_the_page_is_linked(api: Api) -> None:
    await tell(api, 10, 20)
    reply = await api.get("/api/v1/sessions/walk/events", {"limit": 1})
    [record] = reply.document["events"]
    assert record["position"] == 1
    assert {"recordedtime", "time", "source", "type", "log", "session"} <= record.keys()
    assert reply.headers["Link"] == f'<{reply.document["next"]}>; rel="next"'


async def test_an_unknown_session_is_not_found_and_an_erased_one_is_gone(api: Api) -> None:
    assert (await api.get("/api/v1/sessions/nobody/events")).status == 404
    await tell(api, 10)
    assert (await api.ask("DELETE", "/api/v1/sessions/walk")).status == 200
    assert (await api.get("/api/v1/sessions/walk/events")).status == 410


@pytest.mark.parametrize("cursor", ["5", "a_b", "1_", "_1", "1_2_3", "9" * 19 + "_1"])
async def test_a_cursor_that_was_made_up_is_refused_by_name(api: Api, cursor: str) -> None:
    await tell(api, 10)
    reply = await api.get("/api/v1/sessions/walk/events", {"cursor": cursor})
    assert reply.status == 400
    assert reply.faults[0][1] == "cursor"


async def test_a_token_of_another_log_sees_none_of_it(api: Api) -> None:
    await tell(api, 10)
    reply = await api.get("/api/v1/sessions/walk/events", {"log": "default"}, token="park")
    assert reply.status == 403
