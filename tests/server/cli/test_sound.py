"""A session's sound on the command line: the same bytes from a folder, from a server, and in every process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.replay.sounds import encode, tone
from tests.server.cli.processes import finish, serving
from tests.server.cli.run import ok, run
from tests.server.cli.samples import write

FORMS = ("wav", "flac", "mp3", "opus")


def happened(second: int, type_: str, **data: Any) -> dict[str, Any]:
    name = f"{second}-{type_}-{data.get('listen', data.get('asset'))}"
    time = f"2026-05-14T14:57:{second:02}Z"
    return {"id": name, "source": "phone", "session": "walk", "type": type_, "time": time, "data": data}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a session that uses every codec and every way of playing."""
    made = tmp_path_factory.mktemp("sound")
    media = made / "data" / "media" / "default"
    media.mkdir(parents=True)
    encode(media / "a.opus", tone(300, 5, rate=48000, channels=2), codec="libopus", rate=48000, form="flt")
    encode(media / "b.mp3", tone(800, 5), codec="libmp3lame")
    encode(media / "c.flac", tone(2000, 5, rate=32000), codec="flac", rate=32000, form="s16")
    file = write(
        made / "events",
        *(happened(0, "asset-described", asset=name, url=name) for name in ("a.opus", "b.mp3", "c.flac")),
        happened(0, "session-started"),
        happened(1, "listen-started", asset="a.opus", listen="a", fade_in=1, pan=-0.4),
        happened(3, "listen-started", asset="b.mp3", listen="b", rate=1.25, gain=0.7),
        happened(4, "gain-changed", listen="a", gain=0.2, ramp=1.5),
        happened(5, "playback-paused", listen="b"),
        happened(6, "playback-resumed", listen="b"),
        happened(6, "listen-ended", listen="a"),
        happened(7, "listen-started", asset="c.flac", listen="c", loop=True, rate=1.0003, lane="c, d"),
        happened(8, "listen-ended", listen="b"),
        happened(15, "listen-ended", listen="c"),
        happened(16, "session-ended"),
    )
    ok("ingest", "--data", made / "data", file)
    return made


@pytest.mark.parametrize("form", FORMS)
def test_two_runs_and_two_processes_give_the_same_bytes(folder: Path, tmp_path: Path, form: str) -> None:
    command = ("replay", "walk", "--data", folder / "data", "-o")
    for name in ("one", "two"):
        ok(*command, tmp_path / f"{name}.{form}")
    code, _, err = finish(*command, tmp_path / f"three.{form}")
    assert code == 0, err
    first, *others = ((tmp_path / f"{name}.{form}").read_bytes() for name in ("one", "two", "three"))
    assert len(first) > 10_000
    assert all(other == first for other in others)


def test_a_server_gives_what_its_folder_gives_and_a_part_is_cut(folder: Path, tmp_path: Path) -> None:
    token = ok("token", "create", "--name", "reader", "--role", "read", "--data", folder / "data").split()
    secret = next(word for word in token if word.startswith("ph_"))
    part = ("--from", "2", "--to", "0:05")
    ok("replay", "walk", "--data", folder / "data", *part, "-o", tmp_path / "folder.wav")
    with serving(folder / "data", secret) as server:
        ok("replay", "walk", *server.there, *part, "-o", tmp_path / "server.wav")
    content = (tmp_path / "server.wav").read_bytes()
    assert len(content) == 44 + 3 * 44100 * 4
    assert content == (tmp_path / "folder.wav").read_bytes()
    assert not list((folder / "data" / "media").rglob("*.pcm"))


def test_a_lane_whose_name_holds_a_comma_is_heard_alone_or_left_out(folder: Path, tmp_path: Path) -> None:
    made = {}
    for name, *chosen in (("alone", "--lane", "c, d"), ("without", "--mute", "c, d")):
        ok("replay", "walk", "--data", folder / "data", *chosen, "-o", tmp_path / f"{name}.wav")
        made[name] = (tmp_path / f"{name}.wav").read_bytes()[44:]
    frame = 44100 * 4
    assert not any(made["alone"][: 7 * frame])
    assert any(made["alone"][9 * frame :])
    assert any(made["without"][: 7 * frame])
    assert not any(made["without"][9 * frame :])


def test_lanes_are_chosen_of_a_sound_alone(folder: Path, tmp_path: Path) -> None:
    for more in ((), ("-o", str(tmp_path / "walk.csv"))):
        outcome = run("replay", "walk", "--data", folder / "data", "--lane", "c, d", *more)
        assert outcome.exit_code == 2
        assert "--lane and --mute are for a sound" in outcome.stderr


@pytest.mark.parametrize("flag", ["--lane", "--mute"])
def test_an_empty_lane_is_refused_rather_than_all_lanes_heard(tmp_path: Path, flag: str) -> None:
    outcome = run("replay", "walk", "--data", tmp_path, flag, "", "-o", tmp_path / "a.wav")
    assert outcome.exit_code == 2
    assert "none has an empty one" in outcome.stderr
