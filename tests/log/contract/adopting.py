"""Taking records out of a log, and into another."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from replay.errors import Conflict, Corrupt
from replay.log import EventLog
from replay.log.chain import Sealed
from tests.log.contract.engine import Engine
from tests.log.making import HandClock, event, events, everything, numbered

WANTED = (3, 4, 7, 9, 10, 12)


async def history(engine: Engine) -> EventLog:
    """Twelve records a second apart, of which the one at 4 is erased by the last."""
    clock = HandClock()
    log = await engine.open(clock=clock)
    for one in numbered(1, 11):
        clock.time += 1_000_000
        await log.append([one])
    await log.erase([4], "asked for")
    return log


class Adopting:
    async def test_an_excerpt_is_by_position_and_anchored_where_it_follows_a_gap(
        self, engine: Engine
    ) -> None:
        log = await history(engine)
        found = await log.excerpt([12, 3, 4, 9, 7, 10, 99, 0, -1, 3])
        assert [record.position for record in found] == list(WANTED)
        assert [record.position for record in found if record.anchor is not None] == [3, 7, 9, 12]
        assert [record.position for record in found if record.body is None] == [4]
        assert found[-1].chain.hex() == (await log.head()).hash
        assert await log.excerpt([]) == []
        whole = await log.excerpt(range(1, 13))
        assert [record.anchor for record in whole] == [None] * 12

    async def test_an_adopted_excerpt_keeps_positions_times_and_hashes(self, engine: Engine) -> None:
        log = await history(engine)
        copy = await engine.open()
        await copy.adopt(await log.excerpt(WANTED))
        assert await everything(copy) == await log.get(WANTED)
        assert await copy.head() == await log.head()
        assert await copy.get([1, 3, 5, 12]) == await log.get([3, 12])
        assert copy.epoch != log.epoch
        checked = await copy.verify()
        assert (checked.records, checked.erased, checked.anchored) == (6, 1, 4)
        assert (await copy.verify(5, 9)).records == 2
        assert await copy.excerpt(WANTED) == await log.excerpt(WANTED)
        assert await copy.excerpt([9, 10]) == await log.excerpt([9, 10])

    async def test_reading_and_times_pass_over_the_gaps(self, engine: Engine) -> None:
        log = await history(engine)
        copy = await engine.open()
        await copy.adopt(await log.excerpt(WANTED))
        assert [record.position for record in await copy.read(4, 2)] == [7, 9]
        assert [record.position for record in await copy.read(8, 9)] == [9, 10, 12]
        times = {record.position: record.recordedtime for record in await everything(copy)}
        assert await copy.position_at(times[7]) == 8
        assert await copy.position_at(times[7] - 1) == 6
        assert await copy.position_at(times[12]) == 12
        assert await copy.position_at(0) == 2

    async def test_an_adopted_log_goes_on(self, engine: Engine, tmp_path: Path) -> None:
        log = await history(engine)
        copy = await engine.open()
        await copy.adopt(await log.excerpt(WANTED))
        receipts = await copy.append(events("3", "4", "5", "new"))
        assert [(receipt.position, receipt.status) for receipt in receipts] == [
            (3, "already-stored"),
            (4, "erased"),
            (13, "stored"),
            (14, "stored"),
        ]
        assert [record.position for record in await copy.find("default", "7")] == [7]
        await copy.erase([9], "asked for")
        assert (await copy.verify()).erased == 2
        await copy.backup(tmp_path / "copy")
        restored = await engine.restore(tmp_path / "copy")
        assert await restored.verify() == await copy.verify()
        assert await everything(restored) == await everything(copy)

    async def test_only_an_empty_log_adopts(self, engine: Engine) -> None:
        log = await history(engine)
        copy = await engine.open()
        await copy.append([event("mine")])
        with pytest.raises(Conflict):
            await copy.adopt(await log.excerpt(WANTED))
        assert len(await everything(copy)) == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"recordedtime": 1},
            {"position": 8},
            {"position": 3},
            {"position": 2**53},
            {"nonce": bytes(16)},
            {"nonce": None},
            {"body": b'{"id":"x"}'},
            {"body": None, "nonce": None},
            {"commitment": bytes(32)},
            {"chain": bytes(32)},
            {"anchor": bytes(32)},
            {"anchor": None},
            {"key": bytes(24)},
        ],
        ids=str,
    )
    async def test_a_seal_that_does_not_match_is_refused_and_nothing_is_kept(
        self, engine: Engine, change: dict[str, object]
    ) -> None:
        found = await (await history(engine)).excerpt(WANTED)
        found[2] = msgspec.structs.replace(found[2], **change)
        copy = await engine.open()
        with pytest.raises(Corrupt):
            await copy.adopt(found)
        assert await everything(copy) == []
        assert (await copy.append(events("a")))[0].position == 1

    async def test_an_excerpt_without_the_record_of_its_erasure_is_refused(self, engine: Engine) -> None:
        log = await history(engine)
        copy = await engine.open()
        with pytest.raises(Corrupt, match="no erasure tells of it"):
            await copy.adopt(await log.excerpt([3, 4]))

    async def test_nothing_may_be_adopted(self, engine: Engine) -> None:
        copy = await engine.open()
        none: list[Sealed] = []
        await copy.adopt(none)
        assert (await copy.append(events("a")))[0].position == 1
