"""Clients from outside: one written from the seed's document alone, one as its SDK goes, and curl."""

from __future__ import annotations

import sys
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest

from replay.clock import Clock, now
from server.questions.devices import FEED
from server.vinli.events import vinli_event
from server.vinli.feed import DEFAULT_LIMIT, MOST
from tests.server.api import Api, event
from tests.server.examples import Contract, output

CONTRACT = Contract("vinli")
PAGER = str(Path(__file__).parent / "pager.py")


@pytest.fixture
def clock() -> Clock:
    return now


async def fill(api: Api, count: int) -> None:
    """Events in bursts of 250 to the millisecond, every fifth of them a start."""
    told = [
        event(
            f"e{number}",
            "startup" if number % 5 == 0 else "rule-leave",
            device="car",
            time=f"2026-05-14T14:57:00.{number // 250:03}Z",
            data={"object": {"id": "r", "type": "rule"}, "meta": {"n": number}},
        )
        for number in range(count)
    ]
    assert (await api.send(*told)).status == 200


@pytest.mark.parametrize("scheme", ["Bearer", "Basic"])
async def test_a_client_written_from_the_document_alone_reads_a_devices_history(
    api: Api, scheme: str
) -> None:
    await fill(api, 2000)
    token = api.tokens["read"]
    secret = token if scheme == "Bearer" else b64encode(f"app:{token}".encode()).decode()
    told = await output(sys.executable, PAGER, api.url, "car", "99", f"{scheme} {secret}")
    assert told == "2000 events on 21 pages\n"
    told = await output(sys.executable, PAGER, api.url, "car", "1000", f"{scheme} {secret}", "startup")
    assert told == "400 events on 4 pages\n"


SDK_KEYS = {"limit", "since", "until", "type"}


@pytest.mark.parametrize("limit", [None, 7, 100])
async def test_an_sdk_that_passes_on_only_four_keys_loses_nothing(api: Api, limit: int | None) -> None:
    await fill(api, 600)
    asked: dict[str, Any] = {"since": "2026-05-14T14:57:00.000Z", "type": "rule-*"}
    if limit is not None:
        asked["limit"] = limit
    found: list[str] = []
    while True:
        page = (await api.get("/api/v1/devices/car/events", asked)).document
        found += [one["id"] for one in page["events"]]
        prior = page["meta"]["pagination"]["links"].get("prior")
        if prior is None:
            break
        asked = dict(parse_qsl(urlsplit(prior).query))
        assert asked.keys() <= SDK_KEYS
        assert len(asked["until"].partition(".")[2]) <= len("123456789Z")
    assert found == [f"e{number}" for number in reversed(range(250, 600)) if number % 5]


async def test_the_contracts_examples_run_in_a_shell(api: Api) -> None:
    sent, newest, prior, rules, one, refused = map(msgspec.json.decode, await CONTRACT.run(api))
    assert sent["position"] == 3
    assert [found["id"] for found in newest["events"]] == ["3"]
    assert [found["id"] for found in prior["events"]] == ["2"]
    remaining = [page["meta"]["pagination"]["remaining"] for page in (newest, prior, rules)]
    assert remaining == [2, 1, 0]
    assert [found["id"] for found in rules["events"]] == ["2", "3"]
    assert one["event"] == prior["events"][0]
    assert CONTRACT.text.count("there is no device 'car' in log 'default'") == 1
    assert refused == {
        "statusCode": 404,
        "error": "Not Found",
        "message": "there is no device 'nobody' in log 'default'",
    }


async def test_the_contract_has_every_parameter_and_field(api: Api) -> None:
    for name in FEED.readers:
        assert f"`{name}`" in CONTRACT.text
    assert f"| `limit` | {DEFAULT_LIMIT}; above {MOST} it is {MOST}" in CONTRACT.text
    await api.send(event("1", device="car", data={"vehicleId": "v", "meta": {"a": 1}}))
    [record] = await api.services.log.get([1])
    for field in vinli_event(record, "", "default"):
        assert f"`{field}`" in CONTRACT.text
    page = (await api.get("/api/v1/devices/car/events")).document
    for field in page["meta"]["pagination"]:
        assert f'"{field}"' in CONTRACT.text


async def test_what_a_link_to_notifications_leads_to_is_not_there(api: Api) -> None:
    await api.send(event("1", device="car"))
    shown = (await api.get("/api/v1/events/1")).document["event"]
    path = shown["links"]["notifications"].removeprefix(api.url)
    answer = await api.get(path)
    assert (answer.status, answer.document["statusCode"]) == (404, 404)
    assert "it answers 404" in CONTRACT.text
