from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.lock import HOLDER, DataLock, DataLocked, serving

HOLD_AND_DIE = """
import os, sys
from pathlib import Path
from server.lock import DataLock
lock = DataLock(Path(sys.argv[1]))
lock.announce("http://127.0.0.1:1")
os._exit(9)
"""


def test_a_held_folder_is_refused_and_its_servers_url_named(tmp_path: Path) -> None:
    with DataLock(tmp_path) as lock:
        lock.announce("http://127.0.0.1:8642")
        with pytest.raises(DataLocked) as refused:
            DataLock(tmp_path)
    assert refused.value.url == "http://127.0.0.1:8642"
    assert "http://127.0.0.1:8642" in refused.value.message


def test_a_holder_that_serves_nothing_has_no_url(tmp_path: Path) -> None:
    with DataLock(tmp_path), pytest.raises(DataLocked, match="another process") as refused:
        DataLock(tmp_path)
    assert refused.value.url is None


def test_a_released_folder_is_free_and_says_nothing_of_its_last_holder(tmp_path: Path) -> None:
    lock = DataLock(tmp_path)
    lock.announce("http://127.0.0.1:8642")
    lock.release()
    lock.release()
    assert not (tmp_path / HOLDER).exists()
    with DataLock(tmp_path):
        assert serving(tmp_path) is None


def test_a_process_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    died = subprocess.run([sys.executable, "-c", HOLD_AND_DIE, str(tmp_path)], env=environment, check=False)
    assert died.returncode == 9
    assert serving(tmp_path) == "http://127.0.0.1:1"
    with DataLock(tmp_path):
        assert serving(tmp_path) is None
