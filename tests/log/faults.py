"""A SQLite connection that fails, waits or counts on purpose, put under the real engine."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from replay.log.sqlite import connection as connections

DISK_ERROR = sqlite3.OperationalError("disk I/O error")


class Faults:
    """What happens to statements that contain some text, in every connection opened from now on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: Counter[str] = Counter()
        self._before: dict[str, Callable[[], None]] = {}
        self._after: dict[str, Callable[[], None]] = {}
        monkeypatch.setattr(connections, "FACTORY", self._factory())

    def fail(self, text: str, *, after: bool = False, times: int = 1) -> None:
        """Let the next statements with this text fail: instead of happening, or after they did."""
        left = iter(range(times))

        def act() -> None:
            if next(left, None) is not None:
                raise DISK_ERROR

        (self._after if after else self._before)[text] = act

    def hold(self, text: str) -> threading.Event:
        """Let statements with this text wait until the event is set."""
        released = threading.Event()
        self._before[text] = lambda: _wait(released)
        return released

    def _happen(self, actions: dict[str, Callable[[], None]], statement: str) -> None:
        for text, act in list(actions.items()):
            if text in statement:
                act()

    def _factory(self) -> type[sqlite3.Connection]:
        faults = self

        class Faulty(sqlite3.Connection):
            def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
                faults.seen[statement] += 1
                faults._happen(faults._before, statement)
                cursor = super().execute(statement, *values)
                faults._happen(faults._after, statement)
                return cursor

        return Faulty

    def count(self, text: str) -> int:
        """How many statements with this text there were."""
        return sum(times for statement, times in self.seen.items() if text in statement)


def _wait(released: threading.Event) -> None:
    if not released.wait(30):
        raise DISK_ERROR
