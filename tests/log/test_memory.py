"""The engine in memory passes the contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from replay.clock import Clock, now
from replay.log import EventLog, MemoryLog
from tests.log.contract import Engine, LogContract


class MemoryEngine:
    async def open(self, *, clock: Clock = now) -> EventLog:
        return MemoryLog(clock=clock)

    async def restore(self, copy: Path) -> EventLog:
        return MemoryLog.restore(copy)


class TestMemoryLog(LogContract):
    @pytest.fixture
    def engine(self) -> Engine:
        return MemoryEngine()
