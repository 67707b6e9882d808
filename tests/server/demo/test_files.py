"""The recordings' files: made once, whole or not at all, named by what is in them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from replay.envelope import parse_event
from replay.events import AssetDescribed
from replay.recordings import Recordings
from server.demo import recordings
from server.demo.catalogue import RECORDINGS
from server.demo.recordings import ensure_recordings, file_of
from server.demo.story import story
from tests.server.demo.quiet import CutOff, Studio

ASSETS = [recording.asset for recording in RECORDINGS]


async def run(data: Path, monkeypatch: pytest.MonkeyPatch, breaks_at: str | None = None) -> Studio:
    """Make what is missing; return what was made."""
    studio = Studio(breaks_at)
    monkeypatch.setattr(recordings, "RECORDINGS", studio.recordings)
    if breaks_at is None:
        await ensure_recordings(data)
    else:
        with pytest.raises(CutOff):
            await ensure_recordings(data)
    return studio


def media(data: Path) -> dict[str, bytes]:
    return {str(file.relative_to(data)): file.read_bytes() for file in sorted(data.glob("media/*/*"))}


async def test_each_file_is_named_by_its_content_in_its_logs_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "RECORDINGS", Studio().recordings)
    files = await ensure_recordings(tmp_path)
    assert list(files) == ASSETS
    for recording in RECORDINGS:
        content = file_of(tmp_path, recording.log, files[recording.asset]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == files[recording.asset]
    assert {name.split("/")[1] for name in media(tmp_path)} == {"default", "lab"}


async def test_a_second_run_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await run(tmp_path, monkeypatch)
    before = media(tmp_path)
    second = await run(tmp_path, monkeypatch)
    assert (first.made, second.made) == (ASSETS, [])
    assert media(tmp_path) == before


async def test_a_run_that_was_cut_off_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await run(tmp_path, monkeypatch, breaks_at="marimba")
    rest = await run(tmp_path, monkeypatch)
    assert rest.made == ASSETS[ASSETS.index("marimba") :]
    assert len(media(tmp_path)) == len(ASSETS)


async def test_a_file_left_half_written_is_not_taken_for_a_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run(tmp_path, monkeypatch)
    whole = media(tmp_path)
    victim = tmp_path / next(iter(whole))
    victim.write_bytes(victim.read_bytes()[:-1])
    again = await run(tmp_path, monkeypatch)
    assert len(again.made) == 1
    assert media(tmp_path) == whole


async def test_a_deleted_file_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await run(tmp_path, monkeypatch)
    whole = media(tmp_path)
    (tmp_path / next(iter(whole))).unlink()
    assert len((await run(tmp_path, monkeypatch)).made) == 1
    assert media(tmp_path) == whole


@pytest.mark.parametrize("index", [None, b"", b"{", b"\xff", b'{"code":"of another day","files":{}}'])
async def test_without_a_usable_index_all_are_made_again_and_are_the_same(
    index: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run(tmp_path, monkeypatch)
    whole = media(tmp_path)
    file = tmp_path / "cache" / recordings.INDEX
    file.unlink()
    if index is not None:
        file.write_bytes(index)
    assert (await run(tmp_path, monkeypatch)).made == ASSETS
    assert media(tmp_path) == whole


async def test_nothing_is_left_beside_the_recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await run(tmp_path, monkeypatch)
    assert {Path(name).suffix for name in media(tmp_path)} == {".wav"}


async def test_progress_counts_up_to_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "RECORDINGS", Studio().recordings)
    told: list[tuple[str, int, int]] = []
    await ensure_recordings(tmp_path, lambda *news: told.append(news))
    count = len(ASSETS)
    assert told == [("recordings", done, count) for done in range(count + 1)]


async def test_every_recording_is_found_by_its_description(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "RECORDINGS", Studio().recordings)
    arrivals = story(await ensure_recordings(tmp_path))
    described = [parse_event(one.fields) for one in arrivals if one.fields["type"] == "asset-described"]
    found = {
        (event.log, event.data["asset"]): Recordings(tmp_path).find(
            event.log, msgspec.convert(event.data, AssetDescribed)
        )
        for event in described
    }
    assert {asset for (_, asset), known in found.items() if known.fault is None} == set(ASSETS)
    assert {asset for (_, asset), known in found.items() if known.fault is not None} == {"live-radio"}
