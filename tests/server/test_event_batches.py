"""A session's records as a batch of CloudEvents, for another server."""

from __future__ import annotations

import json
from pathlib import Path

from cloudevents.core.formats.json import JSONFormat

from replay.log import MemoryLog
from tests.server.api import Api, event
from tests.server.conftest import open_over, patient, serve

PATH = "/api/v1/sessions/walk/replay"
BATCH = {"Content-Type": "application/cloudevents-batch+json"}


async def walk(api: Api) -> None:
    await api.send(
        event("d", "asset-described", data={"asset": "river", "title": "Der Fluß", "duration": 20}),
        event(
            "1", "session-started", session="walk", device="phone", sequence=1, time="2026-05-14T14:57:00Z"
        ),
        event(
            "2",
            "listen-started",
            session="walk",
            device="phone",
            sequence=2,
            monotonic=12.5,
            time="2026-05-14T14:57:00+00:00",
            data={"asset": "river", "in": 1.5},
        ),
        event("3", "heartbeat", session="elsewhere", device="phone", sequence=3),
        event("4", "session-ended", session="walk", device="phone", sequence=4, time="2026-05-14T14:58:00Z"),
    )


async def test_the_batch_is_cloudevents_and_replays_the_same_elsewhere(api: Api, tmp_path: Path) -> None:
    await walk(api)
    there = await api.get(PATH)
    answer = await api.get(f"{PATH}.cloudevents.json")
    assert answer.headers["Content-Type"] == "application/cloudevents-batch+json"
    read = [JSONFormat().read(None, json.dumps(one)) for one in answer.document]
    assert [one.get_id() for one in read] == ["d", "1", "2", "3", "4"]
    assert {one.get_extension("position") for one in read} == {None}
    log = MemoryLog()
    settings = patient(tmp_path / "other")
    settings.data.mkdir()
    async with open_over(log, settings) as services, serve(services) as other:
        posted = await other.ask("POST", "/api/v1/events", body=answer.body, headers=BATCH)
        assert posted.status == 200, posted.body
        assert (await other.get(PATH)).document["clips"] == there.document["clips"]
        here = (await other.get(PATH)).document
    for part in ("zero", "clips", "silences", "unknown", "pauses", "stalls", "marks", "assets", "totals"):
        assert here[part] == there.document[part], part


async def test_as_of_a_position_it_has_the_records_up_to_there(api: Api) -> None:
    await walk(api)
    answer = await api.get(f"{PATH}.cloudevents.json", {"as_of": 3})
    assert [one["id"] for one in answer.document] == ["d", "1", "2"]


async def test_what_was_erased_is_not_in_it(api: Api) -> None:
    await walk(api)
    await api.ask("DELETE", "/api/v1/events/2")
    answer = await api.get(f"{PATH}.cloudevents.json")
    assert [one["id"] for one in answer.document] == ["1", "3", "4"]


async def test_more_records_than_a_page_are_one_array(api: Api) -> None:
    times = [f"2026-05-14T15:{n // 60:02}:{n % 60:02}Z" for n in range(1200)]
    await api.send(*(event(str(n), session="walk", time=time) for n, time in enumerate(times)))
    answer = await api.get(f"{PATH}.cloudevents.json")
    assert [one["id"] for one in answer.document] == [str(n) for n in range(1200)]
