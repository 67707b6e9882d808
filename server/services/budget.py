"""How many bytes of bodies all requests may hold together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from replay.errors import Unavailable

MAX_IN_MEMORY = 128 * 1024 * 1024


class Budget:
    """How many bytes of bodies all requests may hold together."""

    def __init__(self, limit: int = MAX_IN_MEMORY) -> None:
        self.limit = limit
        self.taken = 0

    @contextmanager
    def hold(self) -> Iterator[Hold]:
        """Give one request its part, and take it back when the request is answered."""
        hold = Hold(self)
        try:
            yield hold
        finally:
            self.taken -= hold.bytes


class Hold:
    """What one request has taken from the budget."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.bytes = 0

    def take(self, count: int) -> None:
        """Take so many bytes more. Raises `Unavailable` when all requests together would hold too much.

        One alone may have what it needs: its own bounds are other ones.
        """
        alone = self.budget.taken == self.bytes
        if self.budget.taken + count > self.budget.limit and not alone:
            raise Unavailable("the server is taking in as much as it can hold; try again", retry_after=2)
        self.budget.taken += count
        self.bytes += count
