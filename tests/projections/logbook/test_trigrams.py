"""The text index: what a rebuild would give, and nothing of what was erased."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections import Projections
from projections.logbook import search, trigrams
from projections.logbook.candidates import Candidates, Span, match_query
from projections.logbook.literals import Either, Every
from projections.logbook.trigrams import SHELF_BITS, mark
from projections.view import Database
from replay.envelope import build_event
from replay.log.contract import EventLog
from tests.projections.house import House, event
from tests.projections.logbook.index import NAME, contents, fresh_contents, index_bytes
from tests.projections.logbook.lines import line, wanted
from tests.projections.logbook.sparse import SparseLog


async def test_a_line_is_indexed_by_its_trigrams_and_the_mark_of_its_log(
    house: House, tmp_path: Path
) -> None:
    [position] = await house.tell(line("Abcd"))
    await house.projections.trailing.catch_up()
    assert contents(tmp_path) == {0: {("abc", position), ("bcd", position), (mark("default"), position)}}


async def test_what_has_no_text_is_not_in_the_index(house: House, tmp_path: Path) -> None:
    await house.tell(line("ab"), line(), event("heartbeat"), event(data={"text": ["abc"]}))
    assert await house.projections.trailing.catch_up() == 4
    assert contents(tmp_path) == {}


async def test_each_stretch_of_positions_has_a_shelf_of_its_own(wide: House, tmp_path: Path) -> None:
    positions = await wide.tell(*(line("abc") for _ in range(100)))
    await wide.projections.trailing.catch_up()
    shelves = sorted({position >> SHELF_BITS for position in positions})
    assert list(contents(tmp_path)) == shelves
    assert len(shelves) == 3


async def test_candidates_come_in_order_from_every_shelf_and_no_further_than_asked(wide: House) -> None:
    positions = await wide.tell(*(line("abc") for _ in range(100)))
    await wide.projections.trailing.catch_up()
    find = wide.projections.logbook.index.find
    through = positions[-1]
    everything = await find('"abc"', Span(low=1, high=through), 1000)
    assert (everything.positions, everything.reached, everything.through) == (positions, through, through)
    beyond = await find('"abc"', Span(low=1, high=2**53), 1000)
    assert (beyond.positions, beyond.reached) == (positions, through)
    some = await find('"abc"', Span(low=positions[10], high=positions[80]), 60)
    assert (some.positions, some.reached) == (positions[10:70], positions[69])
    down = await find('"abc"', Span(low=positions[10], high=positions[80], ascending=False), 60)
    assert (down.positions, down.reached) == (positions[80:20:-1], positions[21])
    rest = await find('"abc"', Span(low=positions[10], high=positions[20], ascending=False), 60)
    assert (rest.positions, rest.reached) == (positions[20:9:-1], positions[10])


@pytest.mark.parametrize(
    ("demanded", "query"),
    [
        ("abc", '("abc")'),
        ("abcdef", '("abc" AND "def")'),
        ("abcdefg", '("abc" AND "def" AND "efg")'),
        ('a"b', '("a""b")'),
        ("aaaaaa", '("aaa")'),
        (Every(("abc", Either(("def", "ghi")))), '(("abc") AND (("def") OR ("ghi")))'),
        (Either(tuple(f"w{number:02}" for number in range(65))), None),
    ],
)
def test_a_demand_is_asked_for_by_its_trigrams(demanded: Any, query: str | None) -> None:
    assert match_query(demanded, None) == query
    expected = None if query is None else f'"{mark("park")}" AND {query}'
    assert match_query(demanded, "park") == expected


def test_a_long_text_is_looked_up_by_some_of_its_trigrams() -> None:
    query = match_query("".join(map(str, range(300))), None)
    assert query is not None
    assert query.count('"') == 2 * 17


async def test_without_a_file_nothing_is_indexed(house: House) -> None:
    await house.tell(line("abc"))
    assert await house.projections.logbook.index.position() == 0
    assert await house.projections.logbook.index.find('"abc"', Span(low=1, high=9), 5) == Candidates(0, [], 0)


async def test_a_file_that_holds_no_index_is_none_and_lines_are_found_without_it(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW", 0)
    await house.tell(line("abc"))
    (tmp_path / NAME).write_bytes(b"no database" * 1000)
    reader = await Projections.open(tmp_path, house.log, read_only=True)
    page = await reader.logbook.lines(wanted(text="abc"))
    assert (len(page.records), page.indexed) == (1, 0)
    await reader.close()


async def test_an_index_that_fails_a_question_stands_at_nothing_and_says_so(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.tell(line("abc"))
    await house.projections.trailing.catch_up()

    async def failing(*_: Any) -> Any:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("projections.logbook.candidates.run", failing)
    index = house.projections.logbook.index
    assert await index.find('"abc"', Span(low=1, high=9), 5) == Candidates(0, [], 0)
    assert "the text index cannot be read, lines are read instead" in caplog.text


SECRET = "Ωψχ ΦΥΤ Σρπ Όξν Νμλ"
TRACES = [SECRET.lower()[at + 1 : at + 3].encode() for at in range(len(SECRET) - 2)]
"""The ends of its trigrams: FTS5 stores of a term what it does not share with the one before."""


async def test_nothing_of_an_erased_text_is_left_in_the_bytes(house: House, tmp_path: Path) -> None:
    gone: list[int] = []
    for number in range(6):
        positions = await house.tell(line(f"{SECRET} {number}"), *(line(f"line {at}") for at in range(40)))
        gone.append(positions[0])
        await house.projections.trailing.catch_up()
    before = index_bytes(tmp_path)
    seen = [trace for trace in TRACES if trace in before]
    assert len(seen) > 5
    await house.erase(*gone)
    await house.projections.trailing.catch_up()
    after = index_bytes(tmp_path)
    assert not [trace for trace in seen if trace in after]
    assert b"lin" in after
    assert contents(tmp_path) == await fresh_contents(house.log, tmp_path / "fresh")


async def test_only_the_shelves_that_had_something_are_filled_again(
    wide: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    positions = await wide.tell(*(line("abc") for _ in range(100)))
    blank = await wide.tell(event("heartbeat"))
    await wide.projections.trailing.catch_up()
    refilled: list[int] = []
    refill = trigrams._refill

    async def noting(db: Database, shelf: int, log: EventLog, up_to: int) -> None:
        refilled.append(shelf)
        await refill(db, shelf, log, up_to)

    monkeypatch.setattr(trigrams, "_refill", noting)
    await wide.erase(positions[0], positions[1], positions[-1], *blank)
    await wide.projections.trailing.catch_up()
    assert refilled == [0, positions[-1] >> SHELF_BITS]


async def test_a_record_that_cannot_be_read_keeps_no_shelf_from_being_emptied(
    house: House, tmp_path: Path
) -> None:
    """A body of no event is parked when it comes; an erasure nearby takes out all the same what it must."""
    gone, kept = await house.tell(line("erased text"), line("kept text"))
    sealed = house.log._records[kept - 1]
    house.log._records[kept - 1] = msgspec.structs.replace(sealed, body=b"[]")
    assert await house.projections.trailing.catch_up() == 2
    house.log._ids.clear()
    house.log._records[gone - 1] = msgspec.structs.replace(house.log._records[gone - 1], body=None)
    erased = {"positions": [[gone, gone]], "reason": "asked for"}
    house.log._store({b"e": build_event(id="e", source="log", type="event-erased", data=erased)})
    await house.projections.trailing.catch_up()
    assert contents(tmp_path) == {0: set()}
    [status] = await house.projections.trailing.status()
    assert [fault.position for fault in status.faults] == [kept]


TEXTS = st.sampled_from(["abc", "abcd", "xyz abc", "", "ab", "été 🌿"])
TOLD = st.builds(line, TEXTS, log=st.sampled_from(["default", "other"]))
STEPS = st.lists(
    st.one_of(
        st.lists(TOLD, min_size=1, max_size=9),
        st.lists(st.integers(0, 60), min_size=1, max_size=4).map(tuple),
        st.just("index"),
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=30)
@given(steps=STEPS)
def test_the_index_holds_what_a_rebuild_gives(steps: list[Any]) -> None:
    async def live(folder: Path) -> None:
        log, folders = SparseLog(), (folder / str(number) for number in itertools.count())
        here = next(folders)
        here.mkdir()
        projections = await Projections.open(here, log)
        positions: list[int] = []
        for step in [*steps, "index"]:
            if step == "index":
                await projections.trailing.catch_up()
            elif isinstance(step, tuple):
                await log.erase([positions[at % len(positions)] for at in step if positions], "asked for")
            else:
                positions += [receipt.position for receipt in await log.append(step)]
        await projections.close()
        held = {shelf: terms for shelf, terms in contents(here).items() if terms}
        assert held == await fresh_contents(log, next(folders))

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(Path(folder)))
