"""Real processes: the program as a shell starts it, and a server that is stopped by its own process id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

PROGRAM = [sys.executable, "-m", "server.cli"]
ROOT = Path(__file__).parents[3]
SECONDS = 60


def environment(**more: str) -> dict[str, str]:
    """This environment without any setting of ours, and with what a test adds."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PLAYHEAD_")}
    return {**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "120", **more}


def start(*args: object, **options: Any) -> subprocess.Popen[bytes]:
    """Start `playhead` with its outputs in pipes."""
    return subprocess.Popen(
        [*PROGRAM, *map(str, args)],
        stdin=options.pop("stdin", subprocess.DEVNULL),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**options.pop("env", {})),
        **options,
    )


class Server:
    """A server that runs: its URL, an admin's token, the folder, the process."""

    def __init__(self, process: subprocess.Popen[bytes], told: dict[str, Any], data: Path, token: str) -> None:
        self.process = process
        self.told = told
        self.url: str = told["url"]
        self.data = data
        self.token = token

    @property
    def there(self) -> tuple[str, ...]:
        """The options that name this server."""
        return ("--url", self.url, "--token", self.token)

    def stop(self, signal_: int = signal.SIGTERM) -> int:
        """Ask it to stop, and return its exit code."""
        self.process.send_signal(signal_)
        return self.process.wait(SECONDS)


@contextmanager
def serving(data: Path, token: str, *args: object) -> Iterator[Server]:
    """A server of a folder on a free port, stopped at the end."""
    process = start("serve", "--data", data, "--port", 0, "--json", *args)
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first, process.stderr.read().decode() if process.stderr else ""
        yield Server(process, msgspec.json.decode(first), data, token)
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=SECONDS)
