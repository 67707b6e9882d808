"""Where a format finds the recordings, and the tracks that clips lie on."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from replay.formats.naming import one_line
from replay.timeline.model import Clip, Timeline

Media = Mapping[str, str]
"""A recording's place by its asset: a path relative to the file that names it."""

NO_MEDIA: Media = {}


def place_of(timeline: Timeline, media: Media, asset: str | None) -> str | None:
    """Where an asset's recording is: among `media`, else at its described address; None when nobody said."""
    if asset is None:
        return None
    description = timeline.descriptions.get(asset)
    return media.get(asset) or (description.data.url if description else None)


def tracks(timeline: Timeline) -> list[tuple[str, list[Clip]]]:
    """The rows as tracks, each with its name and its clips in order: on a track nothing overlaps."""
    by_row = sorted(timeline.clips, key=lambda clip: (clip.row, clip.start, clip.stop))
    found: list[tuple[str, list[Clip]]] = []
    times: dict[str, int] = {}
    for _, clips in groupby(by_row, key=lambda clip: clip.row):
        track = list(clips)
        name = one_line(f"lane {track[0].lane}")
        times[name] = times.get(name, 0) + 1
        found.append((name if times[name] == 1 else f"{name} ({times[name]})", track))
    return found
