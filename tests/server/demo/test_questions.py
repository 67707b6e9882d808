"""The README's five questions, asked as it asks them, of the demo day."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import av
import msgspec
import pytest

from server.demo import recordings
from server.demo.prepare import prepare
from server.services import open_services
from tests.server.conftest import patient, serve
from tests.server.demo.quiet import Studio
from tests.server.examples import output

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
FIRST, *BLOCKS = re.findall(r"<!-- demo -->\n```sh\n(.*?)```", README, re.DOTALL)


async def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What each line of each block prints."""
    monkeypatch.setattr(recordings, "RECORDINGS", Studio().recordings)
    folder = tmp_path / "demo-data"
    await prepare(folder)
    async with open_services(patient(folder)) as services, serve(services) as api:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        lines = [line for block in BLOCKS for line in block.splitlines()]
        script = "\n".join(f"{line}\necho; echo =====" for line in lines)
        first = FIRST.replace("http://127.0.0.1:8642", api.url)
        told = await output(
            "bash", "-ec", f"cd {shlex.quote(str(tmp_path))}\n{first}\n{script}", PATH=path, COLUMNS="200"
        )
    parts = told.split("=====\n")
    return [parts[at : at + 2] for at in range(0, 2 * len(BLOCKS), 2)]


def document(told: str) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(told)
    return found


def seconds(path: Path) -> float:
    with av.open(str(path)) as sound:
        return sum(frame.samples for frame in sound.decode(audio=0)) / sound.streams.audio[0].rate


async def test_each_question_is_answered_by_one_request_and_one_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    why, wrong, hours, before, _ = await asked(tmp_path, monkeypatch)

    assert "Nothing played for 12 s" in why[0]
    explained = document(why[1])
    assert explained["cause"] == "gap"
    assert "12 s" in explained["sentence"]

    assert "played where" in wrong[0]
    assert [finding["rule"] for finding in document(wrong[1])["findings"]] == ["wrong-recording"]

    assert "2 sessions of one device sounded at once" in hours[0]
    day = document(hours[1])
    assert {session["session"] for session in day["sessions"]} == {"radio", "errand"}
    assert [finding["rule"] for finding in day["findings"]] == ["impossible-time"]

    assert "Wind in the birches ends 5 s earlier" in before[0]
    assert any("ends 5 s earlier" in change["message"] for change in document(before[1])["changes"])

    lengths = [await asyncio.to_thread(seconds, tmp_path / f"heard.{kind}") for kind in ("flac", "wav")]
    assert lengths == [202 - 75, 202 - 75]
