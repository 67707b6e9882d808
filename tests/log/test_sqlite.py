"""The engine in a SQLite file passes the contract."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from replay.clock import Clock, now
from replay.log import EventLog, SqliteLog
from tests.log.contract import Engine, LogContract
from tests.log.making import numbered


class SqliteEngine:
    """Opens logs in a folder, and closes them all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._logs: list[SqliteLog] = []

    async def open(self, *, clock: Clock = now) -> EventLog:
        return await self._keep(await SqliteLog.open(self._folder / f"log-{len(self._logs)}.db", clock=clock))

    async def restore(self, copy: Path) -> EventLog:
        return await self._keep(await SqliteLog.open(copy))

    async def close(self) -> None:
        for log in self._logs:
            await log.close()

    async def _keep(self, log: SqliteLog) -> SqliteLog:
        self._logs.append(log)
        return log


class TestSqliteLog(LogContract):
    @pytest.fixture
    async def engine(self, tmp_path: Path) -> AsyncIterator[Engine]:
        engine = SqliteEngine(tmp_path)
        yield engine
        await engine.close()

    async def test_a_page_of_long_events_is_short_and_nothing_is_passed_over(self, engine: Engine) -> None:
        log = await engine.open()
        await log.append(numbered(1, 60, data={"note": "y" * 60_000}))
        after, seen = 0, []
        while page := await log.read(after, 500):
            assert sum(len(record.body or b"") for record in page) < 600_000
            seen += [record.position for record in page]
            after = page[-1].position
        assert seen == list(range(1, 61))
        assert len(await log.read(0, 1)) == 1
