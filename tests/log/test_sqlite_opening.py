"""What the SQLite engine opens, what it refuses, and that it leaves nothing behind."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from replay.errors import Invalid, NotFound, PlayheadError, Unavailable
from replay.log import SqliteLog
from replay.log.sqlite import sqlite_warning
from replay.log.sqlite.schema import APPLICATION_ID, FORMAT, PLAIN
from tests.log.making import events, ids, names_in


async def make_log(path: Path, *names: str) -> None:
    log = await SqliteLog.open(path)
    await log.append(events(*names))
    await log.close()


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


async def test_a_reopened_log_has_all_it_had(tmp_path: Path) -> None:
    await make_log(tmp_path / "log.db", "a", "b")
    log = await SqliteLog.open(tmp_path / "log.db")
    head, epoch = await log.head(), log.epoch
    assert [receipt.status for receipt in await log.append(events("a", "c"))] == ["already-stored", "stored"]
    await log.close()
    again = await SqliteLog.open(tmp_path / "log.db")
    assert await ids(again) == ["a", "b", "c"]
    assert (await again.verify(1, head.position)).records == 2
    assert again.epoch == epoch
    await again.close()


async def test_what_a_recovery_found_is_copied_back_and_synced_before_any_answer(tmp_path: Path) -> None:
    """It may be in the system's cache alone, and a retry is about to hear that it is stored."""
    log = await SqliteLog.open(tmp_path / "log.db")
    await log.append(events("a"))
    crashed = tmp_path / "crashed"
    shutil.copytree(tmp_path, crashed)
    await log.close()
    assert (crashed / "log.db-wal").stat().st_size > 0
    again = await SqliteLog.open(crashed / "log.db")
    assert (crashed / "log.db-wal").stat().st_size == 0
    assert await ids(again) == ["a"]
    await again.close()


async def test_closing_leaves_one_file(tmp_path: Path) -> None:
    await make_log(tmp_path / "log.db", "a")
    assert names_in(tmp_path) == ["log.db"]


async def test_the_file_says_that_it_is_a_log(tmp_path: Path) -> None:
    await make_log(tmp_path / "log.db")
    raw = (tmp_path / "log.db").read_bytes()
    assert raw[68:72] == b"PLLG" == APPLICATION_ID.to_bytes(4, "big")
    assert int.from_bytes(raw[60:64], "big") == PLAIN


async def test_a_path_with_odd_characters_is_a_path(tmp_path: Path) -> None:
    folder = tmp_path / "50%25 ?mode=ro#é"
    folder.mkdir()
    await make_log(folder / "log.db", "a")
    assert (folder / "log.db").exists()


async def test_an_empty_file_becomes_a_log(tmp_path: Path) -> None:
    (tmp_path / "log.db").touch()
    await make_log(tmp_path / "log.db", "a")


def newer(path: Path) -> None:
    change(path, f"PRAGMA application_id = {APPLICATION_ID}", f"PRAGMA user_version = {FORMAT + 1}")


def of_another_program(path: Path) -> None:
    change(path, "CREATE TABLE accounts (name)")


def of_a_named_program(path: Path) -> None:
    change(path, "PRAGMA application_id = 7")


def no_database(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1000)


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("content", [newer, of_another_program, of_a_named_program, no_database])
async def test_a_file_that_is_no_log_of_ours_is_refused_untouched(
    tmp_path: Path, content: object, read_only: bool
) -> None:
    assert callable(content)
    content(tmp_path / "log.db")
    before = (tmp_path / "log.db").read_bytes()
    with pytest.raises(Invalid, match=f"format {FORMAT + 1}" if content is newer else "not a Playhead log"):
        await SqliteLog.open(tmp_path / "log.db", read_only=read_only)
    assert (tmp_path / "log.db").read_bytes() == before


async def test_an_empty_file_is_no_log_to_read(tmp_path: Path) -> None:
    (tmp_path / "log.db").touch()
    with pytest.raises(Invalid):
        await SqliteLog.open(tmp_path / "log.db", read_only=True)


async def test_reading_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        await SqliteLog.open(tmp_path / "log.db", read_only=True)
    assert names_in(tmp_path) == []


WRITERS = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "wal_autocheckpoint": 0}
"""What durability, erasure and the one checkpointer rest on. 2 is FULL: a commit is on the disk when it returns."""


async def test_the_writer_syncs_each_commit_zeroes_what_goes_and_checkpoints_by_itself(
    tmp_path: Path,
) -> None:
    log = await SqliteLog.open(tmp_path / "log.db")
    writer = log._writer
    assert writer is not None
    assert writer._connection is not None
    ask = writer._connection.execute_fetchall
    found = {pragma: [value for (value,) in await ask(f"PRAGMA {pragma}")] for pragma in WRITERS}
    await log.close()
    assert found == {pragma: [value] for pragma, value in WRITERS.items()}


async def test_a_reader_may_not_write_and_never_checkpoints(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log.db")
    await log.append(events("a"))
    wal = tmp_path / "log.db-wal"
    before = wal.read_bytes()
    beside = await SqliteLog.open(tmp_path / "log.db", read_only=True)
    for reader in beside._readers:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await reader.execute_fetchall("DELETE FROM records")
    await beside.close()
    assert wal.read_bytes() == before
    await log.close()


async def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        await SqliteLog.open(tmp_path / "nowhere" / "log.db")


def connection_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if "_connection_worker_thread" in thread.name}


async def test_no_thread_outlives_its_log(tmp_path: Path) -> None:
    before = connection_threads()
    no_database(tmp_path / "diary")
    for path, read_only in (("diary", False), ("diary", True), ("nowhere/log.db", False), ("log.db", True)):
        with pytest.raises(PlayheadError):
            await SqliteLog.open(tmp_path / path, read_only=read_only)
    await make_log(tmp_path / "log.db", "a")
    reader = await SqliteLog.open(tmp_path / "log.db", read_only=True)
    await reader.close()
    async with asyncio.timeout(30):
        while connection_threads() - before:  # noqa: ASYNC110  a thread has told its end just before it ends
            await asyncio.sleep(0)


async def test_a_read_only_log_refuses_to_write(tmp_path: Path) -> None:
    await make_log(tmp_path / "log.db", "a")
    log = await SqliteLog.open(tmp_path / "log.db", read_only=True)
    for refused in (log.append(events("b")), log.append([]), log.erase([1], "no")):
        with pytest.raises(Unavailable, match="reading only"):
            await refused
    assert await ids(log) == ["a"]
    await log.close()


@pytest.mark.parametrize(
    ("version", "warned"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 1), False),
    ],
)
def test_an_affected_sqlite_is_told(version: tuple[int, ...], warned: bool) -> None:
    warning = sqlite_warning(version)
    assert (warning is not None) == warned
    assert not warned or ".".join(map(str, version)) in str(warning)
