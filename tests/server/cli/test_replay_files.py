"""`playhead replay -o`: any format, from a folder or a server, whole or not at all."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.exports.table import EXPORTS, Export
from tests.server.cli.processes import Server, serving
from tests.server.cli.run import document, failed, ok, run
from tests.server.cli.samples import WALK, write


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of a folder with a walk."""
    folder = tmp_path_factory.mktemp("files")
    ok("ingest", "--data", folder / "data", write(folder / "events", *WALK))
    made = ("token", "create", "--data", folder / "data", "--name", "test", "--role", "read")
    with serving(folder / "data", document(*made)["token"]) as found:
        yield found


@pytest.mark.parametrize("row", EXPORTS, ids=lambda row: row.extension)
def test_a_folder_and_its_server_give_the_same_file(server: Server, tmp_path: Path, row: Export) -> None:
    here, there = tmp_path / f"here.{row.extension}", tmp_path / f"there.{row.extension}"
    ok("replay", "walk", "--data", server.data, "-o", here)
    ok("replay", "walk", *server.there, "-o", there)
    assert here.read_bytes() == there.read_bytes() != b""
    assert sorted(tmp_path.iterdir()) == [here, there]


def test_a_file_that_is_there_is_kept_unless_forced(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "walk.csv"
    file.write_text("mine")
    message = failed("replay", "walk", "--data", server.data, "-o", file, code=1)
    assert "exists already; --force" in message
    assert file.read_text() == "mine"
    ok("replay", "walk", "--data", server.data, "-o", file, "--force")
    assert file.read_text().startswith("kind,")
    assert list(tmp_path.iterdir()) == [file]


def test_an_ending_that_no_format_has_is_refused_with_the_list(server: Server, tmp_path: Path) -> None:
    for name in ("walk.exe", "walk", ".hidden"):
        message = failed("replay", "walk", "--data", server.data, "-o", tmp_path / name, code=2)
        assert ", ".join(row.extension for row in EXPORTS) in message
    assert list(tmp_path.iterdir()) == []


def test_a_named_format_goes_before_the_ending(server: Server, tmp_path: Path) -> None:
    ok("replay", "walk", "--data", server.data, "-o", tmp_path / "walk.json", "--format", "csv")
    assert (tmp_path / "walk.json").read_text().startswith("kind,")


def test_stdout_takes_a_format_too(server: Server) -> None:
    result = run("replay", "walk", "--data", server.data, "-o", "-", "--format", "txt")
    assert result.exit_code == 0
    assert "fountain" in result.stdout
    assert result.stderr == ""
    assert ok("replay", "walk", "--data", server.data, "--format", "txt") == result.stdout
    assert ok("replay", "walk", "--data", server.data, "-o", "-") + "\n" == ok(
        "replay", "walk", "--data", server.data, "--json"
    )


def test_a_failure_leaves_no_file(server: Server, tmp_path: Path) -> None:
    for place in (("--data", server.data), server.there):
        assert "other" in failed("replay", "other", *place, "-o", tmp_path / "x.csv", code=4)
        assert "as_of" in failed("replay", "walk", *place, "--as-of", "99", "-o", tmp_path / "x.csv", code=2)
    assert "no folder" in failed("replay", "walk", *place, "-o", tmp_path / "no" / "x.csv", code=4)
    assert list(tmp_path.iterdir()) == []


def test_a_sound_is_cut_and_a_document_is_not(server: Server, tmp_path: Path) -> None:
    for place in (("--data", server.data), server.there):
        ok("replay", "walk", *place, "--from", "0:05", "--to", "7.5", "-o", tmp_path / "cut.wav", "--force")
        with wave.open(str(tmp_path / "cut.wav")) as sound:
            assert sound.getnframes() / sound.getframerate() == 2.5
        message = failed("replay", "walk", *place, "--from", "0:05", "-o", tmp_path / "cut.csv", code=2)
        assert "csv holds the whole session" in message
    assert list(tmp_path.iterdir()) == [tmp_path / "cut.wav"]
