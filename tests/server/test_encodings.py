"""Encoded sounds on the disk: what they are of is measured elsewhere; here they are numbers, made at a pace."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import pytest

from replay.errors import Unavailable
from replay.recordings.drafts import Draft
from server.services.encoding import Making
from server.services.encodings import FOLDER, Encodings, Name
from server.tasks import to_its_end

PIECES = [bytes([number]) * 1000 for number in range(20)]
WHOLE = b"".join(PIECES)


class Encoder:
    """Makes `PIECES`: as many as it may, one after another."""

    def __init__(self, may: int = len(PIECES)) -> None:
        self.begun = self.stopped = 0
        self.error: Exception | None = None
        self._may = asyncio.Semaphore(may)

    def allow(self, pieces: int = len(PIECES)) -> None:
        for _ in range(pieces):
            self._may.release()

    async def make(self, making: Making | None) -> AsyncGenerator[bytes, None]:
        self.begun += 1
        try:
            for piece in PIECES:
                await self._may.acquire()
                if self.error is not None:
                    raise self.error
                if making is not None:
                    making.write(piece)
                yield piece
            if making is not None:
                making.finish()
        finally:
            self.stopped += 1


@pytest.fixture
def encodings(tmp_path: Path) -> Encodings:
    return Encodings(tmp_path, 100_000)


def name(encodings: Encodings, key: str = "a", log: str = "park") -> Name:
    return Name(log, (key,), encodings.edition(log))


async def read(pieces: AsyncGenerator[bytes, None]) -> bytes:
    async with aclosing(pieces):
        return b"".join([piece async for piece in pieces])


async def forget(encodings: Encodings) -> None:
    async with encodings.forgetting("park"):
        pass


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


async def test_it_is_made_once_for_all_who_read_it_meanwhile_and_then_kept(encodings: Encodings) -> None:
    encoder, its = Encoder(may=3), name(encodings)
    first = encodings.make(its, encoder.make)
    begin = await anext(first)
    second = asyncio.create_task(read(encodings.make(its, encoder.make)))
    assert (await encodings.find(its), encodings.under_way(its)) == (None, True)
    encoder.allow()
    assert begin + await read(first) == await second == WHOLE
    assert (encoder.begun, await encodings.find(its), encodings.under_way(its)) == (1, len(WHOLE), False)
    assert await read(encodings.read(its, encoder.make, 1500, 4200)) == WHOLE[1500:4200]
    assert encoder.begun == 1


async def test_it_is_made_to_its_end_whatever_the_pace_of_who_reads_it(encodings: Encodings) -> None:
    encoder, its = Encoder(), name(encodings)
    reader = encodings.make(its, encoder.make)
    begin = await anext(reader)
    async with asyncio.timeout(60):
        while await encodings.find(its) is None:  # noqa: ASYNC110 - there is nothing else to wait for
            await asyncio.sleep(0.01)
    assert begin + await read(reader) == WHOLE


async def test_when_the_last_reader_leaves_the_work_stops_and_nothing_is_left(
    encodings: Encodings, tmp_path: Path
) -> None:
    encoder, its = Encoder(may=5), name(encodings)
    readers = [encodings.make(its, encoder.make) for _ in range(2)]
    for reader in readers:
        await anext(reader)
    await readers[0].aclose()
    assert (encoder.stopped, len(files(tmp_path))) == (0, 1)
    await readers[1].aclose()
    assert (encoder.stopped, files(tmp_path)) == (1, [])


async def test_what_goes_wrong_is_told_to_who_reads(encodings: Encodings, tmp_path: Path) -> None:
    encoder = Encoder()
    encoder.error = Unavailable("too many sounds are being made")
    with pytest.raises(Unavailable, match="too many"):
        await read(encodings.make(name(encodings), encoder.make))
    assert files(tmp_path) == []


@pytest.mark.parametrize("checked_every", [1000, 2**25])
@pytest.mark.parametrize("budget", [0, len(WHOLE) - 1])
async def test_what_there_is_no_room_for_is_sent_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, budget: int, checked_every: int
) -> None:
    monkeypatch.setattr("server.services.encoding.CHECKED_EVERY", checked_every)
    (tmp_path / FOLDER / "lab").mkdir(parents=True)
    (tmp_path / FOLDER / "lab" / "other").write_bytes(b"small")
    encodings, encoder = Encodings(tmp_path, budget), Encoder(may=100)
    assert await read(encodings.make(name(encodings), encoder.make)) == WHOLE
    assert await encodings.find(name(encodings)) is None
    assert [path.name for path in files(tmp_path)] == ["other"]


async def test_a_disk_that_fails_half_way_is_no_matter_to_who_reads(
    encodings: Encodings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Draft.write

    def fail(draft: Draft, chunk: bytes) -> None:
        if draft.size >= 7000:
            raise OSError(28, "No space left on device")
        write(draft, chunk)

    monkeypatch.setattr(Draft, "write", fail)
    encoder = Encoder(may=100)
    assert await read(encodings.make(name(encodings), encoder.make)) == WHOLE
    assert (encoder.begun, files(tmp_path)) == (2, [])


async def test_what_was_used_longest_ago_goes_first_of_whatever_log(tmp_path: Path) -> None:
    encodings, encoder = Encodings(tmp_path, 4 * len(WHOLE)), Encoder(may=100)
    logs = {"a": "park", "b": "lab", "c": "park", "d": "lab", "e": "park"}
    names = [name(encodings, key, log) for key, log in logs.items()]
    for its in names:
        await read(encodings.make(its, encoder.make))
        for age, file in enumerate(sorted(files(tmp_path), key=lambda path: path.stat().st_mtime_ns)):
            os.utime(file, (age, age))
        assert len(files(tmp_path)) <= 4
    assert [await encodings.find(its) for its in names] == [None, None, *[len(WHOLE)] * 3]


async def test_a_log_that_forgets_keeps_nothing_that_was_begun_before(
    encodings: Encodings, tmp_path: Path
) -> None:
    encoder, old, other = Encoder(may=100), name(encodings), name(encodings, log="lab")
    late = name(encodings, "late")
    for its in (old, other):
        await read(encodings.make(its, encoder.make))
    slow = Encoder(may=1)
    under_way = encodings.make(name(encodings, "slow"), slow.make)
    await anext(under_way)
    async with encodings.forgetting("park"):
        assert len(files(tmp_path)) == 1
        assert await read(encodings.make(name(encodings, "within"), encoder.make)) == WHOLE
    slow.allow()
    assert len(await read(under_way)) == len(WHOLE) - len(PIECES[0])
    assert await read(encodings.make(late, encoder.make)) == WHOLE
    assert await encodings.find(old) is None
    assert len(files(tmp_path)) == 1
    assert await read(encodings.make(name(encodings), encoder.make)) == WHOLE
    assert len(files(tmp_path)) == 2


async def test_a_log_that_forgets_waits_for_what_comes_to_its_place_though_its_last_reader_left(
    encodings: Encodings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, placing, go_on, done = asyncio.get_running_loop(), asyncio.Event(), threading.Event(), []
    place, remove = Draft.place, shutil.rmtree

    def place_late(draft: Draft, target: Path) -> None:
        loop.call_soon_threadsafe(placing.set)
        go_on.wait()
        done.append("placed")
        place(draft, target)

    def note_and_remove(folder: Path, *, ignore_errors: bool) -> None:
        done.append("removed")
        remove(folder, ignore_errors=ignore_errors)

    async def make(making: Making | None) -> AsyncGenerator[bytes, None]:
        assert making is not None
        making.write(WHOLE)
        yield WHOLE
        await to_its_end(making.finish)

    monkeypatch.setattr(Draft, "place", place_late)
    monkeypatch.setattr(shutil, "rmtree", note_and_remove)
    reader = encodings.make(name(encodings), make)
    await anext(reader)
    await placing.wait()
    leaves = asyncio.ensure_future(reader.aclose())
    forgets = asyncio.ensure_future(forget(encodings))
    await asyncio.wait({forgets}, timeout=0.1)
    go_on.set()
    await asyncio.gather(leaves, forgets)
    assert (done, files(tmp_path)) == (["placed", "removed", "removed"], [])


async def test_a_start_removes_what_a_killed_process_left_and_what_has_no_room_now(
    encodings: Encodings, tmp_path: Path
) -> None:
    encoder, its = Encoder(), name(encodings)
    await read(encodings.make(its, encoder.make))
    (file,) = files(tmp_path)
    file.with_name(".begun").write_bytes(b"half of it")
    encodings.sweep()
    assert files(tmp_path) == [file]
    Encodings(tmp_path, 0).sweep()
    assert files(tmp_path) == []
