"""Real processes: the program as a shell starts it, and a server that is stopped by its own process id."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
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


@contextmanager
def running(*args: object, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """`playhead`, with its outputs in pipes; killed at the end if it is still there."""
    process = subprocess.Popen(
        [*PROGRAM, *map(str, args)],
        stdin=options.pop("stdin", subprocess.DEVNULL),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**options.pop("env", {})),
        preexec_fn=heed_interrupts,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def heed_interrupts() -> None:
    """A shell's background job ignores SIGINT, and its children inherit that: a Ctrl-C must be one all the same."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finished(process: subprocess.Popen[bytes]) -> tuple[int, str, str]:
    """The exit code and what is left of the outputs of a process that ends by itself."""
    out, err = process.communicate(timeout=SECONDS)
    return process.returncode, out.decode(), err.decode()


def finish(*args: object, **options: Any) -> tuple[int, str, str]:
    """Run `playhead` to its end: its exit code and its outputs."""
    with running(*args, **options) as process:
        return finished(process)


class Server:
    """A server that runs: its URL, an admin's token, the folder, the process."""

    def __init__(
        self, process: subprocess.Popen[bytes], told: dict[str, Any], data: Path, token: str
    ) -> None:
        self.process = process
        self.told = told
        self.url: str = told["url"]
        self.data = data
        self.token = token

    @property
    def there(self) -> tuple[str, ...]:
        """The options that name this server."""
        return ("--url", self.url, "--token", self.token)

    def is_ready(self) -> bool:
        """Whether its read models can be read, outlines too: a fresh folder's are built when it starts."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/sessions", headers={"Authorization": f"Bearer {self.token}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                sessions = json.load(answer)["sessions"]
                return all(session["outline"] is not None for session in sessions)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code != 503:
                raise
            return False

    def stop(self, signal_: int = signal.SIGTERM) -> int:
        """Ask it to stop, and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal_)
        return self.process.wait(SECONDS)


@contextmanager
def serving(data: Path, token: str, *args: object) -> Iterator[Server]:
    """A server of a folder on a free port, stopped at the end."""
    with running("serve", "--data", data, "--port", 0, "--json", *args) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first, finished(process)
        server = Server(process, msgspec.json.decode(first), data, token)
        while not server.is_ready():
            time.sleep(0.05)
        yield server
        server.stop()
