"""Pages of a log: exact at any place, under any filter, whatever arrived late and whatever was erased."""

from __future__ import annotations

import asyncio
import itertools
import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections import LinePage, Projections
from projections.logbook.fold import LogbookView
from projections.view import View
from replay.errors import Rebuilding
from replay.log.contract import Record
from replay.log.memory import MemoryLog
from tests.projections.house import ZERO, House, dump, event, fresh_dump, raw
from tests.projections.logbook.lines import ZERO_MS, expected, line, wanted
from tests.projections.logbook.sparse import SparseLog

VIEWS: tuple[View, ...] = (LogbookView(),)


def found(page: LinePage) -> list[int]:
    return [record.position for record in page.records]


async def everything(house: House) -> list[Record]:
    return await house.log.read(0, 10_000)


async def test_a_log_is_listed_in_the_order_of_its_positions(house: House) -> None:
    ours = await house.tell(line("a", at=9), line("b", at=1), event("heartbeat", at=5))
    await house.tell(line("c", log="other"))
    book = house.projections.logbook
    assert found(await book.lines(wanted())) == ours
    assert found(await book.lines(wanted(ascending=False))) == ours[::-1]
    assert found(await book.lines(wanted("nothing"))) == []


async def test_pages_follow_one_another_to_the_end(house: House) -> None:
    positions = await house.tell(*(line(str(number)) for number in range(7)))
    book = house.projections.logbook
    first = await book.lines(wanted(), limit=3)
    assert (found(first), first.next, first.complete) == (positions[:3], positions[2], True)
    second = await book.lines(wanted(after=positions[2]), limit=3)
    assert (found(second), second.next) == (positions[3:6], positions[5])
    last = await book.lines(wanted(after=positions[5]), limit=3)
    assert (found(last), last.next) == (positions[6:], None)
    back = await book.lines(wanted(before=positions[2], ascending=False), limit=2)
    assert (found(back), back.next) == ([positions[1], positions[0]], None)


async def test_a_page_beyond_the_end_is_empty(house: House) -> None:
    await house.tell(line("a"), line("b"))
    for skip in (2, 3, 10**6, 2**60):
        page = await house.projections.logbook.lines(wanted(), skip=skip)
        assert (found(page), page.next) == ([], None)


async def test_times_bound_in_milliseconds_and_include_both_ends(house: House) -> None:
    positions = await house.tell(*(line(at=0.001 * number + 0.0004) for number in range(5)))
    book = house.projections.logbook
    assert found(await book.lines(wanted(since=ZERO_MS + 1, until=ZERO_MS + 3))) == positions[1:4]
    assert found(await book.lines(wanted(since=ZERO_MS + 4))) == positions[4:]
    assert found(await book.lines(wanted(until=ZERO_MS))) == positions[:1]
    assert found(await book.lines(wanted(since=ZERO_MS + 3, until=ZERO_MS + 1))) == []


async def test_an_event_without_a_time_was_created_when_it_arrived(house: House) -> None:
    house.clock.move(60)
    [position] = await house.tell(line(at=None))
    page = await house.projections.logbook.lines(wanted(since=ZERO_MS + 60_000, until=ZERO_MS + 60_000))
    assert found(page) == [position]


async def test_an_erasure_is_no_line_and_leaves_no_gap(house: House) -> None:
    positions = await house.tell(*(line(str(number)) for number in range(5)))
    await house.erase(positions[1])
    book = house.projections.logbook
    assert found(await book.lines(wanted(), skip=1, limit=2)) == [positions[2], positions[3]]
    assert [(row.log, row.lines) for row in (await book.logs()).logs] == [("default", 4)]


async def test_a_page_far_into_the_log_is_found_through_the_counts(wide: House) -> None:
    positions: list[int] = []
    for start in range(0, 1500, 500):
        positions += await wide.tell(*(line(at=start + number) for number in range(500)))
    gone = positions[3:1200:7]
    await wide.erase(*gone)
    left = sorted(set(positions) - set(gone))
    book = wide.projections.logbook
    for skip in (0, 1, 250, 699, 700, 1000, len(left) - 5, len(left)):
        assert found(await book.lines(wanted(), skip=skip, limit=9)) == left[skip : skip + 9]
        downwards = await book.lines(wanted(ascending=False), skip=skip, limit=9)
        assert found(downwards) == left[::-1][skip : skip + 9]


LABELS: list[dict[str, Any]] = [{}, {"tags": "a"}, {"source": "s"}, {"user": "u"}, {"class_": "c"}]


