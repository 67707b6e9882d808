"""Everything that can go wrong, as the domain sees it.

Rule 1: an error names what was wrong (`field`) and where (`index` in a batch), and says so in one sentence.
Rule 2: nothing here knows HTTP; `server.http.problems` turns a class into a status, in one table.
"""

from __future__ import annotations


class PlayheadError(Exception):
    """The base of every error that Playhead raises on purpose."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(PlayheadError):
    """A value that cannot be accepted: `field` names it, `index` its event in a batch."""

    def __init__(self, field: str, message: str, index: int | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.index = index

    def at(self, index: int) -> Invalid:
        """Return the same error, naming the event of a batch it belongs to."""
        return type(self)(self.field, self.message, index)


class TooLarge(Invalid):
    """A value that is well formed and above a limit."""


class Unplayable(Invalid):
    """A recording with no sound in it that could be decoded. The message is a sentence about `it`."""

    def __init__(self, message: str) -> None:
        super().__init__("body", message)


class Unprocessable(PlayheadError):
    """Well formed, and nothing can be made of it: the sentence says what could."""


class Conflict(PlayheadError):
    """The idempotency key is taken by other content, or an id is not enough to tell events apart.

    `sources` names the sources that use the id, where that is the trouble.
    """

    def __init__(self, message: str, *, index: int | None = None, sources: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.index = index
        self.sources = sources


class NotFound(PlayheadError):
    """Nothing by that name, within what may be read."""


class Erased(PlayheadError):
    """It was here, and was erased on request."""


class Unavailable(PlayheadError):
    """Not now: full, failed, behind or shutting down. `retry_after` is in seconds.

    For a write this means *unknown*: the retry with the same ids settles it.
    """

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Corrupt(PlayheadError):
    """The log's content does not match its chain. `position` is the first bad one."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


class BadBundle(PlayheadError):
    """A file that is no whole and true bundle; the message says what is wrong with it."""


class Rebuilding(Unavailable):
    """The read models are being built: `done` of `total` positions are folded."""

    def __init__(self, done: int, total: int) -> None:
        super().__init__(f"the read models are being built: {done} of {total} positions", retry_after=2)
        self.done = done
        self.total = total
