"""The page of text that `playhead replay` prints."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from server.cli.pages.report import report
from tests.server.cli.documents import clip, finding, hold, mark, replay, stretch


def printed(document: dict[str, Any], **options: Any) -> list[str]:
    console = Console(file=io.StringIO(), width=96, color_system=None)
    for part in report(document, 96, **options):
        console.print(part, highlight=False)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_it_says_which_session_and_when_zero_was_and_up_to_where_it_is_known() -> None:
    assert printed(replay(clip(0, 10)))[:2] == [
        "session walk   log default   ended",
        "0:00 is 2026-05-01T14:55:00.000000Z   as known at position 38",
    ]
    assert printed(replay(clip(0, 10), ended=False))[0].endswith("not ended")


def test_every_clip_is_listed_with_how_it_ended() -> None:
    lines = printed(
        replay(
            clip(0, 28.41, "The fountain", asset="f", reason="finished"),
            clip(30, 10, asset="b", cut="paused"),
            clip(50, 10, "Rain", asset="r", lane="music", end="open"),
            clip(60, 1, asset=None, end="length"),
        )
    )
    start = lines.index("Clips")
    assert [line.split() for line in lines[start + 1 : start + 6]] == [
        ["#", "at", "for", "lane", "recording", "from", "how", "it", "ended"],
        ["1", "0:00.000", "0:28.410", "0", "The", "fountain", "(f)", "0:00.000", "ended", "(finished)"],
        ["2", "0:30.000", "0:10.000", "0", "b", "0:00.000", "paused"],
        ["3", "0:50.000", "0:10.000", "music", "Rain", "(r)", "0:00.000", "never", "ended"],
        ["4", "1:00.000", "0:01.000", "0", "?", "0:00.000", "ended,", "by", "its", "length"],
    ]


def test_findings_are_listed_when_there_are_any() -> None:
    assert "Findings" not in printed(replay(clip(0, 10)))
    lines = printed(replay(clip(0, 10), findings=[finding(10, "error")]))
    found = lines[lines.index("Findings") + 2].split()
    assert found == ["0:10.000", "0:02.000", "error", "gap", "this", "is", "a", "gap", "4,", "5"]


def test_marks_are_counted_and_listed_when_asked() -> None:
    document = replay(marks=[mark(1, data={"lat": 64.1, "at": "pond"}), mark(2), mark(3, "heartbeat")])
    lines = printed(document)
    assert lines[lines.index("Marks") + 1].strip() == "location-changed x2, heartbeat"
    lines = printed(document, marks=True)
    assert lines[lines.index("Marks") + 2].split() == [
        *("0:01.000", "location-changed", "phone", "7", "lat=64.1", "at=pond")
    ]


def test_a_mark_that_says_much_is_cut() -> None:
    lines = printed(replay(marks=[mark(1, data={"text": "so much " * 1000})]), marks=True)
    assert "…" in "".join(lines)
    assert len(lines) < 20


def test_a_part_lists_what_touches_it_and_says_how_much_there_is() -> None:
    document = replay(
        clip(0, 10, asset="before"),
        clip(10, 10, asset="into"),
        clip(20, 10, asset="after"),
        pauses=[hold(0, 5)],
        silences=[stretch(12, 8)],
        findings=[finding(3, "error"), finding(14, "info", "late")],
        marks=[mark(0, "session-started"), mark(15), mark(20, "heartbeat")],
    )
    lines = printed(document, window=(15.0, 20.0))
    clips = lines.index("Clips, 1 of 3")
    assert lines[clips + 2].split()[:5] == ["2", "0:10.000", "0:10.000", "0", "into"]
    assert lines[clips + 3] == ""
    assert lines[lines.index("Findings, 1 of 2") + 2].split()[3] == "late"
    assert lines[lines.index("Marks, 2 of 3") + 1].strip() == "location-changed, heartbeat"
    assert "] end seen   · silence" in lines
    assert lines[-2] == "The whole session"
    assert "The whole session" not in printed(document)


def test_totals_show_what_there_was_and_its_share() -> None:
    sums = {"duration": 100.0, "heard": 75.0, "overlapping": 0.0, "silent": 25.0}
    sums |= {"paused": 0.0, "stalled": 0.0, "unknown": 0.0}
    assert printed(replay(clip(0, 75), totals=sums))[-1] == (
        "lasted 1:40.000   heard 1:15.000 (75%)   silent 0:25.000 (25%)"
    )


@pytest.mark.parametrize(
    ("heard", "share"), [(0.0, "(0%)"), (0.1, "(<1%)"), (50.0, "(50%)"), (99.9, "(>99%)"), (100.0, "(100%)")]
)
def test_a_share_is_never_rounded_to_nothing_or_to_all(heard: float, share: str) -> None:
    sums = dict.fromkeys(("overlapping", "silent", "paused", "stalled", "unknown"), 0.0)
    document = replay(clip(0, 75), totals={"duration": 100.0, "heard": heard, **sums})
    assert printed(document)[-1].endswith(share)


def test_erased_events_are_told() -> None:
    assert "Erased on request: 2 events" in printed(replay(erased=[4, 5]))


def test_what_a_sender_wrote_cannot_steer_the_terminal() -> None:
    text = "\n".join(printed(replay(clip(0, 10, "\x1b]0;owned\x07"), marks=[mark(0, "\x1b[2J")])))
    assert "\x1b" not in text
    assert "?]0;owned?" in text
