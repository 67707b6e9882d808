"""Running the command line within a test."""

from __future__ import annotations

from typing import Any

import msgspec
from click.testing import CliRunner, Result

from server.cli import playhead


def run(*args: object, stdin: bytes | None = None, env: dict[str, str] | None = None) -> Result:
    """Run `playhead` with these arguments in this process; stdout and stderr are kept apart."""
    clean = {
        "PLAYHEAD_URL": "",
        "PLAYHEAD_TOKEN": "",
        "PLAYHEAD_DATA": "",
        "PLAYHEAD_CONFIG": "",
        "COLUMNS": "120",
    }
    return CliRunner(env=clean | (env or {})).invoke(
        playhead, [str(arg) for arg in args], prog_name="playhead", input=stdin, catch_exceptions=False
    )


def ok(*args: object, stdin: bytes | None = None, env: dict[str, str] | None = None) -> str:
    """Run a command that must work, and return what it printed."""
    result = run(*args, stdin=stdin, env=env)
    assert result.exit_code == 0, result.output
    return result.stdout


def document(*args: object, **options: Any) -> Any:
    """Run a command with `--json` and return the document that it printed."""
    return msgspec.json.decode(ok(*args, "--json", **options))


def failed(*args: object, code: int, **options: Any) -> str:
    """Run a command that must fail with this code, and return its message, which must be one line."""
    result = run(*args, **options)
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    lines = result.stderr.rstrip("\n").splitlines()
    return lines[-1]
