"""A museum guide: a clock ticks in the hall on a lane of its own; over it the visitor listens to stops 7 and 9.

Stop 7 is rewound, then played at one and a half times its speed; the clock steps back while someone speaks. At
10:46 stop 9 was due, and a marimba played: the wrong recording. The visitor asked again and got the right one.
"""

from __future__ import annotations

from server.demo.story.telling import Arrival, Line, Sender, line, listen, on_the_day, tell, within

ZONE = "+02:00"
GUIDE = Sender(
    prefix="museum",
    source="museum-guide",
    device="guide-12",
    user="visitor-5021",
    zone=ZONE,
    booted="08:58:03",
)


def museum() -> list[Arrival]:
    """What arrives of it, all live."""
    return tell(GUIDE, within("museum", _session(), _clock(), _stops()))


def _session() -> list[Line]:
    return [
        line("10:45:00", "session-started", client="guide 2.4", project="clocks", timezone="Europe/Berlin"),
        line("10:45:00.500", "playback-requested"),
        line("10:45:02", "location-changed", lat=52.518930, lon=13.397420),
        line("10:46:13", "location-changed", lat=52.519010, lon=13.397510),
        line("10:47:32", "session-ended", reason="returned at the desk"),
    ]


def _clock() -> list[Line]:
    """The hall: looped, and quieter while the guide speaks."""
    hall = listen(
        "hall", "hall-clock", "10:45:01", "10:47:31", "stopped", lane="background", gain=0.35, loop=True
    )
    return [
        *hall,
        line("10:45:05", "gain-changed", listen="hall", gain=0.12, ramp=1.0),
        line("10:45:47", "gain-changed", listen="hall", gain=0.35, ramp=2.0),
    ]


def _stops() -> list[Line]:
    return [
        _due("10:45:05", "guide-7", "stop-1"),
        *listen("stop-1", "guide-7", "10:45:05", "10:45:47", "finished", lane="voice"),
        line("10:45:15", "playback-seeked", listen="stop-1", to=2.0),
        line("10:45:27", "rate-changed", listen="stop-1", rate=1.5),
        line("10:45:30", "pan-changed", listen="stop-1", pan=-0.6, ramp=3.0),
        _due("10:46:00", "guide-9", "stop-2"),
        *listen("stop-2", "marimba", "10:46:00", "10:46:12", "skipped", lane="voice"),
        _due("10:46:15", "guide-9", "stop-3"),
        *listen("stop-3", "guide-9", "10:46:15", "10:46:35", "finished", lane="voice"),
        _due("10:46:40", "guide-7", "stop-4"),
        *listen("stop-4", "guide-7", "10:46:40", "10:47:04", "finished", lane="voice", gain=0.9),
        line("10:46:50", "playback-seeked", listen="stop-4", to=30.0),
    ]


def _due(at: str, asset: str, name: str) -> Line:
    return line(at, "listen-scheduled", asset=asset, listen=name, at=on_the_day(at, ZONE))
