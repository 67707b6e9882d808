"""What keeps a connection's thread from outliving the event loop that it answers to."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from replay import sqlite


def threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread is not threading.main_thread()}


async def test_a_connection_that_is_closed_leaves_no_thread(tmp_path: Path) -> None:
    before = threads()
    connection = await sqlite.connect(tmp_path / "kept.db")
    assert threads() - before
    await sqlite.close(connection)
    await sqlite.close(connection)
    assert threads() - before == set()


async def test_a_file_that_cannot_be_opened_leaves_no_thread(tmp_path: Path) -> None:
    before = threads()
    with pytest.raises(sqlite3.OperationalError):
        await sqlite.connect(tmp_path / "no" / "folder")
    assert threads() - before == set()


async def test_a_caller_cancelled_while_it_closes_leaves_no_thread(tmp_path: Path) -> None:
    before = threads()
    connection = await sqlite.connect(tmp_path / "kept.db")
    release = threading.Event()
    busy = asyncio.ensure_future(connection._execute(release.wait, 5))  # type: ignore[no-untyped-call]
    closing = asyncio.ensure_future(sqlite.close(connection))
    await asyncio.sleep(0)
    closing.cancel()
    release.set()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert threads() - before == set()
    assert await busy


async def test_a_connection_that_cannot_be_made_ready_is_closed(tmp_path: Path) -> None:
    before = threads()
    with pytest.raises(sqlite3.OperationalError, match="nonsense"):
        async with sqlite.closed_on_failure(await sqlite.connect(tmp_path / "kept.db")) as connection:
            await connection.execute("nonsense")
    assert threads() - before == set()
