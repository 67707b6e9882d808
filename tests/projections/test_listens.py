"""The listens: how rows come to be, one case at a time, and what the questions answer."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from projections import ListenFilter, ListenRow, readers
from projections.listens import pages
from projections.listens.fold import ListensView
from projections.listens.questions import Listens
from replay.clock import EARLIEST, LATEST
from replay.envelope import Event, build_event
from replay.errors import NotFound
from tests.projections.house import ZERO, House, dump, event, fresh_dump, open_house, raw

SECOND = 1_000_000_000


def started(at: float, asset: str = "bell", **more: Any) -> Event:
    listen = {"listen": more.pop("listen")} if "listen" in more else {}
    return event("listen-started", at=at, data={"asset": asset, **listen}, **more)


def ended(at: float, **data: Any) -> Event:
    more = {"session": data.pop("session")} if "session" in data else {}
    return event("listen-ended", at=at, data=data, **more)


async def rows(house: House, **wanted: Any) -> list[ListenRow]:
    page = await house.projections.listens.list(ListenFilter(**{"log": "default", **wanted}))
    assert page.next is None
    return list(page.listens)


async def told(house: House) -> list[tuple[int, int | None, int | None]]:
    """(position, the end that counts, duration) of each listen."""
    return [(row.position, row.ended, row.duration) for row in await rows(house)]


async def test_a_start_opens_a_listen_event(house: House) -> None:
    [position] = await house.tell(started(1.5, "bell"))
    assert await rows(house) == [
        ListenRow(position, "s1", "bell", None, ZERO + 1_500_000, duration=None, ended=None)
    ]


async def test_an_end_in_a_later_batch_closes_it_by_its_own_time(house: House) -> None:
    [start] = await house.tell(started(1, listen="a"))
    [end] = await house.tell(ended(11, listen="a"))
    assert await told(house) == [(start, end, 10 * SECOND)]


async def test_a_duration_beats_the_time(house: House) -> None:
    [start, end] = await house.tell(started(1, listen="a"), ended(11, listen="a", duration=28.41))
    assert await told(house) == [(start, end, 28_410_000_000)]


async def test_a_listen_without_a_name_is_named_by_its_event(house: House) -> None:
    [start, end] = await house.tell(started(1, id="her-listen"), ended(3, listen="her-listen"))
    assert await told(house) == [(start, end, 2 * SECOND)]


async def test_an_end_that_names_only_an_asset_closes_its_newest_start(house: House) -> None:
    first, second, other = await house.tell(started(1), started(5), started(6, "rain"))
    [end] = await house.tell(ended(9, asset="bell"))
    assert await told(house) == [(first, None, None), (second, end, 4 * SECOND), (other, None, None)]


async def test_of_several_ends_the_one_told_last_counts(house: House) -> None:
    start, _, _ = await house.tell(started(0, listen="a"), ended(9, listen="a"), ended(5, listen="a"))
    assert (await told(house))[0][1:] == (start + 2, 5 * SECOND)
    [correction] = await house.tell(ended(1, listen="a", duration=3))
    assert await told(house) == [(start, correction, 3 * SECOND)]


async def test_a_late_start_takes_over_the_ends_after_it(house: House) -> None:
    start, end = await house.tell(started(0, listen="a"), ended(9, listen="a"))
    [late] = await house.tell(started(4, listen="a"))
    assert await told(house) == [(start, None, None), (late, end, 5 * SECOND)]


async def test_a_late_first_start_takes_over_an_end_whose_clock_ran_behind(house: House) -> None:
    end, start = await house.tell(ended(0, listen="a", duration=2), started(5, listen="a"))
    assert await told(house) == [(start, end, 2 * SECOND)]
    [earlier] = await house.tell(started(3, listen="a"))
    assert await told(house) == [(start, None, None), (earlier, end, 2 * SECOND)]


async def test_an_end_alone_is_a_listen_event_until_its_start_comes(house: House) -> None:
    [end] = await house.tell(ended(9, listen="a", asset="bell", duration=2.5))
    assert await rows(house) == [
        ListenRow(end, "s1", "bell", None, ZERO + 6_500_000, duration=2_500_000_000, ended=end)
    ]
    [start] = await house.tell(started(7, listen="a"))
    assert await told(house) == [(start, end, 2_500_000_000)]


async def test_an_end_alone_without_a_duration_is_none(house: House) -> None:
    await house.tell(ended(9, listen="a"), ended(9, asset="bell"))
    assert await rows(house) == []


async def test_a_listen_of_another_session_or_log_is_not_closed(house: House) -> None:
    start, *_ = await house.tell(
        started(0, listen="a"),
        ended(3, listen="a", session="s2"),
        event("listen-ended", log="other", data={"listen": "a"}),
    )
    assert await told(house) == [(start, None, None)]


async def test_a_play_outside_any_session_is_no_listen(house: House) -> None:
    await house.tell(event("listen-started", session=None, data={"asset": "bell"}))
    assert await rows(house) == []


async def test_the_project_is_that_of_the_lowest_session_started_that_names_one(house: House) -> None:
    await house.tell(started(1), ended(2, asset="rain", duration=1), event("session-started"))
    assert {row.project for row in await rows(house)} == {None}
    named, second = await house.tell(
        event("session-started", at=5, data={"project": 7}),
        event("session-started", at=0, data={"project": "other"}),
    )
    await house.tell(event("session-started", data={"project": "late"}), started(6))
    assert [row.project for row in await rows(house)] == ["7", "7", "7"]
    assert len(await rows(house, project="7")) == 3
    await house.erase(named)
    assert [row.project for row in await rows(house)] == ["other", "other", "other"]
    await house.erase(second, second + 1)
    assert {row.project for row in await rows(house)} == {None}


async def test_a_project_too_long_to_repeat_is_unknown(house: House) -> None:
    await house.tell(event("session-started", data={"project": "é" * 129}), started(1))
    assert (await rows(house))[0].project is None


async def test_lengths_and_times_at_the_edge_are_kept_within_reach(house: House) -> None:
    """A listen from year 1 to year 9999, and one whose end says it began before year 1."""
    first = build_event(
        id="1", source="t", type="listen-started", session="s1", time=EARLIEST, data={"asset": "a"}
    )
    last = build_event(
        id="2", source="t", type="listen-ended", session="s1", time=LATEST, data={"asset": "a"}
    )
    alone = build_event(
        id="3", source="t", type="listen-ended", session="s1", time=EARLIEST + 5,
        data={"listen": "x", "duration": 1e9},
    )  # fmt: skip
    await house.tell(first, last, alone)
    [one, two] = await rows(house)
    assert (one.start, one.duration) == (EARLIEST, 2**63 - 1)
    assert (two.start, two.duration) == (EARLIEST, 10**18)


async def test_erasing_a_start_leaves_its_end_alone(house: House) -> None:
    start, end = await house.tell(started(0, listen="a"), ended(4, listen="a", duration=3))
    await house.erase(start)
    assert [(row.position, row.asset, row.duration) for row in await rows(house)] == [(end, None, 3 * SECOND)]


async def test_erasing_an_end_leaves_the_one_before_it(house: House) -> None:
    start, first, second = await house.tell(
        started(0, listen="a"), ended(4, listen="a"), ended(5, listen="a", duration=9)
    )
    await house.erase(second)
    assert await told(house) == [(start, first, 4 * SECOND)]


async def test_the_records_of_a_listen_are_its_start_and_its_ends(house: House) -> None:
    start, *ends = await house.tell(started(0, listen="a"), ended(4, listen="a"), ended(5, asset="bell"))
    [alone] = await house.tell(ended(0, listen="b", duration=1))
    assert await house.projections.listens.records("default", start) == (start, *ends)
    assert await house.projections.listens.records("default", alone) == (alone,)
    for nothing in (ends[0], 99):
        with pytest.raises(NotFound):
            await house.projections.listens.records("default", nothing)


async def test_a_listen_of_another_log_is_not_found(house: House) -> None:
    [start] = await house.tell(started(0, log="other"))
    assert (await house.projections.listens.listen("other", start)).asset == "bell"
    with pytest.raises(NotFound):
        await house.projections.listens.listen("default", start)


async def test_erased_names_leave_the_bytes_of_the_file(house: House, tmp_path: Path) -> None:
    first, second, kept = await house.tell(
        started(0, "hers-alone", session="her-session", listen="her-listen"),
        event("session-started", session="her-session", data={"project": "her-project"}),
        started(0, "ours", session="our-session"),
    )
    assert b"her-project" in raw(tmp_path)
    await house.erase(first, second)
    assert not [name for name in (b"her-", b"hers-") if name in raw(tmp_path)]
    assert [row.position for row in await rows(house)] == [kept]


async def fill(house: House) -> list[ListenRow]:
    """Sessions, assets, projects, starts and lengths of all kinds, told in no order of time."""
    events: list[Event] = [
        event("session-started", session=f"s{n}", data={"project": n % 2}) for n in (1, 2, 3)
    ]
    for n in range(60):
        listen = {"asset": f"a{n % 5}", "listen": f"l{n}"}
        events.append(event("listen-started", session=f"s{n % 4}", at=(n * 37) % 60, data=listen))
        if n % 3:
            events.append(
                event("listen-ended", session=f"s{n % 4}", data={"listen": f"l{n}", "duration": n % 7})
            )
    await house.tell(*events, started(0, log="other"))
    return await rows(house)


def between(value: int | None, low: int | None, high: int | None) -> bool:
    if low is None and high is None:
        return True
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


FILTERS: list[dict[str, Any]] = [
    {},
    {"session": "s2"},
    {"asset": "a3"},
    {"project": "1"},
    {"session": "s1", "asset": "a3"},
    {"asset": "a3", "project": "1"},
    {"session": "s1", "asset": "a1", "project": "1"},
    {"session": "s1", "project": "0"},
    {"since": ZERO + 20_000_000},
    {"until": ZERO + 20_000_000},
    {"since": ZERO + 20_000_000, "until": ZERO + 30_000_000},
    {"shortest": 3 * SECOND},
    {"longest": 3 * SECOND},
    {"shortest": 2 * SECOND, "longest": 2 * SECOND},
    {"longest": 3 * SECOND, "since": ZERO + 20_000_000, "session": "s1", "asset": "a1"},
    {"session": "unknown"},
    {"asset": "unknown"},
    {"project": "unknown"},
    {"log": "unknown"},
]  # fmt: skip


@pytest.mark.parametrize("few", [0, 5, 2000], ids=["walked", "either", "by range"])
@pytest.mark.parametrize("wanted", FILTERS, ids=repr)
async def test_every_filter_lists_what_a_look_at_each_row_gives(
    house: House, monkeypatch: pytest.MonkeyPatch, wanted: dict[str, Any], few: int
) -> None:
    """However the rows are found: by walking an index or by the range's own; a page or a look at a time."""
    everything = await fill(house)
    monkeypatch.setattr(pages, "FEW", few)
    monkeypatch.setattr(pages, "SCAN", 7)
    monkeypatch.setattr(pages, "FIRST", 2)
    expected = [
        row
        for row in everything
        if wanted.get("log", "default") == "default"
        and all(wanted.get(name) in (None, getattr(row, name)) for name in ("session", "asset", "project"))
        and between(row.start, wanted.get("since"), wanted.get("until"))
        and between(row.duration, wanted.get("shortest"), wanted.get("longest"))
    ]
    found: list[ListenRow] = []
    after: int | None = 0
    while after is not None:
        page = await house.projections.listens.list(
            ListenFilter(**{"log": "default", **wanted}), after, limit=4
        )
        assert len(page.listens) <= 4
        assert page.next is None or page.next > after
        found += page.listens
        after = page.next
    assert found == expected


