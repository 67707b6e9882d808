"""What a command prints: documents for scripts on stdout, tables for people, progress on stderr.

Rule 1: stdout carries the answer and nothing else; progress and remarks go to stderr.
Rule 2: colours and moving bars are for terminals only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, Literal, NoReturn

import msgspec
from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

PIPE_WIDTH = 120
"""Columns of a table that nobody's terminal limits, unless COLUMNS says otherwise."""

Column = str | tuple[str, Literal["right", "whole"]]
"""A heading, of a column that is folded into several lines when room is short; or of one that never is.

A `right` one is set to the right, as numbers are.
"""

Notice = Callable[[str], None]
"""Told, in a sentence, what a command is waiting for."""


class Output(Console):
    """A console that lets a broken pipe through, for the program to end on."""

    def on_broken_pipe(self) -> NoReturn:
        """Let the error through: `server.cli.exits` knows what to do with it."""
        raise BrokenPipeError


def stdout(width: int | None = None) -> Output:
    """The console of the answer; `width` in columns, by default the terminal's."""
    if width is None and not sys.stdout.isatty() and "COLUMNS" not in os.environ:
        width = PIPE_WIDTH
    return Output(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)


def stderr() -> Output:
    """The console of progress and remarks."""
    return Output(file=sys.stderr, highlight=False, markup=False, emoji=False)


def remark(text: str, style: str = "dim") -> None:
    """Say something beside the answer, on stderr."""
    stderr().print(text, style=style, soft_wrap=True)


def show(*parts: RenderableType, width: int | None = None) -> None:
    """Print parts of an answer for people."""
    console = stdout(width)
    for part in parts:
        console.print(part)


def show_json(document: Any) -> None:
    """Print a document: in one line, or indented on a terminal."""
    text = msgspec.json.encode(document)
    if sys.stdout.isatty():
        text = msgspec.json.format(text, indent=2)
    sys.stdout.write(text.decode() + "\n")


def table(*columns: Column) -> Table:
    """An empty table in the one look that all tables have."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        name, kind = column if isinstance(column, tuple) else (column, None)
        justify: Literal["right", "left"] = "right" if kind == "right" else "left"
        made.add_column(name, justify=justify, overflow="fold", no_wrap=kind is not None)
    return made


def progress(*, of_bytes: bool) -> Progress:
    """A bar on stderr; it stays hidden unless stderr is a terminal, and leaves nothing behind."""
    console = stderr()
    counter = DownloadColumn(binary_units=True) if of_bytes else MofNCompleteColumn()
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        counter,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
