"""The logbook natively: logs by name, a log line by line, who may read which."""

from __future__ import annotations

from typing import Any

import pytest

from projections import Bounds
from projections.logbook import search
from tests.server.api import Api, Reply, event

PATH = "/api/v1/logs/park/events"


def line(id: str, at: str = "2026-05-14T12:00:00Z", log: str = "park", **data: Any) -> dict[str, object]:
    return event(id, type="log-line", log=log, time=at, data=data)


def ids(answer: Reply) -> list[str]:
    assert answer.status == 200, answer.body
    return [one["id"] for one in answer.document["events"]]


async def test_logs_are_listed_by_name_with_what_they_hold(api: Api) -> None:
    await api.send(line("1", log="b"), line("2", "2026-05-14T13:00:00.123456Z", log="b"), line("3", log="a"))
    answer = await api.get("/api/v1/logs")
    first, second = answer.document["logs"]
    assert (first["log"], first["events"], first["position"]) == ("a", 1, 3)
    assert second.pop("recordedtime").endswith("Z")
    assert second == {
        "log": "b",
        "first_time": "2026-05-14T12:00:00.000000Z",
        "last_time": "2026-05-14T13:00:00.123000Z",
        "events": 2,
        "position": 2,
        "links": {"events": "/api/v1/logs/b/events"},
    }
    assert (answer.document["position"], answer.document["next"], answer.position) == (3, None, 3)


async def test_logs_come_a_page_at_a_time(api: Api) -> None:
    await api.send(*(line("1", log=f"log {number}") for number in range(5)))
    path: str | None = "/api/v1/logs?limit=2"
    names: list[str] = []
    while path is not None:
        answer = await api.get(path)
        names += [log["log"] for log in answer.document["logs"]]
        path = answer.document["next"]
        assert ("Link" in answer.headers) == (path is not None)
    assert names == [f"log {number}" for number in range(5)]


async def test_a_token_sees_its_own_logs_alone(api: Api) -> None:
    await api.send(line("1"), line("2", log="museum"), line("3", log="zoo"))
    for token, seen in (("park", ["park"]), ("two", ["museum", "park"]), ("read", ["museum", "park", "zoo"])):
        listed = (await api.get("/api/v1/logs", token=token)).document["logs"]
        assert [log["log"] for log in listed] == seen
        for log in ("park", "museum", "zoo"):
            answer = await api.get(f"/api/v1/logs/{log}/events", token=token)
            assert answer.status == (200 if log in seen else 403)
    assert (await api.get(PATH, token="ingest")).status == 403
    assert (await api.get("/api/v1/logs", token=None)).status == 401


async def test_lines_are_records_in_the_order_of_their_arrival(api: Api) -> None:
    await api.send(
        line("1", "2026-05-14T13:00:00Z", text="late"), line("2", text="early"), event("3", log="park")
    )
    answer = await api.get(PATH)
    assert ids(answer) == ["1", "2", "3"]
    assert ids(await api.get(PATH, {"order": "desc"})) == ["3", "2", "1"]
    first = answer.document["events"][0]
    assert (first["position"], first["log"], first["data"]) == (1, "park", {"text": "late"})
    assert first["recordedtime"].endswith("Z")
    assert (answer.document["position"], answer.document["next"], answer.position) == (3, None, 3)
    assert ids(await api.get("/api/v1/logs/nothing/events")) == []


FILTERS: list[tuple[dict[str, object], list[str]]] = [
    ({}, ["1", "2", "3"]),
    ({"tags": "late"}, ["1", "3"]),
    ({"tags": "Late cache"}, ["1"]),
    ({"source": "web1"}, ["1"]),
    ({"user": "ann"}, ["2", "3"]),
    ({"class": "error"}, ["1", "2"]),
    ({"class": "error", "tags": "late"}, ["1"]),
    ({"text": "time"}, ["1", "3"]),
    ({"text": "^time"}, ["3"]),
    ({"text": "(?i)TIME", "order": "desc"}, ["3", "1"]),
    ({"since": "2026-05-14T14:00:00.001Z"}, ["2", "3"]),
    ({"since": "2026-05-14T16:00:00.001+02:00", "until": "2026-05-14T14:00:00.001999Z"}, ["2"]),
    ({"until": "2026-05-14T12:00:00Z"}, ["1"]),
    ({"after": 1}, ["2", "3"]),
    ({"after": 3}, []),
    ({"after": 1, "order": "desc", "limit": 1}, ["3"]),
]


