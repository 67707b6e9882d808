"""`playhead replay --play`: heard through a program of the machine's, which a script stands for here."""

from __future__ import annotations

import os
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.cli.processes import Server, serving
from tests.server.cli.run import document, failed, ok
from tests.server.cli.samples import WALK, write


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("played")
    ok("ingest", "--data", folder / "data", write(folder / "events", *WALK))
    made = ("token", "create", "--data", folder / "data", "--name", "test", "--role", "read")
    with serving(folder / "data", document(*made)["token"]) as found:
        yield found


@pytest.fixture
def player(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only player there is; a test writes what it does."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder / "aplay"


def does(player: Path, script: str) -> None:
    player.write_text(f"#!/bin/sh\n{script}\n")
    player.chmod(0o755)


def test_the_player_is_given_the_sound_from_a_folder_and_from_a_server(server: Server, player: Path) -> None:
    heard = player.with_name("heard.wav")
    does(player, f"exec /bin/cat > {heard}")
    for place in (("--data", server.data), server.there):
        ok("replay", "walk", *place, "--from", "0:05", "--to", "0:08", "--play")
        with wave.open(str(heard)) as sound:
            assert sound.getnframes() / sound.getframerate() == 3.0
        assert heard.stat().st_size > 500_000
        os.remove(heard)


def test_who_stops_listening_ends_it(server: Server, player: Path) -> None:
    does(player, "exit 0")
    ok("replay", "walk", *server.there, "--play")


def test_a_player_that_fails_is_told(server: Server, player: Path) -> None:
    does(player, "exit 3")
    assert "ended with code 3" in failed("replay", "walk", "--data", server.data, "--play", code=1)


def test_without_a_player_it_says_what_it_looked_for(server: Server, player: Path) -> None:
    message = failed("replay", "walk", "--data", server.data, "--play", code=6)
    assert "pw-play" in message
    assert "-o" in message


def test_a_session_that_is_not_there_is_told_and_a_file_is_not_written_beside(
    server: Server, player: Path, tmp_path: Path
) -> None:
    does(player, "exec /bin/cat > /dev/null")
    assert "nobody" in failed("replay", "nobody", *server.there, "--play", code=4)
    failed("replay", "walk", *server.there, "--play", "-o", tmp_path / "x.wav", code=2)
