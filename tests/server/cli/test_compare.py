"""`playhead compare`: a folder and a server tell the same; tables for people."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.demo import recordings
from server.demo.prepare import prepare
from tests.server.cli.processes import Server, serving
from tests.server.cli.run import document, failed, ok
from tests.server.demo.quiet import Studio


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the demo day."""
    data = tmp_path_factory.mktemp("compare") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recordings, "RECORDINGS", Studio().recordings)
        asyncio.run(prepare(data))
    ok("rebuild", "--data", data)
    token = document("token", "create", "--data", data, "--name", "test", "--role", "read")["token"]
    with serving(data, token) as found:
        yield found


ASKED: list[tuple[str, ...]] = [
    ("walk", "late"),
    ("walk", "late", "--tolerance", "20"),
    ("walk", "walk"),
    ("late", "--as-of", "2026-05-15T00:00:00Z"),
    ("late", "late", "--as-of", "230", "--as-of-b", "236"),
    ("bench", "--log", "lab"),
    ("late", "walk", "--clock", "corrected"),
]


@pytest.mark.parametrize("words", ASKED, ids=" ".join)
def test_a_folder_and_its_server_tell_the_same(server: Server, words: tuple[str, ...]) -> None:
    there, here = (("compare", *words, *place) for place in (server.there, ("--data", server.data)))
    assert document(*here) == document(*there)
    assert ok(*here) == ok(*there)


def test_each_event_of_a_late_upload_stands_above_what_it_changed(server: Server) -> None:
    text = ok("compare", "late", "--data", server.data, "--as-of", "2026-05-15T00:00:00Z")
    story = text.partition("How it came")[2]
    assert story.count("recorded 2026-05-15 08:40:") == 11
    [birches] = [part for part in story.split("\n\n") if "listen-ended   of 2026-05-14 11:00:46.000" in part]
    assert "clip-ended" in birches
    assert "Wind in the birches ends 5 s earlier, at 46 s" in birches
    assert "46 s to 51 s was heard and is unknown" in birches
    assert "heard 1:16.000 -> 3:00.000 (+1:44.000)" in text


def test_plays_stand_beside_each_other_with_what_differs(server: Server) -> None:
    lines = ok("compare", "walk", "complaint", "--data", server.data).splitlines()
    assert lines[0].startswith("a  session walk   log default   0:00 is 2026-05-14T13:30:00.000000Z")
    assert lines[1].startswith("b  session complaint")
    [missing] = [line for line in lines if "The fountain is not in b" in line]
    assert missing.split()[:2] == ["1:40.000", "missing"]


def test_a_session_compared_with_itself_says_so(server: Server) -> None:
    text = ok("compare", "walk", "--data", server.data)
    assert "of one session: nothing differs." in text
    assert "What changed" not in text


def test_shifts_that_are_alike_are_one_row(tmp_path: Path) -> None:
    lines = [
        f'{{"id":"{session}{n}","source":"t","type":"listen-started","session":"{session}",'
        f'"time":"2026-05-14T14:00:{at:02}Z","data":{{"asset":"{n}","duration":1}}}}'
        for session, moments in (("a", (0, 2, 4, 6, 8, 10)), ("b", (0, 2, 4, 6, 18, 20)))
        for n, at in enumerate(moments)
    ]
    file = tmp_path / "events.ndjson"
    file.write_text("\n".join(lines))
    ok("ingest", "--data", tmp_path / "data", file)
    text = ok("compare", "a", "b", "--data", tmp_path / "data")
    assert "4 begins 10 s later, and 1 play after it alike" in text
    assert text.count("shifted") == 2


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("nobody", "walk"), 4, "there is no session 'nobody' in log 'default'"),
        (("walk", "nobody"), 4, "there is no session 'nobody' in log 'default'"),
        (("walk", "--as-of", "3"), 4, "there is no session 'walk' in log 'default' at position 3"),
        (("walk", "--as-of", "230", "--as-of-b", "200"), 2, "as_of_b is position 200, before as_of, 230"),
        (("walk", "late", "--tolerance", "x"), 2, "tolerance must be a number of seconds from 0 to 3600"),
    ],
)
def test_what_cannot_be_compared_fails_in_one_sentence(
    server: Server, words: tuple[str, ...], code: int, message: str
) -> None:
    for place in (("--data", server.data), server.there):
        assert message in failed("compare", *words, *place, code=code)
