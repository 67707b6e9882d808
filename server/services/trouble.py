"""Whether the log could take what was written last."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from replay.errors import Unavailable


class Trouble:
    """The last write that the log could not take, as long as it is news."""

    SECONDS = 10.0

    def __init__(self) -> None:
        self._message: str | None = None
        self._until = 0.0

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note how a write within the block ends: `Unavailable` is trouble, a success is the end of it."""
        try:
            yield
        except Unavailable as error:
            self._message = error.message
            self._until = time.monotonic() + self.SECONDS
            raise
        self._message = None

    def recent(self) -> str | None:
        """What went wrong a moment ago; None when nothing did, or nothing was written since long."""
        return self._message if time.monotonic() < self._until else None