@pytest.mark.parametrize(("parameters", "found"), FILTERS)
async def test_each_filter_lets_through_what_it_says(
    api: Api, parameters: dict[str, object], found: list[str]
) -> None:
    await api.send(
        line("1", text="a timeout", tags=["late", "cache"], source="web1", **{"class": "error"}),
        line("2", "2026-05-14T14:00:00.001Z", text="hit", tags=["cache"], user="ann", **{"class": "error"}),
        {**line("3", "2026-05-14T15:00:00Z", text="timeless", tags=["late"]), "user": "ann"},
        line("4", log="museum", text="a timeout", tags=["late", "cache"], source="web1", user="ann"),
    )
    assert ids(await api.get(PATH, parameters)) == found


@pytest.mark.parametrize(
    "parameters",
    [{}, {"order": "desc"}, {"tags": "a"}, {"tags": "a b", "order": "desc"}, {"text": "line", "class": "c"}],
)
async def test_following_next_loses_and_repeats_nothing_while_lines_arrive(
    api: Api, parameters: dict[str, object]
) -> None:
    def told(number: int) -> dict[str, object]:
        return line(f"{number:03}", text=f"line {number}", tags=["a", "b"], **{"class": "c"})

    await api.send(*(told(number) for number in range(50)))
    answer = await api.get(PATH, {**parameters, "limit": 7})
    seen = ids(answer)
    for number in range(100, 200):
        if answer.document["next"] is None:
            break
        if number < 103:
            await api.send(told(number))
        answer = await api.get(answer.document["next"])
        seen += ids(answer)
    old = [f"{number:03}" for number in range(50)]
    if parameters.get("order") == "desc":
        assert seen == old[::-1]
    else:
        assert seen == [*old, "100", "101", "102"]


async def test_a_search_that_is_cut_off_brings_next_and_says_so(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FIRST_STEP", 10)
    monkeypatch.setattr(search, "LONGEST_STEP", 10)
    await api.send(*(line(f"{number:03}", text=f"line {number}") for number in range(100)))
    api.services.projections.logbook.bounds = Bounds(texts=10)
    path: str | None = f"{PATH}?text=99$"
    seen: list[str] = []
    short = 0
    while path is not None:
        answer = await api.get(path)
        seen += ids(answer)
        path = answer.document["next"]
        short += answer.headers.get("Playhead-Scanned", "0").endswith("; incomplete")
        assert ("Link" in answer.headers) == (path is not None)
    assert seen == ["099"]
    assert short >= 5


async def test_an_erased_line_is_gone_from_lists_and_counts(api: Api) -> None:
    await api.send(line("1", text="kept"), line("2", text="gone", tags=["x"]))
    assert (await api.ask("DELETE", "/api/v1/events/2", {"log": "park"})).status == 200
    assert ids(await api.get(PATH)) == ["1"]
    assert ids(await api.get(PATH, {"tags": "x"})) == []
    assert ids(await api.get(PATH, {"text": "gone"})) == []
    assert [log["events"] for log in (await api.get("/api/v1/logs")).document["logs"]] == [1]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("text", "("), ("text", "a" * 1001), ("since", "yesterday"), ("until", "2026-05-14"), ("order", "up"),
        ("limit", "0"), ("limit", "501"), ("after", "-1"), ("cursor", "x"), ("class_", "x"), ("pagenum", "1"),
        ("min_position", "x"),
    ],
)  # fmt: skip
async def test_what_cannot_be_read_is_refused_by_name(api: Api, parameter: str, value: str) -> None:
    answer = await api.get(PATH, {parameter: value})
    assert answer.status == 400
    assert [field for _, field, _ in answer.faults] == [parameter]
