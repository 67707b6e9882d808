"""A log's folder: one name for each log, that every file system keeps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.recordings.names import folder_name

NAMES = st.text(min_size=1, max_size=64).filter(lambda text: text.isprintable() and text not in (".", ".."))


@pytest.mark.parametrize(
    ("log", "folder"),
    [
        ("default", "default"),
        ("park_2026-05.v2", "park_2026-05.v2"),
        ("a/b", "a%2Fb"),
        ("..", "%2E."),
        (".hidden", "%2Ehidden"),
        ("Park", "%50ark"),
        ("50%", "50%25"),
        ("C:\\logs", "%43%3A%5Clogs"),
        ("été", "%C3%A9t%C3%A9"),
    ],
)
def test_a_name_is_kept_as_far_as_any_file_system_would(log: str, folder: str) -> None:
    assert folder_name(log) == folder


def test_a_long_name_is_cut_and_still_its_own() -> None:
    long = [folder_name("é" * 128), folder_name("é" * 127 + "e"), folder_name("é" * 127)]
    assert len(set(long)) == 3
    assert {len(name) for name in long} == {200}


@given(NAMES, NAMES)
def test_two_logs_share_no_folder_on_any_file_system(one: str, other: str) -> None:
    assert (folder_name(one).lower() == folder_name(other).lower()) == (one == other)


@given(NAMES)
def test_a_folder_is_one_name_below_its_root(log: str) -> None:
    name = folder_name(log)
    assert 0 < len(name.encode()) <= 200
    assert not name.startswith(".")
    assert not set(name) & set("/\\:\0 ")
