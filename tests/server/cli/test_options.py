"""The options that commands share, and the small helpers of text."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from server.cli.options import seconds, takes_settings
from server.cli.text import flow, moment, plural, printable, shortened
from server.settings import SETTINGS, Settings


@pytest.mark.parametrize(
    ("text", "value"),
    [("75", 75), ("1:15", 75), ("1:02:03.5", 3723.5), ("-4", -4), ("-0:04.25", -4.25), ("90:00", 5400)],
)
def test_a_moment_of_a_session_is_read_as_seconds_or_as_a_clock(text: str, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize("text", ["", "soon", "1:", ":1", "1:2:3:4", "1e3", "nan", "\N{FULLWIDTH DIGIT ONE}"])
def test_what_is_no_moment_is_a_usage_error(text: str) -> None:
    with pytest.raises(click.BadParameter):
        seconds(text)


def test_every_setting_is_an_option_of_serve_with_its_meaning_and_variable() -> None:
    seen: list[Settings] = []

    @click.command()
    @takes_settings()
    def serve(settings: Settings) -> None:
        seen.append(settings)

    text = " ".join(CliRunner().invoke(serve, ["--help"], terminal_width=400).output.split())
    for row in SETTINGS:
        assert row.flag in text
        assert row.variable in text
        assert row.meaning in text
    result = CliRunner().invoke(serve, ["--port", "1", "--access-log", "--max-body", "2 MiB"])
    assert result.exit_code == 0
    assert (seen[0].port, seen[0].access_log, seen[0].max_body) == (1, True, 2 * 2**20)


def test_a_command_may_give_a_setting_another_default_that_only_a_flag_changes() -> None:
    seen: list[str] = []

    @click.command()
    @takes_settings("data", data="elsewhere")
    def demo(settings: Settings) -> None:
        seen.append(str(settings.data))

    runner = CliRunner(env={"PLAYHEAD_DATA": "precious"})
    runner.invoke(demo, [])
    runner.invoke(demo, ["--data", "here"])
    assert seen == ["elsewhere", "here"]


@given(st.text(), st.integers(0, 20))
def test_a_text_is_shortened_to_its_room(text: str, room: int) -> None:
    assert cell_len(shortened(printable(text), room)) <= room


@given(st.text())
def test_what_is_printable_holds_nothing_that_moves_the_cursor(text: str) -> None:
    assert printable(text).isprintable()


@given(st.lists(st.text("ab", min_size=1, max_size=9), max_size=9), st.integers(9, 40))
def test_a_flow_keeps_every_piece_whole_and_every_line_short(words: list[str], width: int) -> None:
    lines = flow([Text(word) for word in words], width)
    assert [word for line in lines for word in line.plain.split()] == words
    assert all(line.cell_len <= width for line in lines)


def test_counts_and_times_are_written_for_people() -> None:
    assert (plural(1, "event"), plural(1200, "event")) == ("1 event", "1,200 events")
    assert moment("2026-05-14T14:57:03.250000Z") == "2026-05-14 14:57:03"
    assert moment(None) == ""
