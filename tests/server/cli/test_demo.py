"""`playhead demo`: which folder it writes, and what it says. What it writes is tested with the demo itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from server.cli.commands import demo as module
from server.demo.prepare import Prepared
from server.settings import Settings
from tests.server.cli.run import run


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """What the command would have served; the first time 7 events are new."""
    found: list[Settings] = []

    async def prepare(data: Path, progress: Callable[[str, int, int], None]) -> Prepared:
        progress("recordings", 1, 2)
        progress("events", 7, 7)
        return Prepared(stored=0 if found else 7, already_stored=0, recordings=2, sessions=("walk",))

    monkeypatch.setattr(module, "prepare", prepare)
    monkeypatch.setattr(module, "serve_folder", lambda settings, as_json: found.append(settings))
    return found


def test_it_prepares_and_serves_its_own_folder_whatever_the_environment_says(served: list[Settings]) -> None:
    result = run("demo", "--port", "9000", env={"PLAYHEAD_DATA": "precious"})
    assert result.exit_code == 0
    assert (served[0].data, served[0].port) == (Path("demo-data"), 9000)
    assert result.stderr == "The demo day is in demo-data: 7 events and 2 recordings.\n"
    assert result.stdout == ""


def test_the_second_time_it_has_nothing_to_say(served: list[Settings]) -> None:
    run("demo")
    assert run("demo", "--data", "elsewhere").stderr == ""
    assert served[1].data == Path("elsewhere")
