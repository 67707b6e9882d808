"""How events, feeds and standings are told to people."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from server.app import Running
from server.cli.commands import serve as serve_module
from server.cli.pages.event_line import event_line, type_style
from server.cli.pages.palette import PALETTE
from server.cli.places import remote
from server.settings import Settings
from tests.server.cli.run import ok, run

VIEW: dict[str, Any] = {"name": "feeds", "version": 1, "position": 7, "lag": 0}
VIEW |= {"parked": 0, "faults": [], "building": None, "error": None}
STANDING = {"ready": True, "stopping": False, "log": {"position": 9, "error": None}, "views": [VIEW]}


def event(**fields: Any) -> dict[str, Any]:
    return {"position": 3, "time": "2026-05-14T14:57:03.250000Z", "type": "x", "data": {}, **fields}


def test_an_event_is_told_in_a_line() -> None:
    line = event_line(
        event(session="walk", type="listen-started", data={"asset": "a", "tags": [1], "in": 0.5})
    )
    assert line.plain.split() == [
        *("3", "2026-05-14", "14:57:03.250", "listen-started", "walk", "-", "asset=a", "tags=[1]", "in=0.5")
    ]


def test_on_a_narrow_terminal_the_date_gives_way() -> None:
    line = event_line(event(session="walk", data={"asset": "a"}), width=80)
    assert line.plain.split() == ["3", "14:57:03.250", "x", "walk", "-", "asset=a"]


def test_an_erased_event_has_a_place_and_no_content() -> None:
    line = event_line({"position": 3, "recordedtime": "2026-05-14T14:57:03.250000Z", "erased": True})
    assert line.plain.split() == ["3", "erased", "on", "request"]


def test_an_event_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in event_line(event(type="\x1b[2J", session="\x1b", data={"\x1b": "\x1b"})).plain


@pytest.mark.parametrize(
    ("type_", "meaning"),
    [
        ("listen-started", "clip"),
        ("playback-paused", "pause"),
        ("playback-stalled", "stall"),
        ("heartbeat", "mark"),
        ("event-erased", "erased"),
    ],
)
def test_a_type_has_the_colour_of_what_it_makes(type_: str, meaning: str) -> None:
    assert type_style(type_) == PALETTE[meaning].style


@pytest.fixture
def standing(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the server answers when it is asked how it stands; to be changed by the test."""
    document = {**STANDING, "views": [dict(VIEW)]}

    async def status(self: object) -> dict[str, Any]:
        return document

    monkeypatch.setattr(remote.ServerSource, "status", status)
    return document


def told() -> str:
    """What `playhead status` says, in words with single blanks."""
    return " ".join(ok("status", "--url", "http://127.0.0.1:1").split())


def test_views_that_are_up_to_date_say_so(standing: dict[str, Any]) -> None:
    assert told().endswith("feeds 1 7 0 0 up to date")


def test_a_view_that_lags_says_by_how_much(standing: dict[str, Any]) -> None:
    standing["views"][0]["lag"] = 2
    assert told().endswith("feeds 1 7 2 0")


def test_parked_events_are_named_with_their_errors(standing: dict[str, Any]) -> None:
    standing["views"][0] |= {"parked": 1, "faults": [{"position": 5, "error": "KeyError: 'x'"}]}
    assert "feeds 1 7 0 1 up to date feeds parked position 5: KeyError: 'x'" in told()


def test_a_building_shows_its_progress_and_an_error_is_shown(standing: dict[str, Any]) -> None:
    standing["views"][0]["building"] = {"done": 10, "total": 2000}
    assert told().endswith("being built: 10 of 2,000")
    standing["views"][0]["error"] = "OSError: the disk is full"
    assert told().endswith("OSError: the disk is full")


def test_a_log_that_cannot_be_read_is_told(standing: dict[str, Any]) -> None:
    standing["log"] = {"position": None, "error": "the log could not be read"}
    assert "log the log could not be read" in told()


@pytest.mark.parametrize("warning", [None, "SQLite 3.40.1 has a bug"])
def test_a_server_warns_of_an_sqlite_that_can_corrupt(
    monkeypatch: pytest.MonkeyPatch, warning: str | None
) -> None:
    async def serve(settings: Settings, announce: Any) -> None:
        await asyncio.sleep(0)
        announce(Running("http://127.0.0.1:1", "http://127.0.0.1:1/#code=x"))

    monkeypatch.setattr(serve_module, "run", serve)
    monkeypatch.setattr(serve_module, "set_up_logging", lambda settings: None)
    monkeypatch.setattr(serve_module, "sqlite_warning", lambda: warning)
    result = run("serve", "--data", "kept")
    assert result.stdout == "Playhead serves kept at http://127.0.0.1:1\nOpen http://127.0.0.1:1/#code=x\n"
    assert ("Warning: SQLite 3.40.1 has a bug." in result.stderr) == (warning is not None)
