"""`playhead media`: files become recordings, each refused one is named, and what there is can be listed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from replay.errors import Unavailable
from server.cli.places.shelves import FolderShelf
from server.cli.recordings import find_files
from server.lock import DataLock
from tests.replay.recordings.making import wav
from tests.server.cli.processes import serving
from tests.server.cli.run import document, failed, ok, run
from tests.server.cli.samples import write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with recordings, and what else lies in such folders."""
    made = tmp_path / "recordings"
    (made / "deep" / ".hidden").mkdir(parents=True)
    (made / "fountain.wav").write_bytes(wav(0.5))
    (made / "deep" / "Bell 1.WAV").write_bytes(wav(1))
    (made / "deep" / "cover.jpg").write_bytes(b"jpeg")
    (made / "notes.txt").write_text("notes")
    (made / ".fountain.wav").write_bytes(b"hidden")
    (made / "deep" / ".hidden" / "x.wav").write_bytes(b"hidden")
    return made


def assets(data: Path, **more: Any) -> dict[str, Any]:
    return {row["asset"]: row for row in document("media", "list", "--data", data, **more)["assets"]}


def test_a_folders_recordings_are_stored_and_the_rest_passed_over(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    result = run("media", "add", "--data", data, folder)
    assert result.exit_code == 0
    assert result.stdout == "2 recordings: 2 stored\n"
    assert result.stderr == "2 other files passed over.\n"
    found = assets(data)
    assert set(found) == {"Bell 1", "fountain"}
    assert all(row["recording"]["there"] for row in found.values())
    assert found["fountain"]["description"]["duration"] == 0.5


def test_it_can_be_repeated(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    ok("media", "add", "--data", data, folder)
    assert document("media", "add", "--data", data, folder) == {
        "files": 2,
        "stored": 0,
        "already_stored": 2,
        "refused": [],
        "passed_over": 2,
        "position": 2,
    }


def test_a_refused_file_is_named_and_the_others_are_stored(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (folder / "aaa.wav").write_bytes(b"hello")
    result = run("media", "add", "--data", data, folder)
    assert result.exit_code == 7
    assert result.stdout == "3 recordings: 2 stored, 1 refused\n"
    assert f"Error: {folder}/aaa.wav: it is no sound file, or a broken one.\n" in result.stderr
    assert set(assets(data)) == {"Bell 1", "fountain"}


def test_one_that_is_too_large_is_refused(folder: Path, tmp_path: Path) -> None:
    env = {"PLAYHEAD_MAX_RECORDING": "60000"}
    result = run("media", "add", "--data", tmp_path / "data", "--json", folder, env=env)
    assert result.exit_code == 7
    assert "larger than 60,000 bytes" in result.stderr


def test_a_file_that_is_named_is_meant_whatever_its_ending(tmp_path: Path) -> None:
    file = tmp_path / "fountain.take2"
    file.write_bytes(wav())
    ok("media", "add", "--data", tmp_path / "data", "--log", "park", file)
    assert assets(tmp_path / "data")["fountain"]["log"] == "park"


def test_ids_name_files_by_path_or_by_name(folder: Path, tmp_path: Path) -> None:
    data, ids = tmp_path / "data", tmp_path / "ids.csv"
    ids.write_text('\ufeff"fountain.wav","water, falling"\ndeep/Bell 1.WAV,bell\n\n', encoding="utf-8")
    ok("media", "add", "--data", data, folder, "--ids", ids)
    assert set(assets(data)) == {"water, falling", "bell"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fountain.wav", "line 1: a line is FILE,ASSET"),
        ("fountain.wav,a\nfountain.wav,b", "line 2: 'fountain.wav' has two assets"),
        ("gone.wav,a", "there is no file 'gone.wav' among those given"),
        ("fountain.wav,..", "fountain.wav: the asset's id must not be '.' or '..'; name it with --ids"),
        ("fountain.wav,same\nBell 1.WAV,same", "would both be asset 'same': name them apart with --ids"),
        ("fountain.wav,a\udcff", "cannot be read"),
    ],
)
def test_ids_that_cannot_be_settled_stop_it_before_anything_is_stored(
    text: str, message: str, folder: Path, tmp_path: Path
) -> None:
    ids = tmp_path / "ids.csv"
    ids.write_bytes(text.encode(errors="surrogateescape"))
    assert message in failed("media", "add", "--data", tmp_path / "data", folder, "--ids", ids, code=7)
    assert not (tmp_path / "data").exists()


def test_two_files_of_one_name_are_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "deep" / "fountain.mp3").write_bytes(b"")
    told = failed("media", "add", "--data", tmp_path / "data", folder, code=7)
    assert "would both be asset 'fountain'" in told


def test_the_same_file_twice_is_one(folder: Path, tmp_path: Path) -> None:
    assert len(find_files([str(folder), str(folder)], None).files) == 2


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    assert "there is no file" in failed("media", "add", "--data", tmp_path, tmp_path / "gone", code=4)
    ids = tmp_path / "gone.csv"
    assert "there is no file" in failed("media", "add", "--data", tmp_path, tmp_path, "--ids", ids, code=4)


def test_a_log_that_cannot_be_is_refused_once(folder: Path, tmp_path: Path) -> None:
    assert "log must not be" in failed(
        "media", "add", "--data", tmp_path / "d", "--log", "..", folder, code=2
    )


def test_a_folder_that_a_server_holds_is_refused(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with DataLock(data):
        assert "in use" in failed("media", "add", "--data", data, folder, code=3)


def test_a_disk_that_fails_stops_it_and_says_what_was_stored(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, names = FolderShelf.put, []

    async def fail(shelf: FolderShelf, file: Any, sent: Any) -> Any:
        names.append(file.name)
        if len(names) > 1:
            raise Unavailable("there is no room for it on the disk")
        return await put(shelf, file, sent)

    monkeypatch.setattr(FolderShelf, "put", fail)
    told = failed("media", "add", "--data", tmp_path / "data", folder, code=6)
    assert "no room for it on the disk. 1 recording before it is stored. Give the same command again" in told


def test_a_server_takes_them_too(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (folder / "zzz.wav").write_bytes(b"hello")
    roles = ("--role", "ingest", "--role", "read")
    token = ok("token", "create", "--data", data, "--name", "t", *roles).strip()
    with serving(data, token) as server:
        place = ("--url", server.url, "--token", token)
        result = run("media", "add", *place, "--log", "park", folder)
        assert result.exit_code == 7, result.stderr
        assert result.stdout == "3 recordings: 2 stored, 1 refused\n"
        assert "zzz.wav: it is no sound file" in result.stderr
        again = run("media", "add", *place, "--log", "park", "--json", folder)
        assert '"already_stored":2' in again.stdout
        assert "Bell 1    park" in ok("media", "list", *place)
        assert "wants a token" in failed("media", "add", "--url", server.url, folder, code=5)


def test_a_list_is_a_table_of_what_is_described(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    described = {"asset": "gone", "title": "Gone\x1b[31m", "url": "gone.wav", "duration": 75}
    event = {"id": "1", "source": "t", "type": "asset-described", "data": described}
    ok("ingest", "--data", data, write(tmp_path / "events", event))
    ok("media", "add", "--data", data, folder)
    shown = ok("media", "list", "--data", data)
    lines = [line.split() for line in shown.splitlines()]
    assert lines[0] == ["asset", "log", "title", "length", "recording"]
    assert lines[1] == ["fountain", "default", "0:00", "there"]
    assert lines[3] == ["gone", "default", "Gone?[31m", "1:15", "there", "is", "no", "such", "file"]
    assert "\x1b" not in shown
    assert ok("media", "list", "--data", data, "--text", "nothing") == "no assets\n"
    page = run("media", "list", "--data", data, "--limit", 1)
    assert "go on with --before" in page.stderr
