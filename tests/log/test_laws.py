"""Laws of every engine: appends, repetitions, conflicts, erasures and restarts do what a list would."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from replay.errors import Conflict
from replay.log import EventLog, MemoryLog, SqliteLog
from replay.log.chain import key_of
from replay.log.sqlite import Limits
from tests.log.making import NOON, HandClock, event, everything

T = TypeVar("T")

Told = tuple[str, str, str, int]
"""An event of the model: its log, source and id, and a number for its content."""

told_events = st.tuples(
    st.sampled_from(["museum", "park"]),
    st.sampled_from(["player", "web", "car"]),
    st.sampled_from("abcdefgh"),
    st.sampled_from([0, 0, 0, 0, 1]),
)
appends = st.lists(told_events, max_size=8)


class Model:
    """A log as a list: what is expected of the engine."""

    def __init__(self) -> None:
        self.kept: list[Told | None] = []  # by position - 1; None: erased, or an erasure's own record
        self.places: dict[tuple[str, str, str], int] = {}
        self.times: list[int] = []

    def append(self, told: Sequence[Told], time: int) -> list[tuple[int, str]] | None:
        """The receipts' positions and statuses, or None for a conflict."""
        kept, places = list(self.kept), dict(self.places)
        receipts = []
        for one in told:
            key = one[:3]
            if key not in places:
                kept.append(one)
                places[key] = len(kept)
                receipts.append((len(kept), "stored"))
            elif (there := kept[places[key] - 1]) is None:
                receipts.append((places[key], "erased"))
            elif there == one:
                receipts.append((places[key], "already-stored"))
            else:
                return None
        self.times += [time] * (len(kept) - len(self.kept))
        self.kept, self.places = kept, places
        return receipts

    def erase(self, positions: Sequence[int], time: int) -> int:
        """How many records tell of the erasure."""
        there = [at for at in set(positions) if 0 < at <= len(self.kept) and self.kept[at - 1] is not None]
        logs = {one[0] for at in there if (one := self.kept[at - 1]) is not None}
        for at in there:
            self.kept[at - 1] = None
        self.kept += [None] * len(logs)
        self.times += [time] * len(logs)
        return len(logs)


def crowded(log: str, source: str, id: str) -> bytes:
    """A key by which nearly everything collides."""
    whole = key_of(log, source, id)
    return bytes([0x7F, 0xFF, 0xFF, 0xFF, 0xFF - whole[0] % 2, 0xFF, 0xFF, 0xFE + whole[5] % 2]) + whole[8:]


class MemoryMachine(RuleBasedStateMachine):
    """Drives a log in memory and the model side by side."""

    log: EventLog

    @initialize()
    def start(self) -> None:
        self.runner = asyncio.Runner()
        self.clock = HandClock()
        self.model = Model()
        self.log = self.run(self.open())

    def run(self, call: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(call)

    async def open(self) -> EventLog:
        return MemoryLog(clock=self.clock)

    @rule(groups=st.lists(appends, min_size=1, max_size=4), step=st.integers(-3, 9))
    def append(self, groups: list[list[Told]], step: int) -> None:
        """Several callers at once; in the order in which they call."""
        self.clock.time += step
        expected = [self.model.append(told, self.clock.time) for told in groups]
        outcomes = self.run(self.append_together(groups))
        for outcome, receipts in zip(outcomes, expected, strict=True):
            if isinstance(outcome, BaseException):
                assert isinstance(outcome, Conflict)
                assert receipts is None
            else:
                assert [(receipt.position, receipt.status) for receipt in outcome] == receipts

    async def append_together(self, groups: list[list[Told]]) -> list[Any]:
        calls = (self.log.append([make(*told) for told in group]) for group in groups)
        return await asyncio.gather(*calls, return_exceptions=True)

    @rule(positions=st.lists(st.integers(-1, 40), max_size=6), step=st.integers(-3, 9))
    def erase(self, positions: list[int], step: int) -> None:
        self.clock.time += step
        receipts = self.run(self._erase(positions))
        assert receipts == self.model.erase(positions, self.clock.time)

    async def _erase(self, positions: list[int]) -> int:
        return len(await self.log.erase(positions, "a law"))

    @rule(log=st.sampled_from(["museum", "park"]), id=st.sampled_from("abcdefgh"))
    def find(self, log: str, id: str) -> None:
        found = self.run(self.log.find(log, id))
        kept = enumerate(self.model.kept, start=1)
        expected = [at for at, one in kept if one is not None and (one[0], one[2]) == (log, id)]
        assert [record.position for record in found] == expected

    @rule(since=st.integers(-30, 100))
    def position_at(self, since: int) -> None:
        later = [at for at, time in enumerate(self.model.times, start=1) if time > NOON + since]
        expected = later[0] - 1 if later else len(self.model.times)
        assert self.run(self.log.position_at(NOON + since)) == expected

    def teardown(self) -> None:
        if hasattr(self, "log"):
            self.run(self.check())
            self.run(self.log.close())
            self.runner.close()

    async def check(self) -> None:
        """The log has exactly what the model has, and verifies."""
        records = await everything(self.log)
        assert [record.recordedtime for record in records] == self.model.times
        for record, one in zip(records, self.model.kept, strict=True):
            if one is not None:
                assert record.body == make(*one).body
            else:
                assert record.erased or record.event().type == "event-erased"
        verification = await self.log.verify()
        assert verification.records == len(self.model.kept)


class SqliteMachine(MemoryMachine):
    """The same on SQLite, with an index of tiny runs that collide, and restarts."""

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        super().start()

    async def open(self) -> EventLog:
        path = Path(self.folder.name) / "log.db"
        limits = Limits(keys_in_memory=6, erased_at_once=100, readers=1)
        return await SqliteLog.open(path, clock=self.clock, limits=limits, key=crowded)

    @rule()
    def restart(self) -> None:
        self.run(self.log.close())
        self.log = self.run(self.open())

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "folder"):
            self.folder.cleanup()


def make(log: str, source: str, id: str, content: int) -> Any:
    return event(id, log=log, source=source, data={"content": content})


TestMemoryLaws = MemoryMachine.TestCase
TestMemoryLaws.settings = settings(max_examples=50, stateful_step_count=25)
TestSqliteLaws = SqliteMachine.TestCase
TestSqliteLaws.settings = settings(max_examples=25, stateful_step_count=20)
