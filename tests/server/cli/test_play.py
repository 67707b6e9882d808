"""`playhead play`: a folder and a server play the same; lines for people, documents for scripts."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from replay.playback import KINDS
from server.cli.pages.playing import LINES, SAYS, playing_lines
from tests.server.cli.processes import Server, serving
from tests.server.cli.run import document, failed, ok
from tests.server.cli.samples import WALK, write


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of a folder with a walk."""
    folder = tmp_path_factory.mktemp("play")
    ok("ingest", "--data", folder / "data", write(folder / "events", *WALK))
    token = document("token", "create", "--data", folder / "data", "--name", "test", "--role", "read")[
        "token"
    ]
    with serving(folder / "data", token) as found:
        yield found


ASKED: list[tuple[str, ...]] = [
    (),
    ("--skip-silence",),
    ("--from", "0:20"),
    ("--from", "2026-05-14T14:57:20Z", "--skip-silence"),
    ("--as-of", "4"),
]


@pytest.mark.parametrize("words", ASKED, ids=" ".join)
def test_a_folder_and_its_server_play_the_same(server: Server, words: tuple[str, ...]) -> None:
    asked = ("play", "walk", "--speed", "max", *words)
    here, there = ("--data", server.data), server.there
    assert ok(*asked, *here) == ok(*asked, *there)
    assert ok(*asked, "--json", *here) == ok(*asked, "--json", *there)


def test_each_message_is_a_line_of_json(server: Server) -> None:
    text = ok("play", "walk", "--speed", "64", "--json", "--data", server.data)
    messages = [msgspec.json.decode(line) for line in text.splitlines()]
    assert [messages[0]["event"], messages[-1]["event"]] == ["header", "end"]
    assert {message["event"] for message in messages[1:-1]} == {"step"}


def test_what_sounds_stands_at_its_moment(server: Server) -> None:
    lines = ok("play", "walk", "--speed", "max", "--skip-silence", "--data", server.data).splitlines()
    assert lines[0].startswith("session walk   log default   0:00 is ")
    assert lines[1].endswith("without what is silent")
    begins = [line.split() for line in lines if " [ " in line]
    assert begins[0][:3] == ["0:05.000", "[", "fountain"]
    assert any("» " in line and "skipped, to" in line for line in lines)
    assert "the session is over" in lines[-1] or "no more is known" in lines[-1]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("nobody",), 4, "there is no session 'nobody' in log 'default'"),
        (("walk", "--speed", "100"), 2, "speed must be a number from 0.25 to 64, or max"),
        (("walk", "--from", "noon"), 2, "is no moment, such as 75 or 1:15"),
        (("walk", "--follow", "--as-of", "4"), 2, "cannot be asked for with as_of"),
    ],
)
def test_what_cannot_be_played_fails_in_one_sentence(
    server: Server, words: tuple[str, ...], code: int, message: str
) -> None:
    for place in (("--data", str(server.data)), server.there):
        assert message in failed("play", *words, *place, code=code)


NEWS = {
    "event": "news",
    "position": 9,
    "withdrawn": 2,
    "late_count": 3,
    "late": [
        {"kind": "silence-started", "offset": 3.0, "silence": {"offset": 3.0, "duration": 4.0}},
        {
            "kind": "stall-ended",
            "offset": 75.5,
            "stall": {"offset": 70.0, "duration": 5.5, "listen": "bell", "closed": True, "positions": [4]},
        },
    ],
}


@pytest.mark.parametrize("ascii_only", [False, True])
def test_what_is_told_late_says_so(ascii_only: bool) -> None:
    lines = [line.plain for line in playing_lines(NEWS, ascii_only=ascii_only)]
    silent, stalled = (".", "!") if ascii_only else ("·", "!")
    assert lines == [
        "             as known at position 9   2 things told before known otherwise now",
        f"   0:03.000  {silent} silent   told late",
        f"   1:15.500  {stalled} recovered   bell   told late",
        "             1 more thing told late",
    ]


def test_every_kind_of_step_and_message_has_its_line() -> None:
    assert {kind.partition("-")[0] for kind in KINDS} == set(SAYS)
    assert set(LINES) == {"header", "step", "news", "reset", "end"}
