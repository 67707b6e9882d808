"""A cache's folder within its budget."""

from __future__ import annotations

import os
from pathlib import Path

from replay.recordings.evicting import trim, used


def fill(folder: Path, *names: str) -> None:
    """A file of ten bytes each, used one after another."""
    for number, name in enumerate(names):
        (folder / name).write_bytes(b"0123456789")
        os.utime(folder / name, (number, number))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    fill(tmp_path, "a", "b", "c")
    used(tmp_path / "a")
    trim(tmp_path, 25)
    assert names(tmp_path) == ["a", "c"]


def test_what_fits_stays(tmp_path: Path) -> None:
    fill(tmp_path, "a", "b")
    trim(tmp_path, 20)
    assert names(tmp_path) == ["a", "b"]


def test_what_is_to_be_spared_stays_whatever_its_age(tmp_path: Path) -> None:
    fill(tmp_path, "a", "b", "c")
    trim(tmp_path, 10, spare=tmp_path / "a")
    assert names(tmp_path) == ["a"]


def test_what_is_being_written_counts_and_stays(tmp_path: Path) -> None:
    fill(tmp_path, ".begun", "a", "b")
    trim(tmp_path, 20)
    assert names(tmp_path) == [".begun", "b"]


def test_nested_files_are_of_one_budget_and_what_is_left_is_told(tmp_path: Path) -> None:
    for number, name in enumerate(("a", "b", "c")):
        (tmp_path / name).mkdir()
        fill(tmp_path / name, "x")
        os.utime(tmp_path / name / "x", (number, number))
    assert trim(tmp_path, 5) == 0
    assert trim(tmp_path, 25, nested=True) == 20
    assert [path.parent.name for path in sorted(tmp_path.glob("*/x"))] == ["b", "c"]


def test_folders_and_what_is_not_there_are_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    fill(tmp_path, "a")
    trim(tmp_path, 0)
    trim(tmp_path / "nowhere", 0)
    used(tmp_path / "nowhere")
    assert names(tmp_path) == ["folder"]
