"""The lab: a log of its own, for a token that may read nothing else. A loudspeaker test on the bench.

Nobody tells how the bursts end, and no recording says how long they are: the first lasts until the next, the last
until the session's end.
"""

from __future__ import annotations

from server.demo.story.telling import Arrival, Line, Sender, line, listen, tell, within

BENCH = Sender(prefix="bench", source="bench", device="bench-1", user="eva", log="lab", latency=0.01)
NOTES = Sender(prefix="bench-note", source="bench-notes", log="lab", latency=0.02, counts=False)


def lab() -> list[Arrival]:
    """What arrives of it, all live, in the log `lab`."""
    return [*tell(BENCH, within("bench", _bench())), *tell(NOTES, _notes())]


def _bench() -> list[Line]:
    return [
        line("15:20:00", "session-started", client="bench 0.9", project="loudspeakers"),
        *listen("left", "bench-tone", "15:20:01", "15:20:06", "finished", lane="bench", pan=-1.0),
        *listen("right", "bench-tone", "15:20:06", "15:20:11", "finished", lane="bench", pan=1.0, gain=0.5),
        line("15:20:12", "listen-started", asset="noise-burst", listen="burst-1", lane="bench"),
        line("15:20:15", "listen-started", asset="noise-burst", listen="burst-2", lane="bench"),
        line("15:20:17", "session-ended", reason="finished"),
    ]


def _notes() -> list[Line]:
    return [
        line("15:18:30", "log-line", text="new tweeter mounted, serial T-208", tags=["bench"], user="eva"),
        line(
            "15:20:18",
            "log-line",
            text="right channel measures 6 dB low, as it should",
            tags=["bench"],
            value=-6,
        ),
        line("15:24:05", "log-line", text="done, lights off", tags=["bench"], user="eva"),
    ]
