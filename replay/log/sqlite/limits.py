"""Every bound of the SQLite engine, in one place."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much the engine takes on. The defaults suit two cores and a disk that syncs in a millisecond."""

    queued_events: int = 50_000
    """Events accepted and not yet committed; above it an append is `Unavailable`."""
    queued_bytes: int = 128 * 1024 * 1024
    """The same, in bytes of bodies."""
    group_events: int = 4_000
    """A transaction takes no further append once it holds this many events."""
    erased_at_once: int = 10_000
    """Positions erased in one transaction."""
    keys_in_memory: int = 100_000
    """Keys held before they are sealed and written to the table."""
    readers: int = 3
    """Reading connections, each with a thread."""
    idle_pages: int = 4_000
    """Pages in the WAL above which it is copied back when nothing waits to be written."""
    forced_pages: int = 32_000
    """Pages in the WAL above which it is copied back at once."""
    poll_seconds: float = 0.25
    """How often a follower looks into a log that another process writes."""
    scrub_seconds: float = 1.0
    """How long to wait before trying again to empty the WAL after an erasure."""
