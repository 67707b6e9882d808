"""A views file that a question finds damaged: it cannot be answered, and the file is built again."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from projections import Projections
from projections.view import Row
from projections.views import VIEWS
from projections.views_file import file_name
from replay.errors import Unavailable
from replay.log.contract import Record
from tests.projections.house import House, event, eventually, open_house

NAME = file_name(VIEWS)
MALFORMED = sqlite3.DatabaseError("database disk image is malformed")


async def meet_damage(house: House, monkeypatch: pytest.MonkeyPatch, error: sqlite3.Error) -> None:
    """Have one question meet an error of the file."""

    async def fail(*_: object) -> list[Row]:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("projections.readers.run", fail)
        with pytest.raises(Unavailable, match=str(error)):
            await house.feeds.device("default", "d1")


async def test_it_is_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_house(tmp_path) as house:
        await house.tell(event(), event())
        old = tmp_path / "old"
        old.hardlink_to(tmp_path / NAME)
        await meet_damage(house, monkeypatch, MALFORMED)
        await eventually(lambda: (tmp_path / NAME).exists() and not old.samefile(tmp_path / NAME))
        await house.tell(event())
        assert await house.feeds.positions("default", "d1") == (1, 2, 3)


async def test_a_disk_that_cannot_be_read_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_house(tmp_path) as house:
        await house.tell(event())
        old = tmp_path / "old"
        old.hardlink_to(tmp_path / NAME)
        await meet_damage(house, monkeypatch, sqlite3.OperationalError("disk I/O error"))
        await house.tell(event())
        assert old.samefile(tmp_path / NAME)
        assert await house.feeds.positions("default", "d1") == (1, 2)


async def test_what_cannot_be_built_at_once_is_built_with_the_next_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = asyncio.Event()

    async def busy(*_: object) -> list[Record]:
        tried.set()
        raise Unavailable("the log is busy")

    monkeypatch.setattr("projections.following.FIRST_DELAY", 0.001)
    async with open_house(tmp_path) as house:
        await house.tell(event())
        with monkeypatch.context() as patch:
            patch.setattr(house.log, "read", busy)
            await meet_damage(house, monkeypatch, MALFORMED)
            await tried.wait()
        house.projections.start()
        await house.log.append([event()])
        await eventually(lambda: house.projections.position == 2)
        assert await house.feeds.positions("default", "d1") == (1, 2)


async def test_a_file_that_is_being_closed_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_house(tmp_path) as house:
        await house.tell(event())
        await meet_damage(house, monkeypatch, MALFORMED)
    again = await Projections.open(tmp_path, house.log)
    await again.catch_up()
    assert await again.feeds.positions("default", "d1") == (1,)
    await again.close()
