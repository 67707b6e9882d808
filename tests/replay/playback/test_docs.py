"""`docs/playback.md` says what the tables of the code say."""

from __future__ import annotations

from pathlib import Path

from replay.playback import KINDS
from server.playing.questions import FASTEST, SLOWEST
from server.services.scores import MOST_BYTES

PAGE = (Path(__file__).parents[3] / "docs" / "playback.md").read_text(encoding="utf-8")


def test_every_kind_of_step_is_on_the_page_in_its_order() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith(tuple(f"| `{kind}` |" for kind in KINDS))]
    assert rows == [f"| `{kind}` | {meaning} |" for kind, meaning in KINDS.items()]


def test_bounds_are_on_the_page() -> None:
    assert f"{float(SLOWEST):g} to {FASTEST} times as fast" in PAGE
    assert f"at most {MOST_BYTES // 2**20} MiB" in PAGE
