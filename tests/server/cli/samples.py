"""Events for tests of the commands: a short walk, and the lines of a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def _walked(id: str, second: int, type_: str, **data: Any) -> dict[str, Any]:
    time = f"2026-05-14T14:57:{second:02}Z"
    named = {"source": "phone", "session": "walk", "device": "phone-7"}
    return {"id": id, **named, "type": type_, "time": time, "data": data}


WALK = [
    _walked("1", 0, "session-started", client="walks 2.1"),
    _walked("2", 5, "listen-started", asset="fountain", listen="a"),
    _walked("3", 33, "listen-ended", listen="a", reason="finished"),
    _walked("4", 45, "listen-started", asset="bell", listen="b", duration=20),
    _walked("5", 50, "listen-ended", listen="b", reason="skipped"),
]
"""A walk of one device: a recording, twelve seconds of silence, another that is skipped."""


def heartbeats(count: int, **more: Any) -> list[dict[str, Any]]:
    """Events that differ by their second alone, without ids."""
    return [
        {"type": "heartbeat", "device": "d", "time": f"2026-05-01T00:{i // 60:02}:{i % 60:02}Z", **more}
        for i in range(count)
    ]


def write(path: Path, *events: Any) -> Path:
    """A file of events, one a line; a text is a line as it is."""
    lines = [event if isinstance(event, str) else json.dumps(event) for event in events]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path