async def test_any_page_of_any_filter_is_what_reading_the_log_gives(wide: House) -> None:
    chance = random.Random(5)
    for _ in range(6):
        events = [
            line(
                at=chance.choice([wide.clock.time // 10**6 - ZERO // 10**6, chance.randrange(-9000, 9000)]),
                tags=chance.sample(["a", "b", "A c"], chance.randrange(3)),
                source=chance.choice([None, "s", "t"]),
                user=chance.choice([None, "u"]),
                class_=chance.choice([None, "c"]),
                log=chance.choice(["default", "default", "other"]),
            )
            for _ in range(150)
        ]
        positions = await wide.tell(*events)
        await wide.erase(*chance.sample(positions, 12))
        wide.clock.move(1000)
    records = await everything(wide)
    book = wide.projections.logbook
    places = [record.position for record in records]
    for _ in range(120):
        low, high = sorted((chance.randrange(-9000, 9000), chance.randrange(-9000, 9000)))
        sought = wanted(
            **chance.choice(LABELS),
            since=chance.choice([None, ZERO_MS + low * 1000]),
            until=chance.choice([None, ZERO_MS + high * 1000]),
            after=chance.choice([0, 0, chance.choice(places)]),
            before=chance.choice([2**53, 2**53, chance.choice(places)]),
            ascending=chance.random() < 0.5,
        )
        skip = chance.choice([0, 1, 50, 200, 600])
        truth = expected(records, sought)
        page = await book.lines(sought, skip=skip, limit=20)
        assert found(page) == truth[skip : skip + 20], sought
        assert (page.next is not None) == (len(truth) > skip + 20)


async def test_logs_are_listed_by_name_with_what_they_hold(house: House) -> None:
    await house.tell(line(at=5, log="b"), line(at=-5, log="b"), line(log="a"), line(log="Ü"))
    [gone] = await house.tell(line(log="gone"))
    await house.erase(gone)
    book = house.projections.logbook
    page = await book.logs()
    assert [row.log for row in page.logs] == ["a", "b", "Ü"]
    assert page.logs[1].lines == 2
    assert (page.logs[1].earliest, page.logs[1].latest) == (ZERO_MS - 5000, ZERO_MS + 5000)
    assert page.logs[1].last == 2
    assert page.next is None
    first = await book.logs(limit=1)
    assert ([row.log for row in first.logs], first.next) == (["a"], "a")
    rest = await book.logs(after="a", limit=9)
    assert ([row.log for row in rest.logs], rest.next) == (["b", "Ü"], None)
    some = await book.logs(frozenset({"b", "gone", "Ü"}), limit=1)
    assert ([row.log for row in some.logs], some.next) == (["b"], "b")
    assert (await book.logs(frozenset())).logs == ()


async def test_questions_raise_until_the_view_is_built(tmp_path: Path) -> None:
    log = MemoryLog()
    await log.append([line("a")])
    projections = await Projections.open(tmp_path, log)
    for question in (projections.logbook.lines(wanted()), projections.logbook.logs()):
        with pytest.raises(Rebuilding):
            await question
    for more in ({"text": "abc"}, {"tags": "a b"}):
        with pytest.raises(Rebuilding):
            await projections.logbook.lines(wanted(**more))
    await projections.close()


async def test_erased_labels_leave_the_bytes_of_the_file(house: House, tmp_path: Path) -> None:
    secrets = [f"{kind}-of-hers" for kind in ("tag", "source", "user", "class")]
    tag, source, user, class_ = secrets
    gone = await house.tell(*(line(tags=[tag], source=source, user=user, class_=class_) for _ in range(20)))
    await house.tell(*(line(tags=["kept-tag"], user=f"u{number}") for number in range(200)))
    assert all(secret.encode() in raw(tmp_path) for secret in secrets)
    await house.erase(*gone)
    left = raw(tmp_path)
    assert not [secret for secret in secrets if secret.encode() in left]
    assert b"kept-tag" in left


NAMES = st.sampled_from([None, "a", "b"])
TOLD = st.builds(
    line,
    st.none(),
    at=st.sampled_from([0, 1.5, -7200, 10**6]),
    log=st.sampled_from(["default", "other"]),
    tags=st.sampled_from([None, ["a"], ["b", "a"]]),
    source=NAMES,
    user=NAMES,
)
STEPS = st.lists(
    st.one_of(
        st.lists(TOLD, min_size=1, max_size=6),
        st.lists(st.integers(0, 40), min_size=1, max_size=4).map(tuple),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40)
@given(steps=STEPS)
def test_live_rows_are_those_of_a_rebuild(steps: list[Any]) -> None:
    async def live(folder: Path) -> None:
        log, folders = SparseLog(), (folder / str(number) for number in itertools.count())
        here = next(folders)
        here.mkdir()
        projections = await Projections.open(here, log, views=VIEWS)
        positions: list[int] = []
        for step in steps:
            if isinstance(step, tuple):
                await log.erase([positions[at % len(positions)] for at in step if positions], "asked for")
            else:
                positions += [receipt.position for receipt in await log.append(step)]
            await projections.catch_up()
        await projections.close()
        assert dump(here, VIEWS) == await fresh_dump(log, next(folders), VIEWS)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(Path(folder)))
