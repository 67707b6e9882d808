"""Clients from outside: one written from the documents alone, and curl as the contract shows it."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

from replay.clock import Clock, now
from server.loggr.listing import MOST, PAGE_SIZE
from server.loggr.posting import LINE, NAMES, USER
from server.loggr.routes import ROUTES
from tests.server.api import Api
from tests.server.examples import Contract, output

CONTRACT = Contract("loggr")


@pytest.fixture
def clock() -> Clock:
    return now


async def test_a_client_written_from_the_documents_alone_works(api: Api) -> None:
    keys = [api.tokens[name] for name in ("ingest", "read", "admin")]
    poster = str(Path(__file__).parent / "poster.py")
    texts = ["one", "two with ünïcode 🌿", "50 % & more = less"]
    told = await output(sys.executable, poster, api.url, "shop", *keys, *texts)
    assert told == "posted, listed and deleted 3 events\n"


async def test_the_contracts_examples_run_in_a_shell(api: Api) -> None:
    posted, tracked, found, *rest = await CONTRACT.run(api)
    line = msgspec.json.decode(posted)
    assert (line["text"], line["tags"], line["user"]) == ("A user was created", ["user", "created"], "anna")
    assert msgspec.json.decode(tracked)["type"] == "user-tracked"
    assert [one["id"] for one in msgspec.json.decode(found)] == [line["id"]]
    assert rest[:2] == ["@json", '{"plan": "free"}']
    assert [one["type"] for one in msgspec.json.decode(rest[2])] == ["user-tracked"]
    assert rest[3] == "204"


def test_the_contract_has_every_route_parameter_and_field() -> None:
    for route in ROUTES:
        assert f"`{route.method} {route.path.replace('{log}', '{logkey}')}`" in CONTRACT.text
    listed = ("pagenum", "pagesize", "order", "tags", "sinceid", "created", "cursor")
    for name in (*listed, *LINE, *NAMES, *USER, "timestamp", "username", "apikey"):
        assert f"`{name}`" in CONTRACT.text
    assert f"1 and {PAGE_SIZE}; a page is never longer than {MOST}" in CONTRACT.text
