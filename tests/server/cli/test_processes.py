"""The main forms as a shell runs them: serving and stopping, following, pipes, signals, two at once."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.server.cli.processes import PROGRAM, SECONDS, environment, finish, finished, running, serving
from tests.server.cli.run import document, failed, ok
from tests.server.cli.samples import WALK, heartbeats, write

pytestmark = pytest.mark.timeout(90)


def make_token(data: Path) -> str:
    token: str = document("token", "create", "--data", data, "--name", "test", "--role", "admin")["token"]
    return token


def ended_quietly(process: subprocess.Popen[bytes]) -> bool:
    """Whether Ctrl-C ended it with nothing to read but the end of the terminal's `^C` line."""
    code, out, err = finished(process)
    return (code, out, err.strip()) == (130, "", "")


def read_line(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode()


def read_event(process: subprocess.Popen[bytes]) -> Any:
    return json.loads(read_line(process))


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
def test_a_server_says_where_it_is_and_stops_when_asked(tmp_path: Path, signal_: int) -> None:
    with serving(tmp_path, make_token(tmp_path)) as server:
        assert list(server.told) == ["url", "login", "data", "pid"]
        assert server.told["pid"] == server.process.pid
        assert server.told["login"].startswith(f"{server.url}/#")
        assert document("sessions", *server.there)["sessions"] == []
        assert server.stop(signal_) == 0
    assert "nothing to do" in ok("ingest", "--data", tmp_path, "-", stdin=b"")


def test_a_person_is_shown_the_address_and_a_link(tmp_path: Path) -> None:
    with running("serve", "--data", tmp_path, "--port", 0) as process:
        first, second = read_line(process), read_line(process)
    url = first.split()[-1]
    assert first == f"Playhead serves {tmp_path} at {url}\n"
    assert second.startswith(f"Open {url}/#")


def test_a_public_address_needs_a_token_first_and_gives_no_link(tmp_path: Path) -> None:
    code, out, err = finish("serve", "--data", tmp_path, "--port", 0, "--host", "0.0.0.0")
    assert (code, out) == (1, "")
    assert "there is no token yet" in err
    token = make_token(tmp_path)
    with serving(tmp_path, token, "--host", "0.0.0.0") as server:
        assert server.told["login"] is None
        assert document("sessions", *server.there)["sessions"] == []


def test_an_address_that_is_taken_is_told_in_one_line(tmp_path: Path) -> None:
    with serving(tmp_path / "a", make_token(tmp_path / "a")) as server:
        port = server.url.rpartition(":")[2]
        code, out, err = finish("serve", "--data", tmp_path / "b", "--port", port)
    assert (code, out) == (1, "")
    assert f"Error: cannot listen on 127.0.0.1:{port}: address already in use.\n" in err
    assert "Traceback" not in err


def test_a_served_folder_is_left_alone_by_all_who_write_and_read_by_all_others(tmp_path: Path) -> None:
    data, file = tmp_path / "data", write(tmp_path / "a", *WALK)
    with serving(data, make_token(data)) as server:
        for words in (("ingest", file), ("rebuild",), ("serve",), ("demo",)):
            assert f"the server at {server.url}" in failed(*words, "--data", data, code=3)
        ok("ingest", *server.there, file)
        assert document("sessions", "--data", data)["sessions"][0]["session"] == "walk"
        assert "test" in ok("token", "list", "--data", data)
        ok("token", "revoke", "test", "--data", data)
        assert failed("sessions", *server.there, code=5)


def test_a_server_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    with serving(tmp_path, make_token(tmp_path)) as server:
        ok("ingest", *server.there, write(tmp_path / "a", *WALK))
        server.process.kill()
        server.process.wait(SECONDS)
        assert document("status", "--data", tmp_path)["server"] is None
    assert "Folded 5 positions" in ok("rebuild", "--data", tmp_path)


@pytest.mark.parametrize("through", ["folder", "server"])
def test_a_tail_shows_what_comes_and_ends_quietly(tmp_path: Path, through: str) -> None:
    data, token = tmp_path / "data", make_token(tmp_path / "data")
    with serving(data, token) as server:
        ok("ingest", *server.there, write(tmp_path / "a", *WALK))
        place = ("--data", data) if through == "folder" else server.there
        wanted = ("--type", "listen-*", "--type", "heart*")
        with running("tail", *place, "--json", "-n", 1, *wanted) as process:
            assert read_event(process)["id"] == "5"
            ok("ingest", *server.there, write(tmp_path / "b", *heartbeats(2, session="new")))
            assert [read_event(process)["session"] for _ in range(2)] == ["new", "new"]
            process.send_signal(signal.SIGINT)
            assert ended_quietly(process)


def test_a_tail_outlives_its_server_and_misses_nothing(tmp_path: Path, unused_tcp_port: int) -> None:
    data, token = tmp_path / "data", make_token(tmp_path / "data")
    again = ("--port", unused_tcp_port)
    there = ("--url", f"http://127.0.0.1:{unused_tcp_port}", "--token", token)
    with ExitStack() as stack:
        with serving(data, token, *again):
            ok("ingest", *there, write(tmp_path / "a", *WALK[:1]))
            process = stack.enter_context(running("tail", *there, "--json", "-n", 9))
            seen = [read_event(process)["id"]]
        ok("ingest", "--data", data, write(tmp_path / "b", *WALK[1:3]))
        with serving(data, token, *again):
            ok("ingest", *there, write(tmp_path / "c", *WALK[3:]))
            seen += [read_event(process)["id"] for _ in range(4)]
    assert seen == ["1", "2", "3", "4", "5"]


def test_a_file_waits_for_a_server_that_is_away(tmp_path: Path, unused_tcp_port: int) -> None:
    data, file = tmp_path / "data", write(tmp_path / "a", *WALK)
    token = make_token(data)
    url = f"http://127.0.0.1:{unused_tcp_port}"
    with running("ingest", "--url", url, "--token", token, file) as process:
        assert process.stderr is not None
        assert "trying again" in process.stderr.readline().decode()
        with serving(data, token, "--port", unused_tcp_port):
            code, out, _ = finished(process)
    assert (code, out) == (0, "1 file, 5 events: 5 stored\n")


def test_patience_ends(tmp_path: Path, unused_tcp_port: int) -> None:
    url, file = f"http://127.0.0.1:{unused_tcp_port}", write(tmp_path / "a", *WALK)
    message = failed("ingest", "--url", url, "--patience", "0", file, code=6)
    assert "Nothing was stored. Give the same command again to go on." in message


def test_a_pipe_that_never_ends_is_stored_as_it_comes_and_left_by_ctrl_c(tmp_path: Path) -> None:
    data, token = tmp_path / "data", make_token(tmp_path / "data")
    with ExitStack() as stack:
        server = stack.enter_context(serving(data, token))
        words = ("ingest", *server.there, "--batch", 2, "-")
        process = stack.enter_context(running(*words, stdin=subprocess.PIPE))
        following = stack.enter_context(running("tail", *server.there, "--json", "-n", 9))
        assert process.stdin is not None
        process.stdin.write("".join(json.dumps(event) + "\n" for event in WALK[:2]).encode())
        process.stdin.flush()
        assert [read_event(following)["id"] for _ in range(2)] == ["1", "2"]
        process.send_signal(signal.SIGINT)
        code, out, err = finished(process)
    assert (code, out) == (130, "")
    assert re.fullmatch(r"Stopped after [02] events\. Give the same command again to go on\.", err.strip())


def test_a_reader_that_leaves_ends_it_quietly(tmp_path: Path) -> None:
    data = tmp_path / "data"
    ok("ingest", "--data", data, write(tmp_path / "a", *heartbeats(3000, data={"pad": "x" * 100})))
    with running("tail", "--data", data, "-n", 3000) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(SECONDS) == 141
        assert process.stderr.read() == b""


def test_an_old_terminal_gets_plain_characters(tmp_path: Path) -> None:
    data = tmp_path / "data"
    ok("ingest", "--data", data, write(tmp_path / "a", *WALK))
    env = {"PYTHONIOENCODING": "ascii"}
    code, out, _ = finish("replay", "walk", "--data", data, "--width", 62, env=env)
    assert code == 0
    assert out.isascii()
    assert "lane 0      .....[fountain==================]............[be~]" in out.splitlines()


def test_a_terminal_gets_colours_and_no_color_takes_them_away(tmp_path: Path) -> None:
    data = tmp_path / "data"
    ok("ingest", "--data", data, write(tmp_path / "a", *WALK))
    assert "\x1b[1;37;44m" in on_a_terminal("replay", "walk", "--data", data)
    assert "\x1b[1;37;44m" not in on_a_terminal("replay", "walk", "--data", data, NO_COLOR="1")
    assert "\x1b[33mUsage:" in on_a_terminal("--help")
    assert "\x1b[" not in on_a_terminal("--help", NO_COLOR="1")


def on_a_terminal(*args: object, **env: str) -> str:
    """What a command prints on a terminal of its own."""
    ours, theirs = os.openpty()
    env = {"TERM": "xterm", "COLORTERM": "", **env}
    process = subprocess.Popen(
        [*PROGRAM, *map(str, args)], stdin=theirs, stdout=theirs, stderr=theirs, env=environment(**env)
    )
    os.close(theirs)
    text = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:  # Linux's way to say that the other end is closed
            break
        if not chunk:
            break
        text += chunk
    os.close(ours)
    assert process.wait(SECONDS) == 0
    return text.decode()
