"""The commands that read: a folder and a server give the same, for people and for scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.cli.processes import Server, serving
from tests.server.cli.run import document, failed, ok, run
from tests.server.cli.samples import WALK, heartbeats, write


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of a folder with a walk and some heartbeats."""
    folder = tmp_path_factory.mktemp("reading")
    file = write(folder / "events", *WALK, *heartbeats(30, session="beats", log="park"))
    ok("ingest", "--data", folder / "data", file)
    token = document("token", "create", "--data", folder / "data", "--name", "test", "--role", "admin")[
        "token"
    ]
    with serving(folder / "data", token) as found:
        yield found


READS: list[tuple[str, ...]] = [
    ("sessions",),
    ("sessions", "--limit", "1"),
    ("sessions", "--log", "park"),
    ("sessions", "--device", "phone-7", "--state", "live"),
    (
        "sessions",
        "--text",
        "walks 2",
        "--since",
        "2026-05-14T14:57:10Z",
        "--until",
        "2026-06-01T00:00:00+02:00",
    ),
    ("replay", "walk"),
    ("replay", "walk", "--as-of", "4"),
    ("replay", "walk", "--clock", "corrected"),
    ("explain", "walk", "0:40"),
    ("explain", "walk", "14:57:10", "--as-of", "2"),
    ("replay", "walk", "--as-of", "2999-01-01T00:00:00Z"),
    ("replay", "beats", "--log", "park"),
    ("findings", "walk"),
    ("findings", "walk", "--as-of", "4", "--severity", "info"),
    ("findings", "walk", "--rule", "gap", "--threshold", "gap=1", "--threshold", "overlap=2"),
    ("findings", "walk", "--threshold", "gap=3600", "--rule", "gap"),
    ("listens", "walk"),
    ("listens", "walk", "--as-of", "3", "--limit", "1", "--clock", "corrected"),
    ("listening", "phone-7", "2026-05-14"),
    ("listening", "phone-7", "2026-05-15", "--threshold", "impossible_time=0"),
    ("listening", "phone-7", "2026-05-14", "--timezone", "Asia/Tokyo", "--as-of", "3"),
]


@pytest.mark.parametrize("words", READS, ids=" ".join)
def test_a_folder_and_its_server_give_the_same_document(server: Server, words: tuple[str, ...]) -> None:
    assert document(*words, "--data", server.data) == document(*words, *server.there)


@pytest.mark.parametrize("words", READS, ids=" ".join)
def test_a_folder_and_its_server_look_the_same(server: Server, words: tuple[str, ...]) -> None:
    assert ok(*words, "--data", server.data) == ok(*words, *server.there)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (
            ("replay", "nobody"),
            4,
            "there is no session 'nobody' in log 'default' at position 35; --log names another log.",
        ),
        (("replay", "walk", "--log", "park"), 4, "there is no session 'walk' in log 'park' at position 35."),
        (("replay", "walk", "--as-of", "999"), 2, "as_of is beyond the head"),
        (("replay", "walk", "--as-of", "noon"), 2, "as_of is not an RFC 3339 time"),
        (("sessions", "--since", "noon"), 2, "since is not an RFC 3339 time"),
        (("findings", "nobody"), 4, "there is no session 'nobody' in log 'default' at position 35"),
        (("findings", "walk", "--threshold", "gap=-1"), 2, "gap must be a number of seconds from 0 to 86400"),
        (("findings", "walk", "--threshold", "gaps=1"), 2, "'gaps' is no threshold; there are gap, overlap"),
        (("listening", "nobody", "2026-05-14"), 4, "there is no device 'nobody' in log 'default'"),
        (("listening", "phone-7", "today"), 2, "day must be a date such as 2026-05-14"),
        (("feed", "nobody"), 4, "there is no device 'nobody' in log 'default'; --log names another log."),
        (("feed", "nobody", "--log", "park"), 4, "there is no device 'nobody' in log 'park'."),
    ],
)
def test_a_folder_and_its_server_fail_the_same(
    server: Server, words: tuple[str, ...], code: int, message: str
) -> None:
    for place in (("--data", str(server.data)), server.there):
        assert message in failed(*words, *place, code=code)


def test_a_list_says_how_to_go_on(server: Server) -> None:
    first = run("sessions", "--data", server.data, "--limit", "1")
    before = first.stderr.rstrip(".\n").split()[-1]
    assert "--before" in first.stderr
    seen = [line.split()[0] for line in first.stdout.splitlines()[1:]]
    rest = ok("sessions", "--data", server.data, "--before", before)
    assert [*seen, *(line.split()[0] for line in rest.splitlines()[1:])] == ["beats", "walk"]


