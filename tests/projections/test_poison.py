"""A record that a view cannot fold is parked with its position and error, and everything else moves on."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from projections import Parked, Projections
from projections.entries import Entry
from projections.feeds.fold import FeedsView
from projections.timelines.fold import TimelinesView
from projections.view import Database
from projections.views import VIEWS
from replay.errors import Unavailable
from replay.log.contract import EventLog, Record
from tests.projections.house import House, dump, event, fresh_dump, open_house, raw


class Fussy(TimelinesView):
    """Chokes on what is of type `poison`, after it has written some of the batch."""

    async def apply(self, db: Database, entries: Sequence[Entry], log: EventLog) -> None:
        await super().apply(db, entries, log)
        for entry in entries:
            if entry.type == "poison":
                raise KeyError(f"cannot fold {entry.session}" + "!" * 1000)


FUSSY = (Fussy(), FeedsView())


async def parked(projections: Projections) -> dict[str, list[int]]:
    return {status.name: [fault.position for fault in status.faults] for status in await projections.status()}


@pytest.mark.parametrize("told", [1, 2, 7, 40])
async def test_the_poisoned_are_parked_and_the_others_folded(tmp_path: Path, told: int) -> None:
    async with open_house(tmp_path, FUSSY) as house:
        types = ["poison" if number % 5 == 0 else "heartbeat" for number in range(told)]
        positions = await house.tell(*(event(type) for type in types))
        poisoned = [at for at, type in zip(positions, types, strict=True) if type == "poison"]
        assert await parked(house.projections) == {"timelines": poisoned, "feeds": []}
        assert house.projections.position == positions[-1]
        whole = set(positions) - set(poisoned)
        assert set(await house.timelines.positions("default", "s1")) == whole
        assert await house.feeds.positions("default", "d1") == tuple(positions)
        assert dump(tmp_path, FUSSY) == await fresh_dump(house.log, tmp_path / "fresh", FUSSY)


async def test_a_parked_record_tells_its_error_in_bounded_length(tmp_path: Path) -> None:
    async with open_house(tmp_path, FUSSY) as house:
        [position] = await house.tell(event("poison"))
        [timelines, feeds] = await house.projections.status()
        assert timelines.faults == (Parked(position, ("KeyError: 'cannot fold s1" + "!" * 1000)[:500]),)
        assert (timelines.parked, feeds.parked, timelines.lag) == (1, 0, 0)


async def test_a_status_names_the_first_faults_and_counts_them_all(tmp_path: Path) -> None:
    async with open_house(tmp_path, FUSSY) as house:
        positions = await house.tell(*(event("poison") for _ in range(30)))
        [timelines, _] = await house.projections.status()
        assert timelines.parked == 30
        assert [fault.position for fault in timelines.faults] == positions[:20]


async def test_a_parked_record_counts_as_passed(tmp_path: Path) -> None:
    async with open_house(tmp_path, FUSSY) as house:
        [position] = await house.tell(event("poison"))
        assert await house.projections.wait_for(position, 0)


async def test_an_erasure_takes_the_parked_record_and_its_text_along(tmp_path: Path) -> None:
    async with open_house(tmp_path, FUSSY) as house:
        [position] = await house.tell(event("poison", session="hers-alone"))
        assert b"hers-alone" in raw(tmp_path)
        await house.erase(position)
        assert await parked(house.projections) == {"timelines": [], "feeds": []}
        assert b"hers-alone" not in raw(tmp_path)
        assert dump(tmp_path, FUSSY) == await fresh_dump(house.log, tmp_path / "fresh", FUSSY)


async def test_a_record_that_cannot_be_decoded_is_parked_in_every_view(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = house.log.read

    async def spoiled(after: int, limit: int) -> list[Record]:
        records = await read(after, limit)
        return [Record(record.position, 0, b"{") if record.position == 2 else record for record in records]

    monkeypatch.setattr(house.log, "read", spoiled)
    await house.tell(event(), event(), event())
    assert await parked(house.projections) == {view.name: [2] for view in VIEWS}
    assert await house.timelines.positions("default", "s1") == (1, 3)


class Failing(FeedsView):
    """Fails for reasons that are no record's fault, as often as `errors` says."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []

    async def apply(self, db: Database, entries: Sequence[Entry], log: EventLog) -> None:
        await super().apply(db, entries, log)
        if self.errors:
            raise self.errors.pop()


@pytest.mark.parametrize(
    "error",
    [sqlite3.OperationalError("database or disk is full"), Unavailable("the log is closed"), OSError(5, "x")],
)
async def test_trouble_with_the_disk_or_the_log_parks_nothing(tmp_path: Path, error: Exception) -> None:
    view = Failing()
    async with open_house(tmp_path, (view,)) as house:
        before = house.projections.position
        view.errors.append(error)
        with pytest.raises(type(error)):
            await house.tell(event(), event())
        assert house.projections.position == before
        assert await house.projections.catch_up() == 2
        assert await parked(house.projections) == {"feeds": []}
        assert await house.feeds.positions("default", "d1") == (1, 2)
