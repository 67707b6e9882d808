"""Clients from outside: one written from the seed's document alone, one as Roundware's own logs, and curl."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import msgspec
import pytest

from replay.clock import Clock, now
from server.roundware.event_types import TYPES
from server.roundware.listen_filters import listens_question
from server.roundware.listenevents import ListenEvent
from server.roundware.routes import ROUTES
from server.roundware.users import MOST
from tests.server.api import Api
from tests.server.examples import Contract, output

FOLDER = Path(__file__).parent
CONTRACT = Contract("roundware")

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not on the PATH")


@pytest.fixture
def clock() -> Clock:
    return now


@needs_node
async def test_what_a_web_client_logs_a_client_of_the_document_reads(api: Api) -> None:
    session = (await output("node", str(FOLDER / "logger.mjs"), api.url, "phone-7")).strip()
    told = await output("node", str(FOLDER / "client.mjs"), api.url, api.tokens["read"], session)
    assert told.splitlines() == [
        "2026-05-14T14:57:05.979000 asset 11 28.41 s",
        "2026-05-14T14:57:40 asset 12 10.36 s",
        "2026-05-14T14:58:00 asset 11 3.14 s",
        "2026-05-14T14:58:10 asset 13",
    ]
    replay = (await api.get(f"/api/v1/sessions/{session}/replay")).document
    assert [(clip["asset"], clip["duration"], clip["end"]) for clip in replay["clips"][:3]] == [
        ("11", 28.41, "observed"),
        ("12", 10.36, "observed"),
        ("11", 3.141, "observed"),
    ]
    assert [(clip["sequence"], clip["asset"], clip["end"]) for clip in replay["clips"][3:]] == [
        (4, "13", "open")
    ]
    assert replay["silences"]
    feed = (await api.get("/api/v1/devices/phone-7/events?type=listen-*")).document["events"]
    assert len(feed) == 7


async def test_the_contracts_examples_run_in_a_shell(api: Api) -> None:
    *documents, status = await CONTRACT.run(api)
    session, listen, ended, paused, found, replay = map(msgspec.json.decode, documents)
    assert (session["project_id"], session["client_system"]) == (1, "iOS 10.2")
    assert (listen["session_id"], listen["asset_id"], listen["project_id"]) == (session["id"], 11, 1)
    assert ended == {**listen, "duration_in_seconds": 28.41}
    assert (paused["event_type"], paused["tag_ids"]) == ("pause_stream", "3,8")
    assert found == [ended]
    assert [clip["asset"] for clip in replay["clips"]] == ["11"]
    assert status == "204"


def test_the_contract_has_every_route_filter_field_and_type() -> None:
    for route in ROUTES:
        assert f"`{route.method} {route.path}/`" in CONTRACT.text
    for type_, ours in TYPES.items():
        assert re.search(rf"`{type_}`.*\| `{ours}`", CONTRACT.text)
    for field in ListenEvent.__struct_fields__:
        assert f"`{field}`" in CONTRACT.text
    filters = {"session", "asset", "project_id", "duration", "limit", "after", "log"}
    filters |= {"duration__lte", "duration__gte", "start_time__lte", "start_time__gte", "start_time__range"}
    for name in filters:
        assert f"`{name}`" in CONTRACT.text
        assert listens_question({name: "1"} if name in ("limit", "after") else {}, "default", 0)
    assert f"makes {MOST} new users a minute" in CONTRACT.text