def test_as_of_shows_what_was_believed_before(server: Server) -> None:
    now = document("replay", "walk", *server.there)["clips"][-1]
    then = document("replay", "walk", *server.there, "--as-of", "4")["clips"][-1]
    assert (now["duration"], now["end"]) == (5.0, "observed")
    assert (then["duration"], then["end"]) == (20.0, "length")


def test_a_session_is_drawn_to_the_width_that_is_asked_for(server: Server) -> None:
    lines = ok("replay", "walk", "--data", server.data, "--width", "62").splitlines()
    assert lines[3:7] == [
        "            0:00      0:10      0:20      0:30      0:40",
        "            ┬─────────┬─────────┬─────────┬─────────┬─────────",
        "lane 0      ·····[fountain━━━━━━━━━━━━━━━━━━]············[be…]",
        "marks       ▾",
    ]
    assert max(map(len, lines)) <= 62


def test_a_part_of_a_session_is_drawn(server: Server) -> None:
    text = ok("replay", "walk", "--data", server.data, "--from", "0:45", "--to", "50")
    assert "[bell━" in text.splitlines()[5]
    assert "fountain" not in text.splitlines()[5]
    message = failed("replay", "walk", "--data", server.data, "--from", "50", "--to", "0:45", code=2)
    assert "--from 50 is not before --to 45" in message


def test_a_feed_is_newest_first_and_says_what_is_left(server: Server) -> None:
    for place in (("--data", str(server.data)), server.there):
        found = document("feed", "phone-7", *place, "--limit", "2", "--type", "listen-*")
        assert [event["id"] for event in found["events"]] == ["5", "4"]
        assert found["meta"]["pagination"]["remaining"] == 2
    text = ok("feed", "phone-7", "--data", server.data)
    assert text == ok("feed", "phone-7", *server.there)
    assert text.splitlines()[1].split()[:3] == ["2026-05-14", "14:57:50.000", "listen-ended"]
    assert run("feed", "phone-7", "--data", server.data, "--limit", "2").stderr.startswith("3 older events")


def test_a_narrow_terminal_has_a_line_for_each_session(server: Server) -> None:
    wide, narrow = (
        ok("sessions", "--data", server.data, "--log", "park", env={"COLUMNS": columns}).splitlines()
        for columns in ("120", "80")
    )
    assert wide[0].split()[-1] == "client"
    assert narrow[0].split()[-1] == "found"
    assert len(narrow) == len(wide)
    assert wide[1].startswith(narrow[1].rstrip())


def test_a_feed_says_once_what_an_event_is_about(tmp_path: Path) -> None:
    rule = {"object": {"id": "speed", "type": "rule"}, "meta": {"direction": "enter"}}
    file = write(tmp_path / "a", *WALK[1:2], *heartbeats(1, type="rule-enter", device="phone-7", data=rule))
    ok("ingest", "--data", tmp_path / "data", file)
    text = ok("feed", "phone-7", "--data", tmp_path / "data")
    assert "rule=speed  direction=enter" in text
    assert text.count("fountain") == 1


def test_the_last_events_are_shown_and_filtered(server: Server) -> None:
    for place in (("--data", str(server.data)), server.there):
        assert len(tail(*place)) == 10
        assert [event["id"] for event in tail(*place, "--type", "listen-*", "-n", "3")] == ["3", "4", "5"]
        assert [event["id"] for event in tail(*place, "--session", "walk")] == ["1", "2", "3", "4", "5"]
        assert {event["log"] for event in tail(*place, "--log", "park", "-n", "99")} == {"park"}
        assert tail(*place, "--device", "nobody") == []


def tail(*args: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ok("tail", *args, "--no-follow", "--json").splitlines()]


def test_the_lines_of_a_tail_tell_what_happened(server: Server) -> None:
    lines = ok("tail", "--data", server.data, "--no-follow", "--session", "walk").splitlines()
    assert lines[2].split() == [
        *("3", "2026-05-14", "14:57:33.000", "listen-ended", "walk", "phone-7", "listen=a", "reason=finished")
    ]


def test_the_status_of_a_folder_names_its_server_and_its_sizes(server: Server) -> None:
    local = document("status", "--data", server.data)
    remote = document("status", *server.there)
    assert local["server"] == remote["server"] == server.url
    assert local["log"] == remote["log"] == {"position": 35, "error": None}
    assert [view["name"] for view in local["views"]] == [view["name"] for view in remote["views"]]
    assert all((view["lag"], view["parked"]) == (0, 0) for view in local["views"])
    assert local["bytes"]["log"] > 0
    assert local["bytes"]["views"] > 0
    assert remote["bytes"] is None
    text = ok("status", "--data", server.data)
    assert server.url in text
    assert "up to date" in text


