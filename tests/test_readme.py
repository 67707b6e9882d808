"""What the README says is run, and does what it says."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"<!-- run -->\n```sh\n(.*?)```", README, re.DOTALL)
WAIT = 'until curl -s -o /dev/null "http://127.0.0.1:$PORT/healthz"; do sleep 0.1; done\n'


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def told(tmp_path: Path) -> list[str]:
    """What the README's blocks print, one after the other, in one shell and an empty folder."""
    assert shutil.which("curl"), "the README's first session is told with curl"
    port = free_port()
    marked = [f"{block}\necho; echo ===\n" for block in BLOCKS]
    marked[0] += f"PORT={port}\n{WAIT}"
    script = "set -e\ntrap 'kill $(jobs -p)' EXIT\n" + "".join(marked).replace("8642", str(port))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    run = subprocess.Popen(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    try:
        output, errors = run.communicate(timeout=60)
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
    assert run.returncode == 0, errors
    return output.split("===\n")


def documents(output: str) -> list[Any]:
    """The JSON documents among the lines of a block's output."""
    lines = output.replace("}{", "}\n{").splitlines()
    return [msgspec.json.decode(line) for line in lines if line.startswith("{")]


def test_the_first_session_goes_as_the_readme_tells_it(told: list[str]) -> None:
    _, appended, read, replayed, late, *_ = told
    (shown,) = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    assert documents(appended) == [msgspec.json.decode(shown)]
    events, sessions = documents(read)
    assert [event["position"] for event in events["events"]] == [3, 4]
    assert [session["session"] for session in sessions["sessions"]] == ["walk"]
    (replay,) = documents(replayed)
    assert {"offset": 33.0, "duration": 12.0} in replay["silences"]
    assert "silence" in replayed
    receipt, now, then = documents(late)
    assert receipt["position"] == 5
    assert (now["clips"][1]["duration"], now["clips"][1]["end"]) == (5.0, "observed")
    assert (then["clips"][1]["duration"], then["clips"][1]["end"]) == (20.0, "length")


def test_every_page_and_picture_that_the_documents_point_at_is_there() -> None:
    for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name} points at {target}"


def test_the_readme_names_the_two_commands_that_the_makefile_has() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for command in ("demo", "test"):
        assert f"make {command}" in README
        assert re.search(rf"^{command}:", makefile, re.MULTILINE)
