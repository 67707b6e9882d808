"""A recording on its way in: whole in its place, or gone; and never the last of the disk."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from replay.errors import Unavailable
from replay.recordings import drafts
from replay.recordings.drafts import draft, sweep


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_is_placed_is_there_and_nothing_beside_it(tmp_path: Path) -> None:
    with draft(tmp_path) as begun:
        begun.write(b"one ")
        begun.write(b"two")
        assert begun.finish() == hashlib.sha256(b"one two").hexdigest()
        assert begun.size == 7
        begun.place(tmp_path / "log" / "a")
    assert files(tmp_path) == ["log/a"]
    assert (tmp_path / "log" / "a").read_bytes() == b"one two"


def test_what_is_not_placed_is_gone_whatever_happened(tmp_path: Path) -> None:
    with suppress(KeyError), draft(tmp_path) as begun:
        begun.write(b"half")
        raise KeyError
    with draft(tmp_path) as begun:
        begun.finish()
    assert files(tmp_path) == []


def test_what_was_there_is_replaced_in_one_step(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "a").write_bytes(b"rotten")
    with (tmp_path / "log" / "a").open("rb") as reader, draft(tmp_path) as begun:
        begun.write(b"fresh")
        begun.finish()
        begun.place(tmp_path / "log" / "a")
        assert reader.read() == b"rotten"
    assert (tmp_path / "log" / "a").read_bytes() == b"fresh"


def test_what_a_killed_process_left_is_swept_away_and_nothing_else(tmp_path: Path) -> None:
    with draft(tmp_path) as begun:
        begun.write(b"kept")
        begun.finish()
        begun.place(tmp_path / "log" / "a")
    (tmp_path / drafts.INCOMING / "left").write_bytes(b"left")
    sweep(tmp_path)
    sweep(tmp_path / "nowhere")
    assert files(tmp_path) == ["log/a"]


def test_a_disk_that_fills_up_meanwhile_stops_the_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "LOOK_EVERY", 10)
    usage = shutil.disk_usage(tmp_path)
    with draft(tmp_path) as begun:
        begun.write(b"0123456789")
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=drafts.KEEP_FREE - 1))
        with pytest.raises(Unavailable, match="no room"):
            begun.write(b"0123456789")
    assert files(tmp_path) == []
