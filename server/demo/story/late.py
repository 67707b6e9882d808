"""Uploaded a day late: the phone loses its network for two minutes and sends those two minutes the next morning.

What was believed before: thirty seconds of birds, birches until their recording ran out, then nothing known until
the strings. What had happened: the birches were skipped; the fountain, the bell and the marimba played, the last
with a pause.

The events of the lost minutes come out of order, one of them twice. The phone's clock is 3.2 s ahead.
"""

from __future__ import annotations

from server.demo.story.telling import Arrival, Line, Sender, line, listen, postponed, tell, within
from server.demo.story.walk import TIMEZONE

PHONE = Sender(
    prefix="late",
    source="walk-app",
    device="phone-sunna",
    user="sunna",
    ahead=3.2,
    latency=0.32,
    booted="09:02:11.500",
)

FIRST_HELD, LAST_HELD = 8, 18
"""The events (by `sequence`) of the minutes without a network."""

UPLOADS = (
    ("2026-05-15T08:40:12.400Z", (17, 18, 8)),
    ("2026-05-15T08:40:13.100Z", (10, 16, 15, 13)),
    ("2026-05-15T08:40:19.700Z", (13, 14, 9, 12, 11)),
)
"""When each request of the next morning arrived and what it held. Event 13 came twice: the phone gave up waiting
for an answer."""


def late() -> list[Arrival]:
    """What arrives of it: some live, the rest a day later."""
    told = tell(PHONE, within("late", _lines()))
    live = [one for one in told if not FIRST_HELD <= _number(one) <= LAST_HELD]
    held = {_number(one): one for one in told}
    uploaded = [postponed(PHONE, held[number], at) for at, numbers in UPLOADS for number in numbers]
    return [*live, *uploaded]


def _number(arrival: Arrival) -> int:
    return int(arrival.fields["sequence"])


def _lines() -> list[Line]:
    """Numbered by time: 1 to 7 arrive live, 8 to 18 are held, 19 to 23 arrive live."""
    return [
        line("11:00:00", "session-started", client="walk-app 3.1 (iOS)", project="woods", timezone=TIMEZONE),
        line("11:00:00.500", "location-changed", lat=64.129820, lon=-21.918310),
        *listen("late-1", "birds-at-the-pond", "11:00:01", "11:00:31", "finished", lane="main"),
        *listen("late-2", "birches", "11:00:31", "11:00:46", "skipped", lane="main"),
        line("11:00:40", "location-changed", lat=64.129310, lon=-21.918790),
        line("11:00:43", "heartbeat"),
        *listen("late-3", "fountain", "11:00:46", "11:01:35", "stopped", lane="main", loop=True),
        *listen("late-4", "church-bell", "11:01:35", "11:01:59", "finished", lane="main"),
        line("11:01:36", "location-changed", lat=64.128470, lon=-21.919440),
        *listen("late-5", "marimba", "11:02:04", "11:02:52", "finished", lane="main"),
        line("11:02:10", "playback-paused"),
        line("11:02:22", "playback-resumed"),
        *listen("late-6", "pavilion-strings", "11:02:55", "11:03:21", "finished", lane="main"),
        line("11:02:30", "heartbeat"),
        line("11:03:00", "location-changed", lat=64.127630, lon=-21.919920),
        line("11:03:05", "heartbeat"),
        line("11:03:22", "session-ended", reason="finished"),
    ]
