"""A server killed without warning, again and again: nothing acknowledged is lost, the views are as if rebuilt."""

from __future__ import annotations

import asyncio
import http.client
import random
import signal
import threading
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from projections import Projections
from replay.log import SqliteLog
from server.access import TokenStore
from tests.projections.house import dump, fresh_dump
from tests.server.cli.processes import serving

ROUNDS = 20
SENDERS = 3
SESSIONS = 12
TYPES = ["heartbeat", "listen-started", "session-started", "session-ended", "rule-enter"]


class Sender(threading.Thread):
    """Posts batches until the connection breaks; keeps what was acknowledged, by id.

    It begins with the batch whose fate the last kill left unknown, as a sender that retries does.
    """

    def __init__(self, url: str, token: str, seed: int, unsettled: list[dict[str, Any]]) -> None:
        super().__init__()
        self.address = urlsplit(url).netloc
        self.token = token
        self.random = random.Random(seed)
        self.acknowledged: dict[str, int] = {}
        self.unsettled = unsettled

    def run(self) -> None:
        connection = http.client.HTTPConnection(self.address, timeout=30)
        try:
            while True:
                self.unsettled = self.unsettled or self._batch()
                self._post(connection, self.unsettled)
        except (OSError, http.client.HTTPException):
            connection.close()

    def _post(self, connection: http.client.HTTPConnection, batch: list[dict[str, Any]]) -> None:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        connection.request("POST", "/api/v1/events", msgspec.json.encode(batch), headers)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status in (200, 202, 503), body
        if answer.status != 503:
            for receipt in msgspec.json.decode(body)["receipts"]:
                self.acknowledged[receipt["id"]] = receipt["position"]
            self.unsettled = []

    def _batch(self) -> list[dict[str, Any]]:
        return [self._event() for _ in range(self.random.choice([1, 1, 7, 60]))]

    def _event(self) -> dict[str, Any]:
        session = self.random.randrange(SESSIONS)
        minute, second = self.random.randrange(60), self.random.randrange(60)
        type_ = self.random.choice(
            ["heartbeat", "listen-started", "session-started", "session-ended", "rule-enter"]
        )
        return {
            "id": str(uuid.UUID(int=self.random.getrandbits(128), version=4)),
            "source": "kill",
            "type": type_,
            "time": f"2026-05-14T14:{minute:02}:{second:02}Z",
            "session": f"s{session}",
            "device": f"d{session % 5}",
            "data": {"asset": f"a{second % 3}"} if type_ == "listen-started" else {},
        }


def killed_under_load(data: Path, token: str, seed: int, before: list[Sender]) -> list[Sender]:
    """One round: serve, load, kill at a moment of chance."""
    with serving(data, token) as server:
        left = [sender.unsettled for sender in before] or [[]] * SENDERS
        senders = [Sender(server.url, token, seed * 100 + n, batch) for n, batch in enumerate(left)]
        for sender in senders:
            sender.start()
        threading.Event().wait(random.Random(seed).uniform(0.02, 0.5))
        server.stop(signal.SIGKILL)
        for sender in senders:
            sender.join()
        return senders


async def log_of(data: Path) -> dict[str, list[int]]:
    """The positions of every id in the log, which must verify."""
    log = await SqliteLog.open(data / "log.db", read_only=True)
    try:
        found: dict[str, list[int]] = {}
        after = 0
        while records := await log.read(after, 1000):
            for record in records:
                found.setdefault(record.event().id, []).append(record.position)
            after = records[-1].position
        await log.verify()
        return found
    finally:
        await log.close()


async def live_and_rebuilt(data: Path, scratch: Path) -> tuple[Any, Any]:
    """The views that survived, caught up, and the views built from nothing."""
    log = await SqliteLog.open(data / "log.db")
    try:
        projections = await Projections.open(data, log)
        await projections.catch_up()
        await projections.close()
        return dump(data), await fresh_dump(log, scratch)
    finally:
        await log.close()


async def make_token(data: Path) -> str:
    store = await TokenStore.open(data / "tokens.db")
    try:
        return (await store.create("kill", ["ingest", "read"], None)).token
    finally:
        await store.close()


@pytest.mark.timeout(300)
def test_twenty_kills_under_load_lose_no_acknowledged_event_and_leave_views_as_rebuilt(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    token = asyncio.run(make_token(data))
    acknowledged: dict[str, int] = {}
    senders: list[Sender] = []
    for seed in range(ROUNDS):
        senders = killed_under_load(data, token, seed, senders)
        for sender in senders:
            acknowledged.update(sender.acknowledged)
        found = asyncio.run(log_of(data))
        assert {id_: found.get(id_) for id_ in acknowledged} == {
            id_: [position] for id_, position in acknowledged.items()
        }
    assert len(acknowledged) > 100 * ROUNDS
    live, rebuilt = asyncio.run(live_and_rebuilt(data, tmp_path / "scratch"))
    assert live == rebuilt
