"""`prepare` writes the demo into a data folder: whole, once, at the story's times, whatever interrupts it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from replay.clock import now, parse_time
from replay.envelope import parse_event
from replay.errors import Conflict
from replay.log import SqliteLog
from replay.log.contract import EventLog, Record
from server.demo import prepare as preparing
from server.demo import recordings
from server.demo.append import StoryClock, append_story
from server.demo.prepare import Prepared, prepare
from server.demo.recordings import ensure_recordings
from server.demo.story import SESSIONS, Arrival, story
from server.lock import DataLock, DataLocked
from server.services import LOG
from tests.server.demo.quiet import CutOff, Studio


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Studio:
    """Recordings that cost nothing, and a count of those made."""
    studio = Studio()
    monkeypatch.setattr(recordings, "RECORDINGS", studio.recordings)
    return studio


async def kept(data: Path) -> list[Record]:
    log = await SqliteLog.open(data / LOG)
    try:
        return await log.read(0, 10_000)
    finally:
        await log.close()


async def test_the_first_run_stores_the_day_with_its_own_recorded_times(
    tmp_path: Path, studio: Studio
) -> None:
    assert await prepare(tmp_path) == Prepared(239, 1, 14, SESSIONS)
    arrivals = story(await ensure_recordings(tmp_path))
    arrived = {(a.fields["source"], a.fields["id"]): a.at for a in reversed(arrivals)}
    records = await kept(tmp_path)
    assert {(r.event().source, r.event().id): r.recordedtime for r in records} == arrived
    assert len(records) == 239


async def test_a_second_run_changes_nothing_and_makes_nothing(tmp_path: Path, studio: Studio) -> None:
    await prepare(tmp_path)
    before = await kept(tmp_path)
    studio.made.clear()
    assert await prepare(tmp_path) == Prepared(0, 240, 14, SESSIONS)
    assert await kept(tmp_path) == before
    assert studio.made == []


async def test_after_the_demo_the_log_keeps_the_time_of_the_wall(tmp_path: Path, studio: Studio) -> None:
    await prepare(tmp_path)
    before = now()
    log = await SqliteLog.open(tmp_path / LOG)
    try:
        await log.append([parse_event({"id": "mine", "source": "test", "type": "heartbeat"})])
        [mine] = await log.find("default", "mine")
    finally:
        await log.close()
    assert before <= mine.recordedtime <= now()
    assert (await prepare(tmp_path)).stored == 0


@pytest.mark.parametrize("cut", [1, 60, 235])
async def test_a_run_cut_off_among_the_events_is_completed_as_if_it_had_not_been(
    cut: int, tmp_path: Path, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, halved = tmp_path / "whole", tmp_path / "halved"
    await prepare(whole)

    async def cut_off(log: EventLog, clock: StoryClock, arrivals: Sequence[Arrival], _: object) -> None:
        await append_story(log, clock, arrivals[:cut])
        raise CutOff

    with monkeypatch.context() as patch:
        patch.setattr(preparing, "append_story", cut_off)
        with pytest.raises(CutOff):
            await prepare(halved)
    assert 0 < len(await kept(halved)) < 239
    await prepare(halved)
    assert _told(await kept(halved)) == _told(await kept(whole))


def _told(records: list[Record]) -> list[tuple[int, int, bytes | None]]:
    return [(record.position, record.recordedtime, record.body) for record in records]


async def test_a_log_that_was_deleted_is_told_again_without_making_a_recording(
    tmp_path: Path, studio: Studio
) -> None:
    await prepare(tmp_path)
    for file in list(tmp_path.glob(f"{LOG}*")):  # noqa: ASYNC240
        file.unlink()
    studio.made.clear()
    assert (await prepare(tmp_path)).stored == 239
    assert studio.made == []


async def test_a_folder_in_use_is_refused_before_anything_is_made(tmp_path: Path, studio: Studio) -> None:
    with DataLock(tmp_path) as lock:
        lock.announce("http://127.0.0.1:8642")
        with pytest.raises(DataLocked, match="in use by the server"):
            await prepare(tmp_path)
    assert studio.made == []


async def test_the_folder_is_free_again_afterwards_even_when_it_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "RECORDINGS", Studio(breaks_at="marimba").recordings)
    with pytest.raises(CutOff):
        await prepare(tmp_path)
    DataLock(tmp_path).release()


async def test_a_log_with_another_version_of_the_day_is_refused(tmp_path: Path, studio: Studio) -> None:
    first = story(await ensure_recordings(tmp_path))[-1]
    log = await SqliteLog.open(tmp_path / LOG)
    await log.append([parse_event({**first.fields, "data": {"another": "day"}, "type": "older"})])
    await log.close()
    with pytest.raises(Conflict, match="another version of the demo"):
        await prepare(tmp_path)


async def test_progress_tells_the_recordings_and_then_the_events(tmp_path: Path, studio: Studio) -> None:
    told: list[tuple[str, int, int]] = []
    await prepare(tmp_path, lambda *news: told.append(news))
    kinds = [what for what, _, _ in told]
    assert kinds == sorted(kinds, reverse=True)
    assert {what: (done, total) for what, done, total in told} == {
        "recordings": (14, 14),
        "events": (240, 240),
    }
    assert all(before[1] <= after[1] for before, after in pairwise(told) if before[0] == after[0])


async def test_the_demo_reads_as_it_was_known_the_evening_before_the_upload(
    tmp_path: Path, studio: Studio
) -> None:
    await prepare(tmp_path)
    log = await SqliteLog.open(tmp_path / LOG)
    try:
        evening = await log.position_at(parse_time("2026-05-15T00:00:00Z"))
        assert evening == (await log.head()).position - 11
    finally:
        await log.close()


def test_what_was_prepared_can_be_printed() -> None:
    assert msgspec.to_builtins(Prepared(1, 2, 3, ("a",))) == {
        "stored": 1,
        "already_stored": 2,
        "recordings": 3,
        "sessions": ("a",),
    }
