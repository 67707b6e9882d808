"""A clean walk: nine minutes through a park, six recordings, each fading into the next. Nothing is wrong here."""

from __future__ import annotations

from server.demo.story.telling import (
    Arrival,
    Line,
    Sender,
    heartbeats,
    line,
    listen,
    on_the_day,
    stroll,
    tell,
    within,
)

PHONE = Sender(
    prefix="walk",
    source="walk-app",
    device="phone-freyja",
    user="freyja",
    booted="06:12:40",
)

TIMEZONE = "Atlantic/Reykjavik"
"""Where it is UTC all year."""

PLAYED = (
    ("13:30:02", "13:31:44", "birds-at-the-pond", "a", 0.9, True),
    ("13:31:40", "13:33:30", "fountain", "b", 0.5, True),
    ("13:33:26", "13:35:26", "birches", "a", 0.8, True),
    ("13:35:22", "13:35:46", "church-bell", "b", 0.7, False),
    ("13:35:42", "13:38:02", "pavilion-strings", "a", 0.6, True),
    ("13:37:58", "13:38:34", "marimba", "b", 0.8, False),
)
"""From, to, what, on which lane, how loud, looped or not: each is four seconds into the one before."""

PATH = (
    ("13:30:10", 64.143250, -21.942300),
    ("13:31:50", 64.142390, -21.941730),
    ("13:33:30", 64.141560, -21.941150),
    ("13:35:50", 64.140900, -21.940330),
    ("13:38:10", 64.140500, -21.939840),
)


def walk() -> list[Arrival]:
    """What arrives of it, all live."""
    return tell(
        PHONE,
        within(
            "walk", _session(), _listens(), stroll(PATH, every=20), heartbeats("13:31:00", "13:38:00", 60)
        ),
    )


def _session() -> list[Line]:
    return [
        line("13:30:00", "session-started", client="walk-app 3.1 (iOS)", project="park", timezone=TIMEZONE),
        line("13:30:00.400", "playback-requested"),
        Line(
            at="13:30:01.150",
            type="headphones-connected",
            data={"model": "over-ear", "battery": 0.81, "codec": "aac"},
            attributes={
                "subject": "bluetooth/headphones",
                "dataschema": "urn:example:walk-app:headphones:1",
                "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            },
        ),
        line("13:32:20", "gain-changed", listen="walk-fountain", gain=0.9, ramp=6.0),
        line("13:33:10", "gain-changed", listen="walk-fountain", gain=0.5, ramp=8.0),
        line("13:38:36", "session-ended", reason="finished"),
    ]


def _listens() -> list[Line]:
    lines: list[Line] = []
    for start, stop, asset, lane, gain, loop in PLAYED:
        name = f"walk-{asset}"
        fades = {"fade_in": 4.0, "fade_out": 4.0} if loop else {}
        reason = "stopped" if loop else "finished"
        lines.append(line(start, "listen-scheduled", asset=asset, listen=name, at=on_the_day(start)))
        lines += listen(name, asset, start, stop, reason, lane=lane, gain=gain, loop=loop, **fades)
    return lines
