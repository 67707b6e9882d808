"""Verification, backup, and the end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from replay.errors import Invalid, Unavailable
from tests.log.contract.engine import Engine
from tests.log.making import event, events, everything, numbered


class Keeping:
    async def test_verification_reads_every_record(self, engine: Engine) -> None:
        log = await engine.open()
        assert (await log.verify()).records == 0
        await log.append(numbered(1, 2_345))
        whole = await log.verify()
        assert (whole.first, whole.last, whole.records, whole.erased) == (1, 2_345, 2_345, 0)
        part = await log.verify(100, 1_200)
        assert (part.first, part.last, part.records) == (100, 1_200, 1_101)
        assert (await log.verify(2_346)).records == 0
        assert (await log.verify(2_000, 9_999)).last == 2_345
        assert (await log.verify(-(2**70), 2**70)).records == 2_345
        assert (await log.verify(2**70)).records == 0

    async def test_a_part_is_verified_though_its_erasure_comes_later(self, engine: Engine) -> None:
        log = await engine.open()
        await log.append(numbered(1, 1_500))
        await log.erase(range(3, 900, 2), "asked for")
        await log.append(numbered(1_501, 3_000))
        assert (await log.verify(2, 6)).erased == 2

    async def test_a_backup_has_every_record_and_an_epoch_of_its_own(
        self, engine: Engine, tmp_path: Path
    ) -> None:
        log = await engine.open()
        await log.append(numbered(1, 50))
        await log.erase([7], "asked for")
        await log.backup(tmp_path / "copy")
        copy = await engine.restore(tmp_path / "copy")
        assert await everything(copy) == await everything(log)
        assert await copy.head() == await log.head()
        assert copy.epoch != log.epoch
        assert (await copy.verify()).erased == 1

    async def test_a_restored_log_goes_on_where_the_backup_was_made(
        self, engine: Engine, tmp_path: Path
    ) -> None:
        log = await engine.open()
        await log.append(events("a", "b"))
        await log.erase([1], "asked for")
        await log.backup(tmp_path / "copy")
        await log.append(events("later"))
        copy = await engine.restore(tmp_path / "copy")
        receipts = await copy.append(events("a", "b", "later"))
        assert [(receipt.position, receipt.status) for receipt in receipts] == [
            (1, "erased"),
            (2, "already-stored"),
            (4, "stored"),
        ]
        assert len(await copy.find("default", "b")) == 1
        await copy.verify()

    async def test_a_backup_has_nothing_of_what_was_erased(self, engine: Engine, tmp_path: Path) -> None:
        log = await engine.open()
        await log.append([event("a", data={"note": "a-secret-" * 900}), event("b", data={"note": "kept"})])
        await log.erase([1], "asked for")
        await log.backup(tmp_path / "copy")
        raw = (tmp_path / "copy").read_bytes()
        assert b"kept" in raw
        assert b"a-secret-" not in raw

    async def test_a_backup_overwrites_nothing(self, engine: Engine, tmp_path: Path) -> None:
        log = await engine.open()
        (tmp_path / "copy").write_text("mine")
        with pytest.raises(Invalid):
            await log.backup(tmp_path / "copy")
        assert (tmp_path / "copy").read_text() == "mine"

    async def test_every_log_has_an_epoch_of_its_own(self, engine: Engine) -> None:
        assert (await engine.open()).epoch != (await engine.open()).epoch

    async def test_a_closed_log_refuses_everything(self, engine: Engine, tmp_path: Path) -> None:
        log = await engine.open()
        await log.append(events("a"))
        await log.close()
        await log.close()
        for refused in (
            log.append(events("b")),
            log.append([]),
            log.read(0, 1),
            log.get([1]),
            log.find("default", "a"),
            log.head(),
            log.position_at(0),
            log.erase([1], "too late"),
            log.verify(),
            log.excerpt([1]),
            log.adopt([]),
            log.backup(tmp_path / "copy"),
        ):
            with pytest.raises(Unavailable):
                await refused
        assert [batch async for batch in log.follow(0)] == []

    async def test_what_was_accepted_is_finished_before_closing(self, engine: Engine) -> None:
        log = await engine.open()
        tasks = [asyncio.create_task(log.append([one])) for one in numbered(1, 20)]
        await asyncio.sleep(0)
        await log.close()
        receipts = await asyncio.gather(*tasks)
        assert sorted(receipt.position for [receipt] in receipts) == list(range(1, 21))
