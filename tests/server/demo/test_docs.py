"""`docs/demo.md` says what the demo is: its tables are the expectations and the recordings."""

from __future__ import annotations

import asyncio
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.demo import recordings
from server.demo.catalogue import RECORDINGS
from server.demo.prepare import prepare
from tests.server.cli.run import ok
from tests.server.demo.expected import EXPECTED, LATE, LATE_BEFORE_THE_UPLOAD, Expected
from tests.server.demo.quiet import Studio
from tests.server.demo.test_recordings import decibels, made

SHOWN = [
    "call-0417",
    "GET /media/marimba timed out",
    "Nothing played for 12 s",
    "unknown 2:04.000",
    "phone-sunna: 2.8",
    "ended, by the next start",
    "12 s of silence",
    "listened 3:45:28 in 3:44:22",
    "direction=enter",
    "session-ended",
]
"""What each command of the page shows, in its order."""

DOCS = Path(__file__).parents[3] / "docs" / "demo.md"


def rows(first: str) -> Iterator[list[str]]:
    """The cells of the rows below the table heading that begins so."""
    _, _, table = DOCS.read_text(encoding="utf-8").partition(f"\n| {first} |")
    for line in table.split("\n\n")[0].splitlines()[2:]:
        yield [cell.strip(" `") for cell in line.strip("|").split("|")]


@pytest.fixture
async def day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the day in it; its recordings cost nothing."""
    monkeypatch.setattr(recordings, "RECORDINGS", Studio().recordings)
    await prepare(tmp_path)
    return tmp_path


async def test_the_commands_that_look_at_it_show_what_they_are_for(day: Path) -> None:
    lines = re.findall(r"^    playhead (.*)$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) == len(SHOWN)
    await asyncio.to_thread(ok, "rebuild", "--data", day)
    for line, words in zip(lines, SHOWN, strict=True):
        args = [str(day) if word == "demo-data" else word for word in shlex.split(line)]
        assert words in await asyncio.to_thread(ok, *args)


def test_the_table_of_sessions_is_what_is_expected_of_them() -> None:
    told = {name: (begins, [float(cell) for cell in sums]) for name, begins, _, *sums in rows("session")}
    assert told == {name: (one.zero[11:19], list(one.totals)) for name, one in EXPECTED.items()}


def test_the_table_of_the_late_upload_begins_and_ends_as_expected() -> None:
    first, *_, last = ([float(cell) for cell in sums] for _, *sums in rows("as of (recorded time)"))
    assert (first, last) == (_sums(LATE_BEFORE_THE_UPLOAD), _sums(LATE))


def _sums(expected: Expected) -> list[float]:
    _, heard, _, silent, paused, _, unknown = expected.totals
    return [heard, silent, paused, unknown]


def test_every_recording_is_listed_with_its_length_and_rate() -> None:
    told = {(name, length, rate, loops) for name, _, length, rate, _, _, loops in rows("asset")}
    assert told == {
        (r.asset, f"{r.seconds} s", f"{r.rate / 1000:g} kHz", "yes" if r.loops else "no") for r in RECORDINGS
    }


@pytest.mark.parametrize("asset", ["fountain", "gravel-steps", "hall-clock", "bench-tone"])
def test_the_level_told_of_a_recording_was_measured(asset: str) -> None:
    [recording] = [recording for recording in RECORDINGS if recording.asset == asset]
    [(channels, level)] = [
        (int(c), float(rms.split()[0])) for name, _, _, _, c, rms, _ in rows("asset") if name == asset
    ]
    samples, _ = made(recording)
    assert samples.shape[1] == channels
    assert decibels(samples) == pytest.approx(level, abs=0.1)
