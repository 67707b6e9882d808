"""Live folding, a rebuild, and crashes between any two steps leave the same rows.

A crash is the copy of the files that a killed process would leave behind. It is taken before a statement, or before
a file is removed or renamed; after it the process can do nothing but close its connections.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from projections import Projections, views_file
from projections.entries import Entry
from projections.feeds.fold import FeedsView
from projections.timelines.fold import TimelinesView
from projections.view import Database, View
from replay.envelope import Event
from replay.log.contract import EventLog, Record
from replay.log.memory import MemoryLog
from tests.projections.house import copy_views, dump, event, fresh_dump


class Fussy(TimelinesView):
    """Chokes on what is of type `poison`."""

    async def apply(self, db: Database, entries: Sequence[Entry], log: EventLog) -> None:
        await super().apply(db, entries, log)
        if any(entry.type == "poison" for entry in entries):
            raise ValueError("cannot fold this")


VIEWS: tuple[View, ...] = (Fussy(), FeedsView())


class Crash(BaseException):
    """The process is gone."""


class Doom:
    """Decides before which step the process dies, and keeps what it leaves."""

    def __init__(self) -> None:
        self.steps_left: int | None = None
        self.dead = False
        self.folder = self.wreck = Path()

    def arm(self, steps: int, folder: Path, wreck: Path) -> None:
        """Die before the step after so many."""
        self.steps_left, self.dead, self.folder, self.wreck = steps, False, folder, wreck

    def disarm(self) -> None:
        """Live, from now on."""
        self.steps_left, self.dead = None, False

    def step(self) -> None:
        """Raise `Crash` when the time has come, and ever after."""
        if self.steps_left is not None and not self.dead:
            self.steps_left -= 1
            self.dead = self.steps_left < 0
            if self.dead:
                copy_views(self.folder, self.wreck)
        if self.dead:
            raise Crash


doom = Doom()


class Mortal(sqlite3.Connection):
    """A connection whose process may die before any statement."""

    def execute(self, *args: Any) -> sqlite3.Cursor:
        doom.step()
        return super().execute(*args)

    def executescript(self, *args: Any) -> sqlite3.Cursor:
        doom.step()
        return super().executescript(*args)


class Sipping(MemoryLog):
    """A log that gives few records at a time."""

    sip = 10_000

    async def read(self, after: int, limit: int) -> list[Record]:
        return await super().read(after, min(limit, self.sip))


def mortal_step(step: Callable[..., Any]) -> Callable[..., Any]:
    """The same step, before which the process may die."""

    def mortal(*args: Any, **options: Any) -> Any:
        doom.step()
        return step(*args, **options)

    return mortal


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_file, "FACTORY", Mortal)
    for name in ("unlink", "rename"):
        monkeypatch.setattr(Path, name, mortal_step(getattr(Path, name)))
    doom.disarm()


async def tell_a_story(log: MemoryLog, folder: Path) -> None:
    """A beginning that is folded, and an end that is not yet: late, poisoned, described and erased records."""
    projections = await Projections.open(folder, log, views=VIEWS)
    beginning = [
        event(session=f"s{at % 3}", device=f"d{at % 2}", user="u", at=at, sequence=at) for at in range(12)
    ]
    await log.append([*beginning, event("poison", session="s1")])
    await projections.catch_up()
    await projections.close()
    late = event(at=-7200, session="s0")
    await log.append([event("asset-described", data={"asset": "a"}), event("poison"), late])
    await log.erase([1, 2, 4, 13, 14], "asked for")
    await log.append([event("session-ended", session="s0", at=99)])


async def survives(log: MemoryLog, folder: Path, work: str) -> bool:
    """Open the views of a folder and do some work; tell whether the process lived."""
    projections = None
    try:
        projections = await Projections.open(folder, log, views=VIEWS)
        if work == "rebuild":
            await projections.rebuild(lambda done, total: None)
        await projections.catch_up()
    except Crash:
        return False
    else:
        return True
    finally:
        doom.disarm()
        if projections is not None:
            await projections.close()


@pytest.mark.usefixtures("mortal")
@pytest.mark.parametrize("work", ["fold", "rebuild"])
async def test_killed_before_any_step_the_views_come_back_the_same(tmp_path: Path, work: str) -> None:
    log, start = MemoryLog(), tmp_path / "start"
    start.mkdir()
    await tell_a_story(log, start)
    expected = await fresh_dump(log, tmp_path / "fresh", VIEWS)
    for steps in itertools.count():
        folder, wreck = tmp_path / f"life{steps}", tmp_path / f"wreck{steps}"
        copy_views(start, folder)
        doom.arm(steps, folder, wreck)
        if await survives(log, folder, work):
            break
        assert await survives(log, wreck, "fold")
        assert dump(wreck, VIEWS) == expected, f"killed before step {steps}"
    assert dump(folder, VIEWS) == expected
    assert steps > 40


names = st.sampled_from([None, "a", "b", "c"])
told = st.builds(
    event,
    st.sampled_from(["heartbeat", "session-started", "session-ended", "listen-started", "poison"]),
    session=names,
    device=names,
    user=names,
    log=st.sampled_from(["default", "other"]),
    at=st.none() | st.sampled_from([0, 0.0001, 1, 3600, -3600, -7200.5]),
    sequence=st.none() | st.integers(0, 3),
    data=st.fixed_dictionaries({"client": st.sampled_from(["x", "y"])}),
)
described = st.builds(event, st.just("asset-described"), session=names, data=st.just({"asset": "a"}))
sips = st.sampled_from([1, 2, 5, 10_000])


class Life(RuleBasedStateMachine):
    """A log that grows and is erased from, and views that are folded, rebuilt, reopened and killed."""

    def __init__(self) -> None:
        super().__init__()
        doom.disarm()
        self.loop = asyncio.Runner()
        self.root = Path(tempfile.mkdtemp())
        self.folders = (self.root / f"life{number}" for number in itertools.count())
        self.folder = next(self.folders)
        self.folder.mkdir()
        self.log = Sipping()
        self.events: list[Event] = []
        self.projections = self.run(Projections.open(self.folder, self.log, views=VIEWS))
        self.settled = False

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run(work)

    @rule(events=st.lists(told | described, min_size=1, max_size=8))
    def append(self, events: list[Event]) -> None:
        self.run(self.log.append(events))
        self.events += events

    @rule(which=st.lists(st.integers(0, 99), max_size=4))
    def send_again(self, which: list[int]) -> None:
        if self.events:
            self.run(self.log.append([self.events[at % len(self.events)] for at in which]))

    @rule(which=st.lists(st.integers(0, 99), min_size=1, max_size=6))
    def erase(self, which: list[int]) -> None:
        head = self.run(self.log.head()).position
        if head:
            self.run(self.log.erase([at % head + 1 for at in which], "asked for"))

    @rule(sip=sips)
    def fold(self, sip: int) -> None:
        self.log.sip = sip
        self.run(self.projections.catch_up())
        self.settled = True

    @rule()
    def rebuild(self) -> None:
        self.run(self.projections.rebuild(lambda done, total: None))
        self.settled = True

    @rule()
    def reopen(self) -> None:
        self.run(self.projections.close())
        self.projections = self.run(Projections.open(self.folder, self.log, views=VIEWS))

    @rule(steps=st.integers(0, 100), sip=sips, rebuilding=st.booleans(), reopening=st.booleans())
    def crash(self, steps: int, sip: int, rebuilding: bool, reopening: bool) -> None:
        self.log.sip = sip
        if reopening:
            self.run(self.projections.close())
        wreck = next(self.folders)
        doom.arm(steps, self.folder, wreck)
        try:
            if reopening:
                self.projections = self.run(Projections.open(self.folder, self.log, views=VIEWS))
            if rebuilding:
                self.run(self.projections.rebuild(lambda done, total: None))
            self.run(self.projections.catch_up())
            doom.disarm()
        except Crash:
            doom.disarm()
            self.run(self.projections.close())
            self.folder = wreck
            self.projections = self.run(Projections.open(self.folder, self.log, views=VIEWS))

    @invariant()
    def the_rows_are_those_of_a_rebuild(self) -> None:
        if self.settled:
            fresh = self.run(fresh_dump(self.log, next(self.folders), VIEWS))
            assert dump(self.folder, VIEWS) == fresh
            self.settled = False

    def teardown(self) -> None:
        try:
            self.fold(10_000)
            self.the_rows_are_those_of_a_rebuild()
        finally:
            self.run(self.projections.close())
            self.loop.close()
            shutil.rmtree(self.root)


@pytest.mark.usefixtures("mortal")
def test_any_life_leaves_the_rows_of_a_rebuild() -> None:
    run_state_machine_as_test(Life, settings=settings(max_examples=14, stateful_step_count=14))
