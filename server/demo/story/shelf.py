"""The shelf: what is known of the recordings, as the archive tells it. Most in the morning, the call's later on.

Rule 1: a description's id holds its recording's SHA-256. Where other mathematics make another file, its description
        is a new event and supersedes the old one; it never contradicts it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from replay.clock import MICROSECONDS, parse_time
from server.demo.catalogue import RECORDINGS, Recording
from server.demo.story.telling import Arrival, on_the_day

LATER = {"call-0417-agent": "18:30:04", "call-0417-caller": "18:30:05"}
RADIO: dict[str, Any] = {
    "asset": "live-radio",
    "title": "The morning programme, live",
    "tags": ["radio", "live"],
}


def shelf(files: Mapping[str, str]) -> list[Arrival]:
    """The descriptions of every recording, given the SHA-256 of each asset's file, and of the live radio."""
    described = [
        _arrival(
            f"described-{recording.asset}-{files[recording.asset][:12]}",
            LATER.get(recording.asset, f"07:0{number // 6}:{number % 6}0"),
            recording.log,
            _description(recording, files[recording.asset]),
        )
        for number, recording in enumerate(RECORDINGS)
    ]
    return [*described, _arrival("described-live-radio", "07:05:00", "default", RADIO)]


def _arrival(id: str, at: str, log: str, data: dict[str, Any]) -> Arrival:
    time = on_the_day(at)
    fields = {
        "id": id,
        "source": "archive",
        "type": "asset-described",
        "time": time,
        "log": log,
        "data": data,
    }
    return Arrival(parse_time(time) + MICROSECONDS // 5, fields)


def _description(recording: Recording, sha256: str) -> dict[str, Any]:
    data: dict[str, Any] = {
        "asset": recording.asset,
        "title": recording.title,
        "url": f"{sha256}.wav",
        "duration": float(recording.seconds),
        "tags": list(recording.tags),
        "sha256": sha256,
    }
    if recording.place is not None:
        lat, lon = recording.place
        data["location"] = {"lat": lat, "lon": lon}
    return data
