"""How a command ends: one table from which the code, the message and the documentation come.

Rule 1: scripts rely on these numbers; none ever changes its meaning.
Rule 2: an error that is expected is one clear sentence on stderr, and what to do about it. Only a fault of
        Playhead itself shows a traceback.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum

import click

from replay.errors import BadBundle, Conflict, Erased, Invalid, NotFound, PlayheadError, Unavailable
from server.access.errors import Forbidden, Misdirected, Unauthorized
from server.cli.text import printable, sentence
from server.lock import DataLocked


class Exit(IntEnum):
    """The exit codes. `MEANINGS` says what each means."""

    OK = 0
    FAILED = 1
    USAGE = 2
    HELD = 3
    NOT_FOUND = 4
    REFUSED = 5
    UNAVAILABLE = 6
    BAD_INPUT = 7
    INTERRUPTED = 130
    BROKEN_PIPE = 141


MEANINGS: dict[Exit, str] = {
    Exit.OK: "It worked. For `serve` and `demo`: stopped by Ctrl-C or SIGTERM, with everything written.",
    Exit.FAILED: "It failed; the message says why.",
    Exit.USAGE: "The command was not understood: an unknown option, a wrong value, a bad setting.",
    Exit.HELD: "Another process holds the data folder; the message names the server's URL.",
    Exit.NOT_FOUND: "There is nothing by that name, or it was erased.",
    Exit.REFUSED: "The server refused: no token, an unknown one, or one whose role or logs do not allow it.",
    Exit.UNAVAILABLE: "Not now: no server answers, it is full or starting, the disk failed. The same command may "
    "work later, and stores nothing twice.",
    Exit.BAD_INPUT: "The input was refused; the message names file and line. Nothing of its batch was stored.",
    Exit.INTERRUPTED: "Stopped by Ctrl-C.",
    Exit.BROKEN_PIPE: "Whoever read the output has left (as `head` does).",
}


class BadInput(PlayheadError):
    """An event of a file that cannot be stored; the message names file and line."""


CODES: tuple[tuple[type[PlayheadError], Exit], ...] = (
    (BadInput, Exit.BAD_INPUT),
    (BadBundle, Exit.BAD_INPUT),
    (DataLocked, Exit.HELD),
    (NotFound, Exit.NOT_FOUND),
    (Erased, Exit.NOT_FOUND),
    (Unauthorized, Exit.REFUSED),
    (Forbidden, Exit.REFUSED),
    (Misdirected, Exit.REFUSED),
    (Unavailable, Exit.UNAVAILABLE),
    (Invalid, Exit.USAGE),
    (Conflict, Exit.FAILED),
)
"""The first row that fits an error gives its exit code; an error without a row has failed."""


def exit_code(error: PlayheadError) -> Exit:
    """The code that an error ends a command with."""
    return next((code for kind, code in CODES if isinstance(error, kind)), Exit.FAILED)


def advice(error: PlayheadError) -> str:
    """What to do about an error, as a sentence; empty when its message says it all."""
    if isinstance(error, DataLocked):
        if error.url:
            return f"Go through the server (--url {error.url} --token ...), or stop it first."
        return "Wait until it has ended, or stop it first."
    if isinstance(error, Unauthorized):
        return "Give a token with --token or PLAYHEAD_TOKEN; `playhead token create` makes one."
    if isinstance(error, Forbidden):
        return "Use a token with that role and log; `playhead token create` makes one."
    return ""


def ending(run: Callable[[], object]) -> int:
    """Run a command and return its exit code; an expected error is told on stderr."""
    try:
        result = run()
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return Exit.INTERRUPTED
    except BrokenPipeError:
        _forget_output()
        return Exit.BROKEN_PIPE
    except PlayheadError as error:
        tell(f"{sentence(error.message)} {advice(error)}")
        return exit_code(error)
    except sqlite3.Error as error:
        tell(f"the data folder cannot be used: {error}.")
        return Exit.FAILED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        tell(f"{where}{error.strerror or error}.")
        return Exit.FAILED
    return result if isinstance(result, int) else Exit.OK


def tell(message: str) -> None:
    """Write an error to stderr, in one line."""
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {printable(message.strip())}", err=True)


def _forget_output() -> None:
    """Send what is still buffered nowhere, so that the interpreter's own last flush does not complain."""
    with suppress(OSError, ValueError):  # an output without a file, as tests have
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def exit_table() -> str:
    """The table of `docs/command-line.md`, in Markdown."""
    rows = [f"| {code.value} | {meaning} |" for code, meaning in MEANINGS.items()]
    return "\n".join(["| code | meaning |", "|---|---|", *rows])
