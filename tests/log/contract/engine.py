"""What the suite needs of an engine."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from replay.clock import Clock, now
from replay.log import EventLog


class Engine(Protocol):
    """Opens logs, and closes them when the test is over."""

    async def open(self, *, clock: Clock = now) -> EventLog:
        """A new and empty log."""
        ...

    async def restore(self, copy: Path) -> EventLog:
        """The log that a backup wrote."""
        ...
