"""When writing fails: everyone is told, nothing acknowledged is lost, and the next append works."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from replay.errors import Unavailable
from replay.log import SqliteLog
from replay.log.sqlite import Limits
from tests.log.faults import Faults
from tests.log.making import event, events, everything, ids, names_in, numbered

SMALL = Limits(keys_in_memory=20)

STEPS = [
    ("BEGIN IMMEDIATE", False),
    ("CROSS JOIN keys", False),
    ("INSERT INTO records", False),
    ("INSERT INTO records", True),
    ("INSERT INTO keys", False),
    ("UPDATE meta", False),
    ("COMMIT", False),
    ("COMMIT", True),  # it is there, and nobody was told
]


@pytest.mark.parametrize(("step", "after"), STEPS)
async def test_a_failure_at_any_step_loses_and_repeats_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db", limits=SMALL)
    await log.append(numbered(1, 30))  # a run is sealed now, and the next append writes all of it
    faults.fail(step, after=after)
    with pytest.raises(Unavailable, match="disk I/O error"):
        await log.append(numbered(31, 60))
    receipts = await log.append(numbered(1, 60))
    stored = after and step == "COMMIT"
    assert [receipt.status for receipt in receipts[:30]] == ["already-stored"] * 30
    assert {receipt.status for receipt in receipts[30:]} == {"already-stored" if stored else "stored"}
    assert await ids(log) == [str(number) for number in range(1, 61)]
    await log.verify()
    await log.close()


@pytest.mark.parametrize(("step", "after"), [*STEPS[:3], ("UPDATE records", False), *STEPS[6:]])
async def test_a_failed_erasure_is_whole_or_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db")
    await log.append(events("a", "b"))
    faults.fail(step, after=after)
    with pytest.raises(Unavailable):
        await log.erase([1], "asked for")
    receipts = await log.erase([1], "asked for")
    assert len(receipts) == (0 if after else 1)
    verification = await log.verify()
    assert (verification.records, verification.erased) == (3, 1)
    await log.close()


async def test_everyone_in_the_failed_transaction_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db")
    faults.fail("COMMIT")
    outcomes = await asyncio.gather(*(log.append([one]) for one in numbered(1, 5)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 5
    assert len(await asyncio.gather(*(log.append([one]) for one in numbered(1, 5)))) == 5
    await log.close()


async def test_a_commit_found_later_reaches_the_followers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db")
    follower = log.follow(0)
    faults.fail("COMMIT", after=True)
    with pytest.raises(Unavailable):
        await log.append(events("a"))
    await log.append(events("b"))
    seen = [record.event().id for record in await anext(follower)]
    assert seen == ["a", "b"]
    await log.close()


async def test_a_log_that_cannot_be_opened_anew_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db")
    await log.append(events("a"))
    faults.fail("COMMIT")
    faults.fail("PRAGMA journal_mode", times=2)  # the first statement of a new connection that writes
    for _ in range(3):
        with pytest.raises(Unavailable):
            await log.append(events("b"))
        assert await ids(log) == ["a"]  # reading goes on
    await log.append(events("b"))
    assert await ids(log) == ["a", "b"]
    await log.close()


async def test_records_that_vanish_under_the_log_are_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db")
    await log.append(events("a", "b"))
    faults.fail("COMMIT")
    with pytest.raises(Unavailable):
        await log.append(events("c"))
    with closing(sqlite3.connect(tmp_path / "log.db", isolation_level=None)) as connection:
        connection.execute("DELETE FROM records WHERE position = 2")
    for _ in range(2):
        with pytest.raises(Unavailable, match="lost what was acknowledged"):
            await log.append(events("c"))
    await log.close()


async def test_a_file_that_vanishes_is_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db")
    await log.append(events("a"))
    faults.fail("COMMIT")
    with pytest.raises(Unavailable):
        await log.append(events("b"))
    for name in names_in(tmp_path):
        (tmp_path / name).unlink()
    with pytest.raises(Unavailable):
        await log.append(events("b"))
    assert names_in(tmp_path) == []
    await log.close()


async def test_a_failed_log_closes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db")
    faults.fail("COMMIT")
    with pytest.raises(Unavailable):
        await log.append(events("a"))
    await log.close()


async def test_a_failed_checkpoint_harms_no_append(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db", limits=Limits(idle_pages=1))
    faults.fail("wal_checkpoint(PASSIVE)", times=3)
    for one in numbered(1, 5):
        await log.append([one])
    assert len(await everything(log)) == 5
    await log.close()


async def test_an_unreadable_file_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = Faults(monkeypatch)
    log = await SqliteLog.open(tmp_path / "log.db")
    await log.append(events("a"))
    faults.fail("FROM records WHERE position > ?")
    with pytest.raises(Unavailable, match="could not be read"):
        await log.read(0, 10)
    assert await ids(log) == ["a"]
    await log.close()


FULL_DISK = """
import asyncio, resource, sys
from pathlib import Path
from replay.errors import Unavailable
from replay.log import SqliteLog
from tests.log.making import event

def limit(bytes):
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes, resource.RLIM_INFINITY))

async def main():
    log = await SqliteLog.open(Path(sys.argv[1]))
    acknowledged, refused = [], []
    limit(600_000)
    for number in range(300):
        one = event(str(number), data={"note": "x" * 4000})
        try:
            await log.append([one])
            acknowledged.append(one)
        except Unavailable:
            refused.append(one)
    assert acknowledged and len(refused) > 10, (len(acknowledged), len(refused))
    assert len(await log.read(0, 1000)) == len(acknowledged)
    limit(resource.RLIM_INFINITY)
    assert {receipt.status for receipt in await log.append(acknowledged)} == {"already-stored"}
    assert {receipt.status for receipt in await log.append(refused)} == {"stored"}
    assert (await log.verify()).records == 300
    await log.close()
    log = await SqliteLog.open(Path(sys.argv[1]))
    assert (await log.verify()).records == 300
    await log.close()

asyncio.run(main())
"""


def test_a_full_disk_acknowledges_nothing_and_recovers_when_there_is_room(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: in a process of its own, which it limits as a whole."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FULL_DISK, str(tmp_path / "log.db")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


async def test_another_program_s_record_is_noticed_before_anything_is_written_over_it(tmp_path: Path) -> None:
    """Two writers are a mistake. The second fails where the first was faster, and sees its records from then on."""
    log, other = await SqliteLog.open(tmp_path / "log.db"), await SqliteLog.open(tmp_path / "log.db")
    await other.append([event("theirs")])
    with pytest.raises(Unavailable):
        await log.append([event("ours")])
    await log.append([event("ours")])
    assert await ids(log) == ["theirs", "ours"]
    await log.verify()
    await log.close()
    await other.close()
