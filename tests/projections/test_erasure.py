"""After an erasure the views stand as if the erased had never come, and its names are gone from their bytes."""

from __future__ import annotations

import random
import uuid
from pathlib import Path

import pytest

from projections import Projections, SessionFilter
from projections.views import VIEWS
from projections.views_file import file_name
from replay.errors import Erased, NotFound
from tests.projections.house import ZERO, House, copy_views, dump, event, fresh_dump, raw


async def test_a_session_is_summed_up_again_from_what_is_left(house: House) -> None:
    gone = await house.tell(
        event("session-started", at=-5, user="ann", data={"client": "old"}),
        event("listen-started", device="d2", data={"asset": "a"}),
    )
    first, second = await house.tell(
        event("session-started", at=1, data={"client": "new"}),
        event("listen-started", at=2, data={"asset": "a"}),
    )
    gone += await house.tell(event("session-ended", at=99))
    await house.erase(*gone)
    row = await house.timelines.session("default", "s1")
    assert (row.first, row.last, row.events, row.listens) == (first, second, 2, 1)
    assert (row.first_time, row.last_time) == (ZERO + 1_000_000, ZERO + 2_000_000)
    assert (row.started, row.client, row.ended) == (first, "new", None)
    assert (row.devices, row.users) == (("d1",), ())
    for wanted in (SessionFilter(device="d2"), SessionFilter(user="ann"), SessionFilter(text="old")):
        assert (await house.timelines.list(wanted)).sessions == ()


async def test_a_device_is_summed_up_again_from_what_is_left(house: House) -> None:
    gone = await house.tell(event("a", at=-7200), event("b", at=0), event("a", at=0.0001, sequence=4))
    first, last = await house.tell(event("a", at=3, sequence=5), event("a", at=1.000001, sequence=6))
    house.clock.move(60)
    gone += await house.tell(event("c", at=99))
    await house.erase(*gone)
    row = await house.feeds.device("default", "d1")
    assert (row.first, row.last, row.events, row.recorded) == (first, last, 2, ZERO)
    assert (row.first_time, row.last_time) == (ZERO + 1_000_001, ZERO + 3_000_000)
    page = await house.feeds.page("default", "d1", limit=1)
    assert (page.positions, page.remaining) == ((first,), 1)
    assert (await house.feeds.page("default", "d1", type="c")).positions == ()
    found = [pair async for pair in house.feeds.sequences("default", "d1", 0, 9, last)]
    assert found == [(5, first), (6, last)]


async def test_a_device_of_which_all_is_erased_is_gone(house: House) -> None:
    await house.erase(*await house.tell(event(), event()))
    assert (await house.feeds.devices()).devices == ()
    with pytest.raises(NotFound):
        await house.feeds.device("default", "d1")


async def test_a_new_record_brings_an_erased_session_back_and_its_erasure_stays_known(house: House) -> None:
    old = await house.tell(event())
    await house.erase(*old)
    [new] = await house.tell(event())
    assert (await house.timelines.session("default", "s1")).first == new
    assert (await house.timelines.gather("default", "s1")).erased == tuple(old)


async def test_an_erasure_in_one_log_leaves_the_other_alone(house: House) -> None:
    ours, theirs = await house.tell(event(log="one"), event(log="two"))
    [erasure] = await house.erase(ours)
    with pytest.raises(Erased):
        await house.timelines.session("one", "s1")
    assert (await house.timelines.session("two", "s1")).first == theirs
    assert await house.timelines.newest_erasure("one") == erasure
    assert await house.timelines.newest_erasure("two") == 0


async def test_many_erasures_in_one_batch_leave_what_a_rebuild_gives(house: House, tmp_path: Path) -> None:
    sessions = [f"s{number}" for number in range(6)]
    positions = await house.tell(
        *(event(session=name, device=f"d{at % 4}", at=at) for at in range(20) for name in sessions)
    )
    await house.log.erase(positions[::3] + positions[:10], "asked for")
    await house.log.append([event(session=name) for name in sessions])
    await house.log.erase(positions[5:50], "asked for again")
    await house.projections.catch_up()
    assert dump(tmp_path) == await fresh_dump(house.log, tmp_path / "fresh")


def name(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128)))


async def test_erased_names_leave_the_bytes_of_the_file(house: House, tmp_path: Path) -> None:
    """Enough sessions, in random order and growing, that pages split and cells move."""
    chance = random.Random(7)
    people = [(name(chance), name(chance), name(chance), name(chance)) for _ in range(600)]
    told: dict[int, int] = {}
    for _ in range(8):
        some = [chance.randrange(len(people)) for _ in range(400)]
        events = [
            event(
                "session-started",
                session=people[who][0],
                device=people[who][1],
                user=people[who][2],
                at=chance.randrange(-(10**9), 10**9),
                data={"client": people[who][3] + "x" * chance.randrange(400)},
            )
            for who in some
        ]
        told.update(zip(await house.tell(*events), some, strict=True))
    gone = set(chance.sample(sorted(set(told.values())), 60))
    before = raw(tmp_path)
    assert all(text.encode() in before for who in gone for text in people[who])
    await house.erase(*(position for position, who in told.items() if who in gone))
    after = raw(tmp_path)
    assert not [text for who in gone for text in people[who] if text.encode() in after]
    assert all(people[who][0].encode() in after for who in set(told.values()) - gone)


async def test_an_erased_asset_and_type_leave_the_bytes_of_the_file(house: House, tmp_path: Path) -> None:
    secret = await house.tell(
        event("asset-described", data={"asset": "asset-of-hers"}), event("type-of-hers"), event("heartbeat")
    )
    assert b"asset-of-hers" in raw(tmp_path)
    assert b"type-of-hers" in raw(tmp_path)
    await house.erase(*secret[:2])
    assert b"of-hers" not in raw(tmp_path)


async def test_a_reader_in_the_way_only_delays_the_emptying_of_the_wal(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.keeper.SCRUB_DELAY", 0.01)
    wal = tmp_path / (file_name(VIEWS) + "-wal")
    positions = await house.tell(event(session="hers-alone"), event(session="another"))
    reader = await Projections.open(tmp_path, house.log, read_only=True)
    async with reader.timelines._readers.one() as db:
        await db.execute_fetchall("BEGIN")
        await db.execute_fetchall("SELECT count(*) FROM sessions")
        await house.erase(positions[0])
        assert wal.stat().st_size > 0
        await db.execute_fetchall("ROLLBACK")
    scrubbing = house.projections._keeper._scrubbing  # type: ignore[union-attr]
    assert scrubbing is not None
    await scrubbing
    assert wal.stat().st_size == 0
    assert b"hers-alone" not in raw(tmp_path)
    await reader.close()


async def test_names_erased_before_a_crash_are_gone_after_the_next_opening(
    house: House, tmp_path: Path
) -> None:
    """The crash is a copy of the files taken before the WAL was emptied."""
    positions = await house.tell(event(session="hers-alone"), event(session="another"))
    wreck = tmp_path / "wreck"
    reader = await Projections.open(tmp_path, house.log, read_only=True)
    async with reader.timelines._readers.one() as db:
        await db.execute_fetchall("BEGIN")
        await db.execute_fetchall("SELECT count(*) FROM sessions")
        await house.erase(positions[0])
        copy_views(tmp_path, wreck)
        await db.execute_fetchall("ROLLBACK")
    await reader.close()
    assert b"hers-alone" in raw(wreck)
    reopened = await Projections.open(wreck, house.log)
    assert b"hers-alone" not in raw(wreck)
    assert reopened.position == house.projections.position
    await reopened.close()
