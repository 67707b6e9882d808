"""Group commit, the bounded queue, and who waits for whom."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from replay.errors import Unavailable
from replay.log import SqliteLog
from replay.log.sqlite import Limits
from tests.log.faults import Faults
from tests.log.making import event, events, everything, ids, numbered

BEGIN = "BEGIN IMMEDIATE"


async def start(*appends: object) -> list[asyncio.Task[object]]:
    """Begin some calls and let each run until it waits."""
    tasks = [asyncio.ensure_future(append) for append in appends]  # type: ignore[call-overload]
    await asyncio.sleep(0)
    return tasks


async def test_concurrent_appends_share_a_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db")
    before = faults.count("COMMIT")
    await asyncio.gather(*(log.append([one]) for one in numbered(1, 500)))
    assert faults.count("COMMIT") - before < 10
    await log.close()


async def test_one_append_is_never_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db", limits=Limits(group_events=10))
    before = faults.count("COMMIT")
    await log.append(numbered(1, 1_000))
    assert faults.count("COMMIT") - before == 1
    await log.close()


async def test_a_full_queue_refuses_and_what_it_took_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db", limits=Limits(queued_events=10))
    released = faults.hold(BEGIN)
    held = await start(log.append(numbered(1, 6)), log.append(numbered(7, 10)))
    with pytest.raises(Unavailable, match="too many"):
        await log.append(numbered(11, 11))
    released.set()
    await asyncio.gather(*held)
    assert await log.append(numbered(11, 11))
    assert len(await everything(log)) == 11
    await log.close()


async def test_the_queue_is_bounded_in_bytes_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db", limits=Limits(queued_bytes=10_000))
    released = faults.hold(BEGIN)
    held = await start(log.append([event("a", data={"note": "x" * 9_000})]))
    with pytest.raises(Unavailable, match="too many"):
        await log.append([event("b", data={"note": "x" * 2_000})])
    released.set()
    await asyncio.gather(*held)
    await log.close()


async def test_alone_even_an_append_above_the_bounds_is_taken(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log.db", limits=Limits(queued_events=10, queued_bytes=100))
    assert len(await log.append(numbered(1, 50))) == 50
    await log.close()


async def test_reads_do_not_wait_for_the_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db")
    await log.append(events("a"))
    released = faults.hold("COMMIT")
    held = await start(log.append(events("b")))
    assert await ids(log) == ["a"]
    assert len(await log.find("default", "a")) == 1
    assert (await log.head()).position == 1
    assert (await log.verify()).records == 1
    released.set()
    await asyncio.gather(*held)
    assert await ids(log) == ["a", "b"]
    await log.close()


async def test_a_cancelled_caller_s_events_are_stored_with_its_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db")
    released = faults.hold("COMMIT")
    first, second, third = await start(*(log.append([one]) for one in events("a", "b", "c")))
    second.cancel()
    released.set()
    await asyncio.gather(first, third)
    assert await ids(log) == ["a", "b", "c"]
    assert second.cancelled()
    await log.close()


async def test_the_wal_is_copied_back_when_nothing_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db", limits=Limits(idle_pages=50))
    for one in numbered(1, 60):
        await log.append([one])
    passive = faults.count("wal_checkpoint(PASSIVE)")
    assert 1 <= passive <= 10
    assert (tmp_path / "log.db-wal").stat().st_size < 200 * 4_120
    await log.close()


async def test_the_wal_is_copied_back_under_load_once_it_is_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = Faults(monkeypatch)
    limits = Limits(idle_pages=1_000_000, forced_pages=50, group_events=1)
    log = await SqliteLog.open(tmp_path / "log.db", limits=limits)
    await asyncio.gather(*(log.append([one]) for one in numbered(1, 100)))
    assert faults.count("wal_checkpoint(PASSIVE)") >= 2
    await log.close()


async def test_a_small_log_is_not_copied_back_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db")
    for one in numbered(1, 30):
        await log.append([one])
    assert faults.count("wal_checkpoint(PASSIVE)") == 0
    await log.close()
