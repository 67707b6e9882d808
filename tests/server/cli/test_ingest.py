"""`playhead ingest` into a folder: what is stored, what stops it, and that it can be repeated."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from replay.errors import Unavailable
from replay.log import SqliteLog
from server.cli.places.sinks import FolderSink
from server.lock import DataLock
from tests.server.cli.run import document, failed, ok, run
from tests.server.cli.samples import WALK, heartbeats, write


def positions(data: Path) -> int:
    """How many events a folder has."""
    found: int = document("status", "--data", data)["log"]["position"]
    return found


def test_a_file_is_stored_and_can_be_read_at_once(tmp_path: Path) -> None:
    data, file = tmp_path / "data", write(tmp_path / "walk.ndjson", *WALK)
    assert ok("ingest", "--data", data, file) == "1 file, 5 events: 5 stored\n"
    (session,) = document("sessions", "--data", data)["sessions"]
    assert (session["session"], session["events"]) == ("walk", 5)


def test_the_summary_as_json_counts_what_became_of_each(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first, second = write(tmp_path / "a", *WALK[:3]), write(tmp_path / "b", *WALK)
    assert document("ingest", "--data", data, first)["stored"] == 3
    assert document("ingest", "--data", data, first, second) == {
        "files": 2,
        "events": 8,
        "stored": 2,
        "already_stored": 6,
        "erased": 0,
        "position": 5,
    }


def test_a_file_given_again_stores_nothing_twice_even_without_ids(tmp_path: Path) -> None:
    data, file = tmp_path / "data", write(tmp_path / "a", *heartbeats(20))
    assert document("ingest", "--data", data, file, "--batch", 7)["stored"] == 20
    moved = file.rename(tmp_path / "elsewhere")
    assert document("ingest", "--data", data, moved)["already_stored"] == 20
    assert positions(data) == 20


def test_a_file_that_has_grown_stores_what_is_new(tmp_path: Path) -> None:
    data = tmp_path / "data"
    document("ingest", "--data", data, write(tmp_path / "a", *heartbeats(5)))
    summary = document("ingest", "--data", data, write(tmp_path / "a", *heartbeats(8)))
    assert (summary["stored"], summary["already_stored"]) == (3, 5)


def test_an_array_and_its_lines_are_the_same_events(tmp_path: Path) -> None:
    data, array = tmp_path / "data", tmp_path / "a.json"
    array.write_text(json.dumps(heartbeats(3)))
    document("ingest", "--data", data, array)
    assert document("ingest", "--data", data, write(tmp_path / "b", *heartbeats(3)))["already_stored"] == 3


def test_stdin_is_read_when_asked_for(tmp_path: Path) -> None:
    text = "\n".join(map(json.dumps, WALK)).encode()
    assert ok("ingest", "--data", tmp_path, "-", stdin=text) == "1 file, 5 events: 5 stored\n"


def test_an_empty_file_is_nothing_to_do(tmp_path: Path) -> None:
    assert "nothing to do" in ok("ingest", "--data", tmp_path, "-", stdin=b"")


def test_events_without_a_log_get_the_one_that_is_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    ok(
        "ingest",
        "--data",
        data,
        "--log",
        "museum",
        write(tmp_path / "a", *WALK[:2], {**WALK[2], "log": "park"}),
    )
    logs = [event["log"] for event in tail(data)]
    assert logs == ["museum", "museum", "park"]


def tail(data: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in ok("tail", "--data", data, "--no-follow", "--json").splitlines()]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ('{"type": "listen-started", "data": {"asset": "a", "gain": -1}}', "data.gain"),
        ('{"type": "x", "position": 3}', "position is given by the log"),
        ('{"type": "x", "data": [1]}', "data must be a JSON object"),
        ('{"type": "event-erased"}', "event-erased is written by the log alone"),
        ('{"type": ', "it is no JSON"),
        ("[]", "an event must be a JSON object"),
    ],
)
def test_a_bad_event_stops_it_with_file_line_and_what_was_stored(
    tmp_path: Path, bad: str, words: str
) -> None:
    data, file = tmp_path / "data", write(tmp_path / "a.ndjson", *heartbeats(7), bad, *heartbeats(2))
    message = failed("ingest", "--data", data, file, "--batch", 3, code=7)
    assert message.startswith(f"Error: {file}, line 8: ")
    assert words in message
    assert "The 6 events before its batch are stored." in message
    assert positions(data) == 6


def test_a_file_mended_goes_on_where_it_stopped(tmp_path: Path) -> None:
    data = tmp_path / "data"
    failed("ingest", "--data", data, "--batch", 3, write(tmp_path / "a", *heartbeats(7), "{}"), code=7)
    summary = document(
        "ingest", "--data", data, write(tmp_path / "a", *heartbeats(7), *heartbeats(1, id="x"))
    )
    assert (summary["stored"], summary["already_stored"]) == (2, 6)


def test_a_conflict_names_its_line(tmp_path: Path) -> None:
    data = tmp_path / "data"
    document("ingest", "--data", data, write(tmp_path / "a", *WALK))
    changed = {**WALK[1], "data": {"asset": "another"}}
    message = failed("ingest", "--data", data, write(tmp_path / "b", WALK[0], changed), code=7)
    assert ", line 2: " in message
    assert "Nothing was stored." in message


def test_a_missing_file_is_told_before_anything_is_stored(tmp_path: Path) -> None:
    data = tmp_path / "data"
    message = failed("ingest", "--data", data, write(tmp_path / "a", *WALK), tmp_path / "none", code=4)
    assert f"there is no file {tmp_path / 'none'}" in message
    assert not data.exists()


def test_a_folder_that_is_in_use_is_refused_naming_the_server(tmp_path: Path) -> None:
    data, file = tmp_path / "data", write(tmp_path / "a", *WALK)
    data.mkdir()
    with DataLock(data) as lock:
        lock.announce("http://127.0.0.1:4242")
        message = failed("ingest", "--data", data, file, code=3)
    assert "in use by the server at http://127.0.0.1:4242" in message
    assert "--url http://127.0.0.1:4242" in message


def test_what_fails_on_the_way_says_what_is_stored_and_can_be_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, file = tmp_path / "data", write(tmp_path / "a", *heartbeats(6))
    append, calls = SqliteLog.append, []

    async def full_at_the_second(self: SqliteLog, events: list[object]) -> object:
        calls.append(len(events))
        if len(calls) == 2:
            raise Unavailable("the disk is full")
        return await append(self, events)  # type: ignore[arg-type]

    monkeypatch.setattr(SqliteLog, "append", full_at_the_second)
    message = failed("ingest", "--data", data, file, "--batch", 3, code=6)
    assert message == (
        "Error: the disk is full. The 3 events before its batch are stored. Give the same command again to go on."
    )
    assert document("ingest", "--data", data, file)["stored"] == 3


def test_a_view_that_lags_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(self: FolderSink, position: int) -> bool:
        return False

    monkeypatch.setattr(FolderSink, "settle", never)
    file = write(tmp_path / "a", *WALK)
    result = run("ingest", "--data", tmp_path / "data", file)
    assert result.exit_code == 0
    assert "still folding" in result.stderr