TIMED: list[dict[str, Any]] = [
    {"since": ZERO + 20_000_000},
    {"until": ZERO + 20_000_000},
    {"since": ZERO + 20_000_000, "until": ZERO + 30_000_000},
    {"since": ZERO + 20_000_000, "asset": "a3"},
    {"since": ZERO + 20_000_000, "project": "1", "longest": 3 * SECOND},
    {"since": ZERO + 99_000_000},
]  # fmt: skip


@pytest.mark.parametrize("wanted", TIMED, ids=repr)
async def test_blocks_that_do_not_span_a_time_are_passed_over_and_nothing_with_them(
    house: House, monkeypatch: pytest.MonkeyPatch, wanted: dict[str, Any]
) -> None:
    """Listens far apart among other events, told nearly in order of time; an end alone finds its start."""
    for n in range(0, 60, 10):
        told = [
            started((n + m * 7) % 60, f"a{m % 5}", session=f"s{m % 3}", listen=f"l{n + m}") for m in range(6)
        ]
        ends = [ended(n, session=f"s{m % 3}", listen=f"l{n + m}", duration=m) for m in range(0, 6, 2)]
        await house.tell(event("session-started", session="s1", data={"project": 1}), *told, *ends)
        await house.tell(ended(90, session="s1", listen=f"late {n}", duration=1))
        await house.tell(*(event() for _ in range(600)))
    await house.tell(started(1, session="s1", listen="late 0"))
    everything = await rows(house)
    assert everything[-1].position > 3 * 1024
    monkeypatch.setattr(pages, "FEW", 0)
    monkeypatch.setattr(pages, "SCAN", 3)
    monkeypatch.setattr(pages, "FIRST", 1)
    low, high = wanted.get("since"), wanted.get("until")
    expected = [
        row
        for row in everything
        if all(wanted.get(name) in (None, getattr(row, name)) for name in ("asset", "project"))
        and between(row.start, low, high)
        and between(row.duration, None, wanted.get("longest"))
    ]
    found: list[ListenRow] = []
    after: int | None = 0
    while after is not None:
        page = await house.projections.listens.list(ListenFilter(log="default", **wanted), after, limit=4)
        assert page.next is None or page.next > after
        found += page.listens
        after = page.next
    assert found == expected


