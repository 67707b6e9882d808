"""A car: a radio session that nobody closed, a second session while it was still open, and the car's own events.

The radio is a live stream: an asset without a length. One event is lost on the way (the only hole in a device's
count on this day), so that the half minute before the station is *unknown*, not silent. The head unit goes on
telling that it is alive until noon, long after the ignition went off.
"""

from __future__ import annotations

from typing import Any

import msgspec

from server.demo.story.telling import (
    Arrival,
    Line,
    Sender,
    heartbeats,
    line,
    listen,
    on_the_day,
    tell,
    within,
)
from server.demo.story.walk import TIMEZONE

HEAD_UNIT = Sender(prefix="car", source="head-unit", device="car-7f3a", user="magnus", latency=0.45)
DONGLE = Sender(prefix="dongle", source="car-dongle", device="car-7f3a", latency=1.6, counts=False)

VEHICLE = {"id": "5956bc07-be98-4af5-91cc-86816aca7eb0", "type": "vehicle"}
RULE = "429f9aa7-4c97-42c1-a459-ee1df6bc625b"


def car() -> list[Arrival]:
    """What arrives of it: the head unit's sessions and the dongle's events, all live."""
    sessions = [*within("radio", _radio()), *within("errand", _errand())]
    return [*tell(HEAD_UNIT, sessions), *tell(DONGLE, _vehicle())]


def _radio() -> list[Line]:
    lost = line("08:05:24", "listen-started", asset="between-stations", listen="radio-2", lane="tuner")
    return [
        line("08:05:00", "session-started", client="head-unit 4.2", project="radio", timezone=TIMEZONE),
        line("08:05:00.300", "playback-requested"),
        *listen("radio-1", "between-stations", "08:05:02", "08:05:09.500", "stopped", lane="tuner", gain=0.4),
        msgspec.structs.replace(lost, lost=True),
        line("08:05:40", "listen-started", asset="live-radio", listen="radio-3", lane="tuner"),
        line("08:12:00", "playback-stalled", listen="radio-3"),
        line("08:12:06", "playback-recovered", listen="radio-3"),
        *heartbeats("08:20:00", "11:50:00", 15 * 60),
    ]


def _errand() -> list[Line]:
    """Ten o'clock: the car is driven again, and its media player opens a session beside the radio's."""
    return [
        line("09:52:00", "session-started", client="head-unit 4.2", project="media", timezone=TIMEZONE),
        *listen("errand-1", "marimba", "09:52:01", "09:52:37", "finished", lane="media"),
        *listen("errand-2", "birds-at-the-pond", "09:52:37", "09:53:07", "finished", lane="media"),
        line("09:53:08", "session-ended", reason="finished"),
    ]


def _vehicle() -> list[Line]:
    return [
        line("08:04:31", "startup", object=VEHICLE),
        line("08:04:32", "ignition-on", object=VEHICLE, meta=_state(64.146210, -21.942600, 0)),
        _rule("08:07:12", "enter", 64.139920, -21.918400, 57),
        _rule("08:09:48", "leave", 64.134180, -21.897350, 43),
        _rule("08:15:05", "enter", 64.121770, -21.858020, 61),
        _rule("08:22:40", "leave", 64.109350, -21.806640, 39),
        line("08:31:10", "ignition-off", object=VEHICLE, meta=_state(64.104880, -21.793110, 0)),
        line("08:31:44", "shutdown", object=VEHICLE),
        line("09:50:20", "startup", object=VEHICLE),
        line("09:50:21", "ignition-on", object=VEHICLE, meta=_state(64.104880, -21.793110, 0)),
        line("10:14:02", "ignition-off", object=VEHICLE, meta=_state(64.146190, -21.942570, 0)),
        line("10:14:40", "shutdown", object=VEHICLE),
    ]


def _rule(at: str, direction: str, lat: float, lon: float, speed: int) -> Line:
    """The car begins, or ceases, to be faster than the rule's limit."""
    meta = {
        "direction": direction,
        "firstEval": False,
        "rule": {
            "id": RULE,
            "name": "Speed limit",
            "deviceId": HEAD_UNIT.device,
            "boundaries": [{"type": "parametric", "parameter": "vehicleSpeed", "min": 50}],
            "evaluated": True,
            "covered": direction == "enter",
        },
        "message": {"timestamp": on_the_day(at), "snapshot": _state(lat, lon, speed)},
    }
    return line(at, f"rule-{direction}", object={"id": RULE, "type": "rule", "appId": "demo"}, meta=meta)


def _state(lat: float, lon: float, speed: int) -> dict[str, Any]:
    return {"location": {"lat": lat, "lon": lon}, "vehicleSpeed": speed}
