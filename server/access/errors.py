"""What can be wrong with who asks. `server.http.problems` turns these into statuses, like every other error."""

from __future__ import annotations

from replay.errors import PlayheadError, Unavailable


class Unauthorized(PlayheadError):
    """Nobody the server knows: no credentials at all (`given` is False), or ones that do not hold."""

    def __init__(self, message: str, *, given: bool = True) -> None:
        super().__init__(message)
        self.given = given


class Forbidden(PlayheadError):
    """Known, and not allowed to. `field` and `index` name the place in a batch, where there is one."""

    def __init__(self, message: str, *, field: str | None = None, index: int | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.index = index


class Misdirected(PlayheadError):
    """The request names a host that this server does not answer for."""


class TooManyAttempts(Unavailable):
    """Too many wrong secrets from one address; `retry_after` seconds from now it may try again."""
