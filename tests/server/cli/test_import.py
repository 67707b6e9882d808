"""`playhead import`, and the bundle that `replay -o` writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.lock import DataLock
from tests.server.cli.run import document, failed, ok, run
from tests.server.cli.samples import WALK, heartbeats, write


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of a walk, beside the folder that it is of."""
    folder = tmp_path_factory.mktemp("bundled")
    file = write(folder / "events", *heartbeats(3, log="park"), *WALK)
    ok("ingest", "--data", folder / "data", file)
    ok("replay", "walk", "--data", folder / "data", "-o", folder / "walk.zip")
    return folder / "walk.zip"


def test_a_bundle_is_taken_in_and_replays_the_same(bundle: Path, tmp_path: Path) -> None:
    told = ok("import", bundle, "--data", tmp_path / "new")
    assert "walk: 5 records, up to position 8." in told
    there = ok("replay", "walk", "--data", bundle.parent / "data", "--json")
    command = told.rpartition("See it: playhead ")[2].split()
    assert ok(*command, "--json") == there
    assert document("status", "--data", tmp_path / "new")["log"]["position"] == 8


def test_the_answer_for_scripts(bundle: Path, tmp_path: Path) -> None:
    found = document("import", bundle, "--data", tmp_path / "new")
    assert found == {
        "session": "walk",
        "log": "default",
        "records": 5,
        "position": 8,
        "recordings": 0,
        "query": {},
        "same": True,
    }


def test_what_cannot_be_taken_in_says_why(bundle: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(bundle.read_bytes()[:-100])
    assert "broke off" in failed("import", broken, "--data", tmp_path / "new", code=7)
    assert not (tmp_path / "new").exists()
    missing = failed("import", tmp_path / "no.zip", "--data", tmp_path / "new", code=1)
    assert "no.zip" in missing
    said = " ".join(failed("import", bundle, "--data", bundle.parent / "data", code=1).split())
    assert "taken into an empty folder" in said
    assert "name a new folder with --data" in said
    (tmp_path / "held").mkdir()
    with DataLock(tmp_path / "held"):
        failed("import", bundle, "--data", tmp_path / "held", code=3)


def test_recordings_are_for_a_bundle_alone(bundle: Path, tmp_path: Path) -> None:
    place = ("--data", bundle.parent / "data")
    result = run("replay", "walk", *place, "-o", tmp_path / "walk.csv", "--recordings")
    assert (result.exit_code, "csv cannot hold them" in result.stderr) == (2, True)
    ok("replay", "walk", *place, "-o", tmp_path / "walk.zip", "--recordings")
    assert (tmp_path / "walk.zip").read_bytes()[:2] == b"PK"