@pytest.mark.parametrize("bound", ["since", "shortest"])
async def test_a_page_costs_what_it_takes_to_fill_it_whatever_else_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    """What began from the middle of a log on, or lasted for long: the first page of each, in SQLite's own steps."""
    monkeypatch.setattr(pages, "FEW", 50)
    monkeypatch.setattr(pages, "FIRST", 50)
    steps = []
    for count in (2_048, 8_192):
        (tmp_path / f"{count}").mkdir()
        async with open_house(tmp_path / f"{count}", views=(ListensView(),)) as house:
            await house.tell(*(ended(n, listen=f"{n}", duration=n % 2) for n in range(count)))
            wanted = {"since": ZERO + count // 2 * 1_000_000, "shortest": SECOND}
            listens = house.projections.listens
            made = await counting(listens)
            page = await listens.list(
                msgspec.convert({"log": "default", bound: wanted[bound]}, ListenFilter), limit=20
            )
            assert len(page.listens) == 20
            steps.append(len(made))
    assert steps[1] < 1.1 * steps[0]


async def counting(listens: Listens) -> list[None]:
    """A list that from now on grows at each step that SQLite's machine takes for these questions."""
    steps: list[None] = []
    async with AsyncExitStack() as held:
        for db in [await held.enter_async_context(listens._readers.one()) for _ in range(readers.READERS)]:
            await db.set_progress_handler(lambda: steps.append(None), 1)
    return steps


async def test_a_page_of_none_asks_for_nothing(house: House) -> None:
    await house.tell(started(0))
    page = await house.projections.listens.list(ListenFilter(log="default"), limit=0)
    assert page.listens == ()


async def test_pages_lose_and_repeat_nothing_while_listens_arrive(house: House) -> None:
    positions = await house.tell(*(started(n) for n in range(10)))
    listens = house.projections.listens
    first = await listens.list(ListenFilter(log="default"), limit=5)
    await house.tell(started(-100), ended(50, asset="bell"), started(0.5))
    second = await listens.list(ListenFilter(log="default"), first.next or 0, limit=50)
    assert [row.position for row in (*first.listens, *second.listens)][:10] == positions
    assert len({row.position for row in (*first.listens, *second.listens)}) == 12


async def test_a_long_session_touched_again_and_again_stays_what_a_rebuild_gives(
    house: House, tmp_path: Path
) -> None:
    """One asset, ends that name it alone, and a few records a batch: the worst for whoever matches all anew."""
    for n in range(0, 120, 4):
        await house.tell(
            started(n), ended(n + 1, asset="bell"), started(n + 2, listen="x"), ended(n + 3, listen="x")
        )
    assert len(await rows(house)) == 60
    assert all(row.duration == SECOND for row in await rows(house))
    assert dump(tmp_path) == await fresh_dump(house.log, tmp_path / "fresh")
