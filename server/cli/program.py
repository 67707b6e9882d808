"""The program as an object: the group of commands, how its help looks, how it ends.

Rule 1: every command has examples, and they are shown first among what helps.
Rule 2: colours are for people: none in a pipe, none with NO_COLOR.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Sequence
from gettext import gettext
from importlib import import_module
from keyword import iskeyword
from typing import Any, NoReturn

import click

from server.cli.exits import ending

HELP_WIDTH = 100
"""Columns of help on a terminal that is wider."""

Examples = Sequence[tuple[str, str]]
"""(what it does, the command line) of each example."""


class Formatter(click.HelpFormatter):
    """Help with coloured headings and terms."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        heading = gettext("Usage:") if prefix is None else prefix.strip()
        super().write_usage(click.style(prog, bold=True), args, click.style(heading, fg="yellow") + " ")

    def write_heading(self, heading: str) -> None:
        """Write a section's heading."""
        self.write(f"{'':>{self.current_indent}}{click.style(f'{heading}:', fg='yellow')}\n")

    def write_dl(self, rows: Any, col_max: int = 30, col_spacing: int = 2) -> None:
        """Write terms with their meanings."""
        coloured = [(click.style(term, fg="cyan"), meaning) for term, meaning in rows]
        super().write_dl(coloured, col_max, col_spacing)

    def write_examples(self, examples: Examples) -> None:
        """Write what can be copied and run."""
        with self.section("Examples"):
            for index, (meaning, line) in enumerate(examples):
                self.write("\n" if index else "")
                self.write(f"{'':>{self.current_indent}}{meaning}\n")
                self.write(f"{'':>{self.current_indent}}  $ {click.style(line, bold=True)}\n")


class Context(click.Context):
    """A context whose help is coloured, and asked for with `-h` too."""

    formatter_class = Formatter

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"help_option_names": ["-h", "--help"], **options})


class Command(click.Command):
    """A command with examples in its help."""

    context_class = Context

    def __init__(self, *args: Any, examples: Examples, **options: Any) -> None:
        super().__init__(*args, **options)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples at the end of the help."""
        _write_examples(ctx, formatter)


class Group(click.Group):
    """A group of commands, with examples."""

    context_class = Context
    command_class = Command

    def __init__(self, *args: Any, examples: Examples = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.examples = examples

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """The commands in the order that they were added."""
        return list(self.commands)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples at the end of the help."""
        _write_examples(ctx, formatter)


class Program(Group):
    """All of `playhead`: it turns every end into an exit code.

    Each command is the object of its name in the module of its name (`import_` for `import`), imported when it is
    asked for: what one command needs does not slow the others down.
    """

    group_class = Group

    def __init__(self, *args: Any, commands_in: str, names: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self._package = commands_in
        self._names = list(names)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """The commands in the order of a first acquaintance."""
        return self._names

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of this name, or None."""
        if cmd_name not in self._names:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = getattr(import_module(f"{self._package}.{name}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant; a name that is nearly one is answered with that."""
        near = difflib.get_close_matches(args[0], self._names, n=1)
        if near and args[0] not in self._names:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **options: Any) -> NoReturn:
        """Run the command line and exit."""
        options["standalone_mode"] = False
        options["max_content_width"] = HELP_WIDTH
        if os.environ.get("NO_COLOR"):
            options["color"] = False
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # an odd title is no reason to fail on an old terminal
        run = super().main
        sys.exit(ending(lambda: run(*args, **options)))


def _write_examples(ctx: click.Context, formatter: click.HelpFormatter) -> None:
    if isinstance(formatter, Formatter) and isinstance(ctx.command, Command | Group):
        formatter.write_examples(ctx.command.examples)
