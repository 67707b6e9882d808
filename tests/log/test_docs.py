"""`docs/log.md` says what is true: its program, its test vectors, its tables."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import msgspec

from replay.log import SqliteLog
from replay.log.chain import GENESIS, commit, key_of, link
from replay.log.sqlite import Limits
from replay.log.sqlite.schema import APPLICATION_ID, FORMAT
from tests.log.making import event, numbered

PAGE = (Path(__file__).parents[2] / "docs" / "log.md").read_text()


def run_program(log: Path) -> subprocess.CompletedProcess[str]:
    [program] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    return subprocess.run(
        [sys.executable, "-c", program, str(log)], capture_output=True, text=True, timeout=60, check=False
    )


async def test_the_program_agrees_with_the_log_about_its_head(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log.db")
    await log.append([*numbered(1, 20, session="walk"), event("é", source="urn:x", time=5)])
    await log.erase([3, 4, 9], "asked for")
    head = await log.head()
    await log.close()
    done = run_program(tmp_path / "log.db")
    assert done.stderr == ""
    assert done.stdout.strip() == head.hash


async def test_the_program_follows_an_adopted_excerpt(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log.db")
    await log.append(numbered(1, 20))
    copy = await SqliteLog.open(tmp_path / "copy.db")
    await copy.adopt(await log.excerpt([2, 3, 9]))
    head = await copy.head()
    await log.close()
    await copy.close()
    assert run_program(tmp_path / "copy.db").stdout.strip() == head.hash


async def test_the_program_finds_a_change(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log.db")
    await log.append(numbered(1, 3))
    await log.close()
    with closing(sqlite3.connect(tmp_path / "log.db", isolation_level=None)) as connection:
        connection.execute("UPDATE records SET body = NULL WHERE position = 2")
    assert "missing without an erasure: [2]" in run_program(tmp_path / "log.db").stderr


def test_the_vectors_are_right() -> None:
    commitment = commit(bytes(range(16)), b'{"id":"a"}')
    assert f"commitment {commitment.hex()}" in PAGE
    assert f"chain      {link(GENESIS, 1, 1_800_000_000_000_000, commitment).hex()}" in PAGE
    assert f"key        {key_of('default', 'player', 'a').hex()}" in PAGE


def test_every_limit_is_told_with_its_default() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", PAGE, re.MULTILINE))
    assert told == {name: str(value) for name, value in msgspec.structs.asdict(Limits()).items()}


async def test_every_column_and_value_is_told(tmp_path: Path) -> None:
    log = await SqliteLog.open(tmp_path / "log.db")
    await log.close()
    with closing(sqlite3.connect(tmp_path / "log.db")) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(records)")]
        names = [row[0] for row in connection.execute("SELECT name FROM meta")]
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    assert sorted(tables) == ["keys", "meta", "records"]
    for name in (*columns, *names):
        assert f"| `{name}` |" in PAGE
    assert f"0x{APPLICATION_ID:X}" in PAGE
    assert f"the format: 1, or {FORMAT} with `anchors`." in PAGE
