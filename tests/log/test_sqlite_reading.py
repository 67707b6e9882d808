"""A reader beside the process that writes; corruption; copies."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from replay.errors import Corrupt, Unavailable
from replay.log import SqliteLog
from replay.log.chain import key_of
from replay.log.sqlite import Limits
from replay.log.sqlite.keys import Keys, home
from replay.log.sqlite.queries import follow_keys
from tests.log.making import HandClock, event, events, following, ids, names_in, numbered

SMALL = Limits(keys_in_memory=50, poll_seconds=0.01)


async def test_a_reader_beside_the_writer_sees_what_is_committed(tmp_path: Path) -> None:
    writer = await SqliteLog.open(tmp_path / "log.db")
    reader = await SqliteLog.open(tmp_path / "log.db", read_only=True)
    assert (reader.epoch, await reader.head()) == (writer.epoch, await writer.head())
    await writer.append(events("a", "b"))
    await writer.erase([1], "asked for")
    assert await reader.head() == await writer.head()
    assert await reader.read(0, 10) == await writer.read(0, 10)
    assert await reader.verify() == await writer.verify()
    await writer.close()
    assert (await reader.head()).position == 3
    await reader.close()


async def test_a_reader_alone_reads_what_a_crash_left(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log.db")
    await log.append(events("a", "b"))
    crashed = tmp_path / "crashed"
    shutil.copytree(tmp_path, crashed)
    await log.close()
    (crashed / "log.db-shm").unlink()
    reader = await SqliteLog.open(crashed / "log.db", read_only=True)
    assert await ids(reader) == ["a", "b"]
    await reader.close()


async def test_a_reader_finds_ids_in_memory_half_written_and_in_the_table(tmp_path: Path) -> None:
    writer = await SqliteLog.open(tmp_path / "log.db", limits=SMALL)
    reader = await SqliteLog.open(tmp_path / "log.db", read_only=True, limits=SMALL)
    for number in range(1, 201):
        await writer.append([event(str(number))])
        for looked_up in {1, number // 2, number} - {0}:
            for log in (reader, writer):
                [record] = await log.find("default", str(looked_up))
                assert record.position == looked_up
    await reader.close()
    await writer.close()


async def test_a_reader_s_index_stays_small_while_the_log_grows(tmp_path: Path) -> None:
    writer = await SqliteLog.open(tmp_path / "log.db", limits=SMALL)
    keys = Keys(SMALL.keys_in_memory)
    with closing(sqlite3.connect(tmp_path / "log.db", isolation_level=None)) as connection:
        for first in range(1, 1_000, 20):
            await writer.append(numbered(first, first + 19))
            follow_keys(connection, keys)
            assert sum(run.size for run in keys.runs) <= 3 * SMALL.keys_in_memory
    await writer.close()


async def test_a_follower_of_another_process_s_log_looks_by_itself(tmp_path: Path) -> None:
    writer = await SqliteLog.open(tmp_path / "log.db")
    reader = await SqliteLog.open(tmp_path / "log.db", read_only=True, limits=SMALL)
    task = asyncio.create_task(following(reader, 0, 3))
    for one in numbered(1, 3):
        await writer.append([one])
        await asyncio.sleep(0.02)
    assert [record.event().id for record in await task] == ["1", "2", "3"]
    await reader.close()
    await writer.close()


async def test_ids_that_collide_are_told_apart(tmp_path: Path) -> None:
    """A key of three homes for everything: what differs by luck elsewhere must differ by comparison."""

    def weak(log: str, source: str, id: str) -> bytes:
        return bytes(7) + bytes([int(id) % 3]) + key_of(log, source, id)[:16]

    log = await SqliteLog.open(tmp_path / "log.db", limits=SMALL, key=weak)
    await log.append([event(str(number), source=source) for number in range(100) for source in ("x", "y")])
    await log.close()
    log = await SqliteLog.open(tmp_path / "log.db", limits=SMALL, key=weak)
    again = [event(str(number), source=source) for number in range(100) for source in ("x", "y")]
    assert {receipt.status for receipt in await log.append(again)} == {"already-stored"}
    assert [record.event().source for record in await log.find("default", "42")] == ["x", "y"]
    await log.verify()
    await log.close()


def change(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement, values)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("body", b'{"id":"2","source":"player","type":"other","log":"default","data":{}}'),
        ("body", None),
        ("nonce", bytes(16)),
        ("nonce", None),
        ("commitment", bytes(32)),
        ("chain", bytes(32)),
        ("recordedtime", 5),
        ("behind", 5),
        ("key", bytes(24)),
    ],
)
async def test_a_changed_column_is_corrupt_at_its_position(
    tmp_path: Path, column: str, value: object
) -> None:
    path = tmp_path / "log.db"
    log = await SqliteLog.open(path, clock=HandClock(1_000))
    await log.append(numbered(1, 1_500))
    await log.close()
    change(path, f"UPDATE records SET {column} = ? WHERE position = 1002", value)
    reader = await SqliteLog.open(path, read_only=True)
    with pytest.raises(Corrupt) as fault:
        await reader.verify()
    assert fault.value.position == 1002
    assert (await reader.verify(1, 1001)).records == 1001
    await reader.close()


async def test_content_that_vanished_without_an_erasure_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    log = await SqliteLog.open(path)
    await log.append(numbered(1, 5))
    await log.close()
    change(path, "UPDATE records SET nonce = NULL, body = NULL WHERE position = 2")
    reader = await SqliteLog.open(path, read_only=True)
    with pytest.raises(Corrupt, match="no erasure") as fault:
        await reader.verify()
    assert fault.value.position == 2
    await reader.close()


async def test_a_deleted_record_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    log = await SqliteLog.open(path)
    await log.append(numbered(1, 5))
    await log.close()
    change(path, "DELETE FROM records WHERE position = 3")
    reader = await SqliteLog.open(path, read_only=True)
    with pytest.raises(Corrupt):
        await reader.verify()
    await reader.close()


async def test_a_flipped_bit_in_the_file_is_found(tmp_path: Path) -> None:
    """SQLite's own integrity check passes it."""
    path = tmp_path / "log.db"
    log = await SqliteLog.open(path)
    await log.append([event(str(number), data={"note": "findme"}) for number in range(1, 4)])
    await log.close()
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"findme")] ^= 1
    path.write_bytes(raw)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    reader = await SqliteLog.open(path, read_only=True)
    with pytest.raises(Corrupt, match="commitment"):
        await reader.verify()
    await reader.close()


