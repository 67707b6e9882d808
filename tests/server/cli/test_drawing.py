"""The drawing of a replay: each case is a picture of what it should look like, without colour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.cli.pages.drawing import draw, legend
from server.cli.pages.palette import PALETTE, palette_table
from tests.server.cli.documents import clip, finding, hold, mark, replay, stretch


def picture(document: dict[str, Any], width: int = 52, **options: Any) -> list[str]:
    return [line.plain for line in draw(document, width, **options)]


def test_a_clip_is_a_block_with_its_title_under_a_ruler() -> None:
    assert picture(replay(clip(0, 20, "The fountain"), clip(30, 10, "Bridge"))) == [
        "            0:00      0:10      0:20      0:30",
        "            ┬─────────┬─────────┬─────────┬─────────",
        "lane 0      [The fountain━━━━━━]          [Bridge━━]",
    ]


def test_silence_and_unknown_and_pause_and_stall_look_different() -> None:
    document = replay(
        clip(0, 10, "a", listen="a", cut="paused"),
        clip(15, 5, "a", listen="a"),
        pauses=[hold(10, 5, "a")],
        stalls=[hold(2, 3, "a")],
        silences=[stretch(20, 10)],
        unknown=[stretch(30, 10)],
    )
    assert picture(document)[2] == "lane 0      [a!!!━━━━|‖‖‖‖‖[a━━]··········░░░░░░░░░░"
    assert picture(document, ascii_only=True)[2] == 'lane 0      [a!!!====|"""""[a==]..........//////////'
    assert [text.plain for text in legend(document)] == [
        *("] end seen", "| goes on later", "░ unknown", "· silence", "‖ pause", "! stall")
    ]


@pytest.mark.parametrize(
    ("end", "char"), [("observed", "]"), ("length", ")"), ("next", ")"), ("session", ")"), ("open", ">")]
)
def test_a_clip_shows_how_its_end_is_known(end: str, char: str) -> None:
    assert picture(replay(clip(0, 40, "a", end=end)))[2].endswith(f"━{char}")


def test_lanes_have_lines_of_their_own_and_a_lane_of_two_rows_is_named_once() -> None:
    document = replay(
        clip(0, 20, "one", lane="speech", row=0),
        clip(10, 20, "two", lane="speech", row=1),
        clip(0, 40, "rain", lane="music", row=2, end="open"),
    )
    assert picture(document)[2:] == [
        "lane speech [one━━━━━━━━━━━━━━━]",
        "                      [two━━━━━━━━━━━━━━━]",
        "lane music  [rain━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━>",
    ]


def test_a_pause_of_one_listen_is_not_drawn_over_another() -> None:
    document = replay(
        clip(0, 10, listen="a", lane="a", row=0, cut="paused"),
        clip(0, 40, listen="b", lane="b", row=1),
        pauses=[hold(10, 10, "a")],
    )
    assert "‖" in picture(document)[2]
    assert "‖" not in picture(document)[3]


def test_a_pause_of_the_session_is_drawn_on_every_line() -> None:
    document = replay(
        clip(0, 10, lane="a", row=0, cut="paused"),
        clip(0, 10, lane="b", row=1, cut="paused"),
        pauses=[hold(10, 30)],
    )
    assert all("‖" * 30 in line for line in picture(document)[2:4])


def test_marks_stand_at_their_place_and_are_counted_where_they_meet() -> None:
    document = replay(clip(0, 40), marks=[mark(0), mark(20), mark(20.1), *[mark(30)] * 12])
    assert picture(document)[3] == "marks       ▾                   2         +"


def test_the_worst_finding_of_a_place_is_the_one_that_is_seen() -> None:
    document = replay(
        clip(0, 40), findings=[finding(10, "error"), finding(10, "info"), finding(20, "warning")]
    )
    assert picture(document)[3] == "findings              E         W"


def test_what_came_before_zero_is_drawn_left_of_it() -> None:
    assert picture(replay(clip(-10, 10, "early"), clip(0, 30, "late")))[0:3:2] == [
        "            -0:10     0:00      0:10      0:20",
        "lane 0      [early━━━][late━━━━━━━━━━━━━━━━━━━━━━━━]",
    ]


def test_a_window_shows_a_part() -> None:
    document = replay(
        clip(0, 20, "The fountain"),
        clip(30, 10, "Bridge"),
        marks=[mark(2), mark(32)],
        findings=[finding(1, "error"), finding(34, "warning")],
    )
    assert picture(document, window=(30.0, 40.0)) == [
        "            0:30    0:32    0:34    0:36    0:38",
        "            ┬───────┬───────┬───────┬───────┬───────",
        "lane 0      [Bridge━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━]",
        "marks               ▾",
        "findings                    W",
    ]


def test_a_session_without_a_clip_still_shows_what_is_not_known() -> None:
    assert picture(replay(unknown=[stretch(0, 40)]))[2] == "nothing     " + "░" * 40


def test_a_title_cannot_reach_the_terminal_with_escape_sequences() -> None:
    assert "[?[31mred" in picture(replay(clip(0, 40, "\x1b[31mred")))[2]


def test_a_wide_title_does_not_shift_what_follows() -> None:
    lines = draw(replay(clip(0, 20, "橋の話"), clip(20, 20, "b")), 52)
    assert lines[2].plain == "lane 0      [橋の話━━━━━━━━━━━━][b━━━━━━━━━━━━━━━━━]"
    assert lines[2].cell_len == 52


SECONDS = st.floats(-1e6, 1e6)
LENGTHS = st.floats(0, 1e6)
TITLES = st.text(st.characters(codec="utf-8"), max_size=30)
DOCUMENTS = st.builds(
    lambda clips, pauses, silences, marks: replay(*clips, pauses=pauses, silences=silences, marks=marks),
    st.lists(st.builds(clip, SECONDS, LENGTHS, TITLES, row=st.integers(0, 3)), max_size=6),
    st.lists(st.builds(hold, SECONDS, LENGTHS), max_size=3),
    st.lists(st.builds(stretch, SECONDS, LENGTHS), max_size=3),
    st.lists(st.builds(mark, SECONDS), max_size=5),
)


@given(DOCUMENTS, st.integers(40, 200), st.booleans())
def test_no_line_is_ever_wider_than_it_may_be(document: dict[str, Any], width: int, plain: bool) -> None:
    assert all(line.cell_len <= width for line in draw(document, width, ascii_only=plain))


def test_the_documented_meanings_are_those_of_the_table() -> None:
    docs = Path(__file__).parents[3] / "docs" / "command-line.md"
    assert palette_table() in docs.read_text(encoding="utf-8")


def test_every_meaning_has_a_plain_character_and_a_colour() -> None:
    for row in PALETTE.values():
        assert row.plain.isascii()
        assert len(row.char) == len(row.plain) == 1
        assert len(row.colour) == 7
