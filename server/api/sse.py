"""Server-sent events as they are written (WHATWG HTML, 9.2), for every stream of this server."""

from __future__ import annotations

EVENT_STREAM = "text/event-stream"
OPENING = b"retry: 2000\n\n"
"""What a stream begins with: how long (ms) who was cut off waits before it comes back."""
SIGN = b":\n\n"
"""A comment: a sign of life."""


def message(data: bytes | None, *, id: str | None = None, event: str | None = None) -> bytes:
    """One message. `data` is one line; without any the reader keeps the id, and is told nothing."""
    lines = []
    if event is not None:
        lines.append(b"event: %s\n" % event.encode())
    if id is not None:
        lines.append(b"id: %s\n" % id.encode())
    if data is not None:
        lines.append(b"data: %s\n" % data)
    return b"%s\n" % b"".join(lines)
