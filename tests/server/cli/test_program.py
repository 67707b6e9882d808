"""What holds for every command: help, examples, colours, exit codes."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from replay.errors import Conflict, Erased, Invalid, NotFound, PlayheadError, TooLarge, Unavailable
from server.access.errors import Forbidden, Misdirected, Unauthorized
from server.cli import playhead
from server.cli.exits import MEANINGS, BadInput, Exit, advice, ending, exit_code, exit_table
from server.cli.program import Command, Group
from server.lock import DataLocked
from tests.server.cli.run import failed, ok, run

DOCS = Path(__file__).parents[3] / "docs" / "command-line.md"


def commands(group: click.Group = playhead, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def find(words: tuple[str, ...]) -> click.Command:
    command: click.Command | None = playhead
    for word in words:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word)
    assert command is not None
    return command


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_has_help_with_examples_that_it_understands(words: tuple[str, ...]) -> None:
    command = find(words)
    assert isinstance(command, Command | Group)
    assert command.examples
    text = ok(*words, "--help")
    for _, line in command.examples:
        assert f"$ {line}" in text
        assert parses(line)


def parses(line: str) -> bool:
    """Whether every `playhead` of a shell line is understood; nothing is run."""
    parts = line.replace("$(", "").replace(")", "").split("|")
    for part in parts:
        words = shlex.split(part.partition("=")[2] if part.startswith("TOKEN=") else part)
        if words[0] != "playhead":
            continue
        command, rest = playhead, words[1:]
        while isinstance(command, click.Group):
            with command.make_context("playhead", list(rest[:1]), resilient_parsing=True) as context:
                found = command.get_command(context, rest[0])
            assert found is not None
            command, rest = found, rest[1:]  # type: ignore[assignment]
        command.make_context("playhead", rest).close()
    return True


def test_every_command_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for words in commands():
        assert f"playhead {' '.join(words)}" in text


def test_the_documented_exit_codes_are_those_of_the_code() -> None:
    assert set(MEANINGS) == set(Exit)
    assert exit_table() in DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PlayheadError("it broke"), 1),
        (Conflict("taken"), 1),
        (Invalid("as_of", "beyond the head"), 2),
        (TooLarge("name", "too long"), 2),
        (DataLocked(Path("kept"), "http://127.0.0.1:1"), 3),
        (NotFound("no such session"), 4),
        (Erased("erased"), 4),
        (Unauthorized("no token", given=False), 5),
        (Forbidden("not for you"), 5),
        (Misdirected("not my name"), 5),
        (Unavailable("full"), 6),
        (BadInput("a.ndjson, line 3: no"), 7),
    ],
)
def test_every_error_has_its_exit_code(error: PlayheadError, code: int) -> None:
    assert exit_code(error) == code


def raising(error: BaseException) -> Callable[[], object]:
    def run() -> object:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (NotFound("there is no session x."), 4, "Error: there is no session x.\n"),
        (
            PermissionError(13, "Permission denied", "kept/log.db"),
            1,
            "Error: kept/log.db: Permission denied.\n",
        ),
        (KeyboardInterrupt(), 130, ""),
        (click.Abort(), 130, ""),
        (Invalid("config", "did you mean data?"), 2, "Error: did you mean data?\n"),
        (NotFound("evil \x1b[2J\nname"), 4, "Error: evil ?[2J?name.\n"),
    ],
)
def test_an_expected_error_is_one_line_on_stderr(
    error: BaseException, code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ending(raising(error)) == code
    assert capsys.readouterr() == ("", message)


def test_a_fault_of_our_own_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        ending(raising(ZeroDivisionError()))


def test_a_held_folder_is_answered_with_what_to_do() -> None:
    assert "--url http://127.0.0.1:1" in advice(DataLocked(Path("kept"), "http://127.0.0.1:1"))
    assert "--url" not in advice(DataLocked(Path("kept"), None))


def test_a_command_that_is_nearly_one_is_answered_with_that() -> None:
    assert failed("sesions", code=2) == "Error: No such command 'sesions'. Did you mean 'sessions'?"


def test_a_command_that_is_none_is_refused() -> None:
    assert failed("xyzzy", code=2) == "Error: No such command 'xyzzy'."


def test_help_is_asked_for_in_short_too() -> None:
    assert ok("-h") == ok("--help")
    assert ok("token", "create", "-h") == ok("token", "create", "--help")


def test_help_is_plain_in_a_pipe_and_with_no_color() -> None:
    assert "\x1b" not in ok("--help")
    assert "\x1b" not in run("--help", env={"NO_COLOR": "1"}).output


def test_the_version_is_told() -> None:
    assert ok("--version").startswith("playhead, version ")
