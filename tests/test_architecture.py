"""The house's rules that a machine can check."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYTHON_FILES = [
    path for room in ("replay", "projections", "server") for path in sorted((ROOT / room).rglob("*.py"))
]


def test_each_room_knows_only_the_rooms_before_it() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("path", PYTHON_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_stays_small_enough_to_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


def test_only_the_rooms_and_a_projects_usual_files_stand_at_the_top() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    tops = {line.split("/")[0] for line in listed}
    assert tops <= {
        "replay", "projections", "server", "tests", "benchmarks", "docs", ".ci", ".gitignore", "pyproject.toml",
        "README.md", "CHANGELOG.md", "LICENSE", "Makefile", "constraints.txt",
    }  # fmt: skip
