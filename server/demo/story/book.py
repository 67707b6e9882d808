"""The book: what the servers wrote down that day, as log lines. None of these belongs to a session."""

from __future__ import annotations

from server.demo.story.telling import Arrival, Line, Sender, line, tell

SERVER = Sender(prefix="book", source="ops", latency=0.03, counts=False)


def book() -> list[Arrival]:
    """What arrives of it, all live."""
    return tell(SERVER, _lines())


def _lines() -> list[Line]:
    return [
        _log("07:00:00", "stream-1 is up", "start", "stream-1", value=1),
        _log("07:00:02", "stream-2 is up", "start", "stream-2", value=1),
        _log("07:14:51", "A user was created", "user created", "web-3", user="freyja", class_="created"),
        _log("07:15:20", "A user was created", "user created", "web-3", user="jonas", class_="created"),
        _log("08:40:02", "certificate of media.example renewed", "security", "web-3", class_="info"),
        _log("10:58:17", "A user was created", "user created", "web-1", user="sunna", class_="created"),
        _log(
            "11:04:40",
            "no word from phone-sunna for 2 minutes, then 5 events",
            "device late",
            "stream-1",
            value=5,
        ),
        _log(
            "12:00:00",
            "midday: 4 devices seen, 0 alarms",
            "report",
            "ops",
            data='@json\n{"devices": 4, "alarms": 0}',
        ),
        _log(
            "13:29:31",
            "Freyja opnar kortið 🌿",
            "map unicode",
            "web-1",
            user="freyja",
            geo="64.1432,-21.9423",
        ),
        _log(
            "14:58:14.100", "origin did not answer within 10 s", "cache timeout", "stream-2", class_="error"
        ),
        _log("14:59:10", "origin answers again", "cache", "stream-2", class_="info"),
        _log("17:45:00", "disk of stream-1 at 71 %", "disk", "stream-1", value=71, class_="warning"),
        _log("18:30:06", "2 recordings archived for call 0417", "archive call", "voice-bridge", value=2),
        _log("22:00:00", "backup written", "backup", "ops", value=1, geo="ip:192.0.2.7"),
    ]


def _log(at: str, text: str, tags: str, source: str, /, **more: object) -> Line:
    return line(at, "log-line", text=text, tags=tags.split(), **{"source": source, **more})
