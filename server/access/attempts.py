"""How often one address may be wrong at the login.

Rule 1: ten wrong secrets within a minute, then nothing is tried for the rest of that minute. With 128 random
        bits nobody guesses; this keeps one caller from keeping the server busy.
Rule 2: the table is bounded: of too many addresses, the oldest is forgotten.
"""

from __future__ import annotations

from replay.clock import MICROSECONDS, Clock, now
from server.access.errors import TooManyAttempts

MOST = 10
SECONDS = 60
MAX_ADDRESSES = 1000


class Attempts:
    """The attempts of the last minute, by address; `most` of them are let through."""

    def __init__(self, clock: Clock = now, most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._wrong: dict[str, tuple[int, int]] = {}
        """address -> (when its minute is over, wrong attempts in it)"""

    def check(self, address: str) -> None:
        """Raise `TooManyAttempts` while an address may not try."""
        over, wrong = self._wrong.get(address, (0, 0))
        left = over - self._clock()
        if wrong >= self._most and left > 0:
            raise TooManyAttempts("too many wrong attempts; wait a minute", -(-left // MICROSECONDS))

    def count(self, address: str) -> None:
        """Count a wrong attempt."""
        over, wrong = self._wrong.pop(address, (0, 0))
        if over <= self._clock():
            over, wrong = self._clock() + SECONDS * MICROSECONDS, 0
        if len(self._wrong) >= MAX_ADDRESSES:
            del self._wrong[next(iter(self._wrong))]
        self._wrong[address] = (over, wrong + 1)
