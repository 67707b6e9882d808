"""Whatever happens, in whatever batches: the listens are what the fold says, and what a rebuild gives."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from projections import ListenFilter, Projections
from projections.listens.fold import ListensView
from projections.view import View
from replay.envelope import Event
from replay.events import SessionStarted
from replay.log.memory import MemoryLog
from replay.timeline import Evidence, Placed, fold, place
from tests.projections.house import dump, event, fresh_dump

VIEWS: tuple[View, ...] = (ListensView(),)
SESSIONS = ("s1", "s2")

LISTENS = st.sampled_from(["a", "a", "b"])
ASSETS = st.sampled_from(["bell", "bell", "rain"])
SECONDS = st.sampled_from([0.0, 0.0000025, 1.0, 2.5, 5.0])
STARTED = st.one_of(
    st.fixed_dictionaries({"asset": ASSETS}),
    st.fixed_dictionaries({"asset": ASSETS, "listen": LISTENS}),
    st.fixed_dictionaries({"asset": ASSETS, "listen": LISTENS}),
)
ENDED = st.one_of(
    st.fixed_dictionaries({"listen": LISTENS}, optional={"duration": SECONDS, "asset": ASSETS}),
    st.fixed_dictionaries({"asset": ASSETS}, optional={"duration": SECONDS}),
)
BEGUN = st.fixed_dictionaries(
    {}, optional={"project": st.sampled_from([1, "1", "park", "", None, "p" * 300])}
)
TOLD = st.one_of(
    st.tuples(st.just("listen-started"), STARTED),
    st.tuples(st.just("listen-started"), STARTED),
    st.tuples(st.just("listen-ended"), ENDED),
    st.tuples(st.just("listen-ended"), ENDED),
    st.tuples(st.just("session-started"), BEGUN),
    st.tuples(st.just("heartbeat"), st.just({})),
)
EVENTS = st.tuples(st.sampled_from(["s1", "s1", "s1", "s2"]), st.integers(0, 6), TOLD)
BATCHES = st.lists(EVENTS, min_size=1, max_size=4)
ERASURES = st.lists(st.integers(0, 60), min_size=1, max_size=4).map(tuple)
HISTORIES = st.lists(st.one_of(BATCHES, BATCHES, ERASURES), min_size=1, max_size=12)

Row = tuple[int, str, str | None, str | None, int, int | None, int | None]


def made(told: tuple[str, int, tuple[str, dict[str, Any]]]) -> Event:
    session, seconds, (type_, data) = told
    return event(type_, at=seconds, session=session, data=data)


async def live(history: list[Any], log: MemoryLog, folder: Path) -> list[Row]:
    """Let a history happen, folding after each step, and list the listens in the end."""
    projections = await Projections.open(folder, log, views=VIEWS)
    positions: list[int] = []
    try:
        await projections.catch_up()
        for step in history:
            if isinstance(step, tuple):
                chosen = [positions[at % len(positions)] for at in step if positions]
                await log.erase(chosen, "asked for")
            else:
                positions += [receipt.position for receipt in await log.append([made(one) for one in step])]
            await projections.catch_up()
        page = await projections.listens.list(ListenFilter(log="default"))
        for row in page.listens:
            assert await projections.listens.listen("default", row.position) == row
        return [
            (row.position, row.session, row.asset, row.project, row.start, row.duration, row.ended)
            for row in page.listens
        ]
    finally:
        await projections.close()


async def folded(log: MemoryLog) -> list[Row]:
    """What the fold says of every listen that is left."""
    records = [place(record) for record in await log.read(0, 10_000) if not record.erased]
    rows: list[Row] = []
    for session in SESSIONS:
        own = tuple(record for record in records if record.event.session == session)
        if own:
            rows += _of_session(session, own)
    return sorted(rows)


def _of_session(session: str, records: tuple[Placed, ...]) -> list[Row]:
    project = _project(records)
    kept = tuple(record for record in records if record.event.type != "event-erased")
    if not kept:
        return []
    timeline = fold(Evidence(log="default", session=session, records=kept))
    return [
        (
            listen.position,
            session,
            listen.asset,
            project,
            listen.start // 1000,
            None if listen.end != "observed" else listen.stop - listen.start,
            listen.ended_by,
        )
        for listen in timeline.listens
    ]


def _project(records: tuple[Placed, ...]) -> str | None:
    for record in sorted(records, key=lambda placed: placed.position):
        data = record.event.typed_data()
        if (
            isinstance(data, SessionStarted)
            and data.project not in (None, "")
            and len(str(data.project)) < 257
        ):
            return str(data.project)
    return None


@settings(max_examples=70)
@given(HISTORIES)
def test_listens_are_what_the_fold_says_and_what_a_rebuild_gives(history: list[Any]) -> None:
    async def check(folder: Path) -> None:
        log = MemoryLog()
        assert await live(history, log, folder) == await folded(log)
        assert dump(folder, VIEWS) == await fresh_dump(log, folder / "fresh", VIEWS)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(check(Path(folder)))
