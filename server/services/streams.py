"""A bound on how many of something are open at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from replay.errors import Unavailable


class Streams:
    """The live streams that are open, or whatever `what` names; there are never more than `limit`."""

    def __init__(self, limit: int = 1000, what: str = "live streams") -> None:
        self.limit = limit
        self.what = what
        self.open = 0

    @contextmanager
    def slot(self) -> Iterator[None]:
        """One stream's place. Raises `Unavailable` when all are taken."""
        if self.open >= self.limit:
            raise Unavailable(f"all {self.limit} {self.what} are in use", retry_after=5)
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1