def test_a_token_that_does_not_allow_it_is_refused(server: Server) -> None:
    made = document("token", "create", "--data", server.data, "--name", "in", "--role", "ingest")["token"]
    assert "--token" in failed("sessions", "--url", server.url, code=5)
    assert failed("sessions", "--url", server.url, "--token", "ph_x", code=5)
    assert failed("sessions", "--url", server.url, "--token", made, code=5)


def test_the_server_may_come_from_the_environment_and_a_folder_flag_beats_it(server: Server) -> None:
    env = {"PLAYHEAD_URL": server.url, "PLAYHEAD_TOKEN": server.token}
    assert document("status", env=env)["data"] is None
    assert document("status", "--data", server.data, env=env)["data"] == str(server.data)


def test_a_folder_and_a_server_at_once_is_a_contradiction(server: Server) -> None:
    assert "exclude each other" in failed("sessions", "--data", server.data, *server.there, code=2)


def test_where_nothing_is_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert "there is no log in" in failed("sessions", "--data", tmp_path / "none", code=4)
    assert not (tmp_path / "none").exists()


def test_an_address_where_nobody_listens_is_unavailable(unused_tcp_port: int) -> None:
    assert "connection refused" in failed("sessions", "--url", f"127.0.0.1:{unused_tcp_port}", code=6)


def test_events_go_through_the_server(server: Server, tmp_path: Path) -> None:
    file = write(tmp_path / "a", *heartbeats(5, session="through"))
    assert document("ingest", *server.there, file, "--batch", "2")["stored"] == 5
    assert document("ingest", *server.there, file)["already_stored"] == 5
    assert document("replay", "through", *server.there)["position"] > 35


def test_a_folder_and_its_server_know_the_same_events(server: Server, tmp_path: Path) -> None:
    """An event without id and source gets the same ones in either place."""
    document("ingest", "--data", tmp_path / "data", write(tmp_path / "a", *heartbeats(2, session="same")))
    document("ingest", *server.there, tmp_path / "a")
    here = tail("--data", str(tmp_path / "data"), "--session", "same")
    there = tail(*server.there, "--session", "same")
    assert [(event["source"], event["id"]) for event in here] == [(e["source"], e["id"]) for e in there]


def test_a_bad_event_is_named_by_the_server_too(server: Server, tmp_path: Path) -> None:
    bad = {"type": "listen-started", "data": {}}
    file = write(tmp_path / "a", *heartbeats(3, session="bad"), bad)
    message = failed("ingest", *server.there, file, "--batch", "2", code=7)
    assert message == (
        f"Error: {file}, line 4: data.asset is required. The 2 events before its batch are stored. "
        "Mend it and give the same command again."
    )


def test_a_log_that_the_token_may_not_use_is_named_by_line(server: Server, tmp_path: Path) -> None:
    made = document(
        *("token", "create", "--data", server.data, "--name", "only", "--role", "ingest", "--log", "museum")
    )["token"]
    file = write(tmp_path / "a", *heartbeats(1), *heartbeats(1, log="park"))
    assert ", line 2: " in failed("ingest", "--url", server.url, "--token", made, file, code=5)
    assert (
        document("ingest", "--url", server.url, "--token", made, write(file, *heartbeats(1)))["stored"] == 1
    )


def test_findings_are_listed_with_their_counts(server: Server) -> None:
    text = ok("findings", "walk", *server.there)
    assert '12 s of silence: nothing played between "fountain" and' in " ".join(text.split())
    assert text.splitlines()[-1].startswith("1 warning   ")
    assert ok("findings", "walk", "--rule", "overlap", *server.there) == "no findings\n"


def test_listens_are_listed_with_what_was_heard_of_each(server: Server) -> None:
    lines = ok("listens", "walk", "--limit", "1", *server.there).splitlines()
    assert lines[1].split()[:4] == ["0:05.000", "0:28.000", "0:28.000", "0"]
    assert (lines[1].split()[4], lines[-1]) == ("fountain", "2 listens")
    assert ok("listens", "beats", "--log", "park", *server.there) == "no listens\n"


def test_a_devices_day_is_told_session_by_session(server: Server) -> None:
    text = ok("listening", "phone-7", "2026-05-14", *server.there)
    assert "listened 0:33 in 0:33 by the wall clock; the listens claim 0:33" in text
    assert ok("listening", "phone-7", "2026-05-15", *server.there) == "nothing sounded that day\n"
    text = ok("listening", "phone-7", "2026-05-14", "--timezone", "Asia/Tokyo", *server.there)
    assert "from (Asia/Tokyo)" in text
    assert "2026-05-14 23:57:05" in text
