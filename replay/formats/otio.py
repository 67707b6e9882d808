"""OpenTimelineIO (https://opentimelineio.readthedocs.io): tracks of clips and gaps, with markers.

Rule 1: the JSON is written here: the library has wheels for few versions of Python, and its schemas are stable.
Rule 2: every time is a whole number of samples at 48,000 a second, each moment rounded half to even by itself, so
        that nothing drifts: a video's rate would move clips by tens of milliseconds.
Rule 3: a clip's `source_range` lasts as long as it does on the track; another speed is a `LinearTimeWarp`.
Rule 4: what the schemas have no word for (fades, gains, positions, how an end is known) is metadata `playhead`.
"""

from __future__ import annotations

from typing import Any

import msgspec

from replay.clock import NANOSECONDS, format_time, to_nanoseconds
from replay.document import sequence
from replay.formats.labels import Label, labels
from replay.formats.line import origin
from replay.formats.media import NO_MEDIA, Media, place_of, tracks
from replay.formats.naming import title
from replay.session import Session
from replay.timeline.model import Clip

RATE = 48_000
MOST_INDENTED = 4 * 1024 * 1024
"""Bytes above which the JSON is not laid out for people: it would be twice as large."""
COLORS = {
    "silence": "BLACK",
    "unknown": "PURPLE",
    "paused": "YELLOW",
    "stalled": "ORANGE",
    "mark": "CYAN",
    "error": "RED",
    "warning": "ORANGE",
    "info": "CYAN",
}
"""Of a marker, by what it shows or by a finding's severity: names that OpenTimelineIO knows."""

Node = dict[str, Any]


def write(session: Session, media: Media = NO_MEDIA) -> bytes:
    """The timeline; `media` says where recordings lie."""
    body = msgspec.json.encode(_Writer(session, media).timeline())
    return msgspec.json.format(body, indent=1) if len(body) < MOST_INDENTED else body


def samples(nanoseconds: int) -> int:
    """Samples of a length of time, rounded half to even."""
    whole, rest = divmod(nanoseconds * RATE, NANOSECONDS)
    return whole + (2 * rest > NANOSECONDS or (2 * rest == NANOSECONDS and whole % 2 == 1))


class _Writer:
    """One session's nodes. Times count from where its sound begins."""

    def __init__(self, session: Session, media: Media) -> None:
        self._session = session
        self._told = session.timeline
        self._media = media
        self._begin = origin(session.timeline)

    def timeline(self) -> Node:
        """The root."""
        told = sequence(self._session)
        whole = {name: told[name] for name in ("session", "log", "zero", "position", "totals")}
        clips = dict(zip(map(id, self._told.clips), told["clips"], strict=True))
        children = [self._track(name, track, clips) for name, track in tracks(self._told)]
        markers = [self._marker(label) for label in labels(self._session) if label.kind != "clip"]
        begins = {"begins": format_time(self._begin // 1000)}
        return {
            **_node("Timeline.1", self._told.session, {**whole, **begins}),
            "global_start_time": None,
            "tracks": {**_item("Stack.1", "tracks"), "markers": markers, "children": children},
        }

    def _track(self, name: str, clips: list[Clip], documents: dict[int, Node]) -> Node:
        children: list[Node] = []
        reached = 0
        for clip in clips:
            start, stop = self._at(clip.start), self._at(clip.stop)
            if start > reached:
                children.append({**_item("Gap.1", ""), "source_range": _range(0, start - reached)})
            children.append(self._clip(clip, stop - start, documents[id(clip)]))
            reached = stop
        return {**_item("Track.1", name), "kind": "Audio", "children": children}

    def _clip(self, clip: Clip, length: int, document: Node) -> Node:
        warp = {"effect_name": "LinearTimeWarp", "enabled": True, "time_scalar": clip.rate}
        return {
            **_item("Clip.2", title(self._told, clip), document),
            "source_range": _range(samples(clip.media_in), length),
            "effects": [] if clip.rate == 1 else [{**_node("LinearTimeWarp.1", "rate"), **warp}],
            "media_references": {"DEFAULT_MEDIA": self._reference(clip.asset)},
            "active_media_reference_key": "DEFAULT_MEDIA",
        }

    def _reference(self, asset: str | None) -> Node:
        place = place_of(self._told, self._media, asset)
        seen = {"available_range": self._available(asset), "available_image_bounds": None}
        if place is None:
            return {**_node("MissingReference.1", asset or "", {"asset": asset}), **seen}
        return {**_node("ExternalReference.1", asset or "", {"asset": asset}), **seen, "target_url": place}

    def _available(self, asset: str | None) -> Node | None:
        description = self._told.descriptions.get(asset or "")
        length = description.data.duration if description else None
        return None if length is None else _range(0, samples(to_nanoseconds(length)))

    def _marker(self, label: Label) -> Node:
        start, stop = self._at(label.start), self._at(label.stop)
        color = COLORS[label.severity or label.kind]
        return {
            **_node("Marker.2", label.text, {"kind": label.kind}),
            "color": color,
            "comment": "",
            "marked_range": _range(start, stop - start),
        }

    def _at(self, moment: int) -> int:
        return samples(moment - self._begin)


def _node(schema: str, name: str, told: Node | None = None) -> Node:
    return {"OTIO_SCHEMA": schema, "name": name, "metadata": {"playhead": told} if told else {}}


def _item(schema: str, name: str, told: Node | None = None) -> Node:
    bare: Node = {"source_range": None, "effects": [], "markers": [], "enabled": True, "color": None}
    return {**_node(schema, name, told), **bare}


def _range(start: int, length: int) -> Node:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": _time(start), "duration": _time(length)}


def _time(value: int) -> Node:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(RATE), "value": float(value)}
