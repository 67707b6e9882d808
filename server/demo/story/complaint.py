"""The complaint: "I heard twelve seconds of silence at 14:58." One lane; a pause, a stall, an overlap, a gap.

Why it was silent: the next recording was not in the phone's cache, and fetching it timed out once. The log lines
of the stream server tell it.
"""

from __future__ import annotations

from server.demo.story.telling import Arrival, Line, Sender, heartbeats, line, listen, stroll, tell, within
from server.demo.story.walk import TIMEZONE

PHONE = Sender(prefix="complaint", source="walk-app", device="phone-jonas", user="jonas")
SERVER = Sender(prefix="complaint-stream", source="stream-2", latency=0.02, counts=False)

PLAYED = (
    ("14:55:30", "14:56:06", "marimba"),
    ("14:56:06", "14:56:52", "pavilion-strings"),
    ("14:56:52", "14:57:26.500", "birds-at-the-pond"),
    ("14:57:24", "14:57:48", "church-bell"),
    ("14:57:48", "14:58:04", "gravel-steps"),
    ("14:58:16", "14:58:52", "marimba"),
)
"""From, to, what. The strings are paused for 20 s, the birds stall for 4.5 s, the bell comes 2.5 s too early, and
between 14:58:04 and 14:58:16 there is nothing."""

PATH = (
    ("14:55:40", 64.142900, -21.942050),
    ("14:57:10", 64.142100, -21.941500),
    ("14:58:40", 64.141300, -21.941000),
)


def complaint() -> list[Arrival]:
    """What arrives of it: the phone's events and the stream server's lines, all live."""
    phone = within(
        "complaint", _session(), _listens(), stroll(PATH, every=30), heartbeats("14:56:30", "14:58:30", 60)
    )
    return [*tell(PHONE, phone), *tell(SERVER, within("complaint", _server()))]


def _session() -> list[Line]:
    return [
        line(
            "14:55:30", "session-started", client="walk-app 3.0 (Android)", project="park", timezone=TIMEZONE
        ),
        line("14:56:14", "playback-paused"),
        line("14:56:34", "playback-resumed"),
        line("14:57:02.250", "playback-stalled"),
        line("14:57:06.750", "playback-recovered"),
        line("14:57:06.800", "playback-underrun", duration=4.5, count=1),
        line("14:58:52", "session-ended", reason="left the park"),
    ]


def _listens() -> list[Line]:
    lines: list[Line] = []
    for number, (start, stop, asset) in enumerate(PLAYED, 1):
        lines += listen(f"complaint-{number}", asset, start, stop, "finished", lane="main")
    return lines


def _server() -> list[Line]:
    return [
        _log(
            "14:57:24.010", "queue: church-bell sent before birds-at-the-pond had ended", ["queue"], "warning"
        ),
        _log(
            "14:58:04.090", "marimba is not in the cache of phone-jonas, fetching", ["cache", "miss"], "info"
        ),
        _log(
            "14:58:14.090", "GET /media/marimba timed out after 10 s", ["cache", "timeout"], "error", value=10
        ),
        _log("14:58:15.870", "marimba fetched from the mirror", ["cache", "mirror"], "info", value=1.78),
    ]


def _log(at: str, text: str, tags: list[str], class_: str, **more: object) -> Line:
    return line(at, "log-line", text=text, tags=tags, source="stream-2", user="jonas", class_=class_, **more)
