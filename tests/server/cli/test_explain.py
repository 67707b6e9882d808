"""`playhead explain`."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from server.cli.commands.explain import moment
from tests.server.cli.run import document, failed, ok
from tests.server.cli.samples import WALK, write


@pytest.fixture
def data(tmp_path: Path) -> Path:
    ok("ingest", "--data", tmp_path / "data", write(tmp_path / "events", *WALK))
    ok("rebuild", "--data", tmp_path / "data")
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("75", "75"),
        ("2:34", "154"),
        ("1:02:34.25", "3754.25"),
        ("-4", "-4"),
        ("0", "0"),
        ("14:58:04", "14:58:04Z"),
        ("14:58:04.5", "14:58:04.5Z"),
        ("14:58Z", "14:58Z"),
        ("2026-05-14T14:58:04+02:00", "2026-05-14T14:58:04+02:00"),
    ],
)
def test_a_moment_is_told_as_the_drawing_and_the_clock_show_it(text: str, told: str) -> None:
    assert moment(text) == told


@pytest.mark.parametrize("text", ["", "soon", "1:2:3:4", "nan"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        moment(text)


def test_the_silence_is_explained_with_what_shows_it(data: Path) -> None:
    text = ok("explain", "walk", "0:40", "--data", data)
    assert "gap: Nothing played for 12 s" in text
    assert "listen-ended" in text
    assert "listen=b" in text
    assert text == ok("explain", "walk", "14:57:40", "--data", data)


def test_before_the_zero_takes_two_dashes(data: Path) -> None:
    assert "The session had not begun" in ok("explain", "walk", "--data", data, "--", "-4")


def test_a_script_gets_the_document(data: Path) -> None:
    found = document("explain", "walk", "40", "--data", data)
    assert (found["cause"], found["offset"]) == ("gap", 40.0)


def test_a_session_that_is_not_there_is_said_so(data: Path) -> None:
    assert "no session" in failed("explain", "nobody", "40", "--data", data, code=4)