async def test_a_page_that_sqlite_cannot_read_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    log = await SqliteLog.open(path)
    await log.append([event(str(number), data={"note": "x" * 400}) for number in range(1, 301)])
    await log.close()
    raw = bytearray(path.read_bytes())
    at = raw.index(b'"id":"150"') // 4096 * 4096
    raw[at : at + 4096] = bytes(4096)
    path.write_bytes(raw)
    reader = await SqliteLog.open(path, read_only=True)
    with pytest.raises(Corrupt) as fault:
        await reader.verify()
    assert 100 < fault.value.position <= 150
    await reader.close()


async def test_a_backup_is_one_file_made_while_others_write(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log.db")
    await log.append(numbered(1, 2_000))
    copying = asyncio.create_task(log.backup(tmp_path / "copies" / "copy.db"))
    with pytest.raises(Unavailable):  # there is no such folder
        await copying
    copying = asyncio.create_task(log.backup(tmp_path / "copy.db"))
    await asyncio.gather(*(log.append([one]) for one in numbered(2_001, 2_100)))
    await copying
    assert [name for name in names_in(tmp_path) if "copy" in name] == ["copy.db"]
    copy = await SqliteLog.open(tmp_path / "copy.db", read_only=True)
    verification = await copy.verify()
    assert 2_000 <= verification.records <= 2_100
    await copy.close()
    await log.close()


async def test_a_reader_may_make_the_backup(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log.db")
    await log.append(events("a"))
    reader = await SqliteLog.open(tmp_path / "log.db", read_only=True)
    await reader.backup(tmp_path / "copy.db")
    copy = await SqliteLog.open(tmp_path / "copy.db")
    assert await ids(copy) == ["a"]
    assert copy.epoch != log.epoch
    for each in (copy, reader, log):
        await each.close()


def test_a_home_is_the_first_eight_bytes_of_a_key() -> None:
    assert home(bytes.fromhex("8000000000000001") + bytes(16)) == -(2**63) + 1
