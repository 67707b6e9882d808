"""The demo day's events: eight sessions on seven devices, a car's own events, two logs' lines, the recordings.

Each module is one scene and opens with its story; `docs/demo.md` lists them with what each is there to show.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.demo.story.book import book
from server.demo.story.call import call
from server.demo.story.car import car
from server.demo.story.complaint import complaint
from server.demo.story.lab import lab
from server.demo.story.late import late
from server.demo.story.museum import museum
from server.demo.story.shelf import shelf
from server.demo.story.telling import Arrival
from server.demo.story.walk import walk

__all__ = ["SESSIONS", "Arrival", "story"]

SESSIONS = ("radio", "museum", "errand", "late", "walk", "complaint", "bench", "call-0417")
"""The sessions of the demo, in the order they began; `bench` is in the log `lab`, the others in `default`."""


def story(files: Mapping[str, str]) -> list[Arrival]:
    """Every event of the demo in the order it arrives, given the SHA-256 of each recording's file."""
    scenes = (shelf(files), walk(), complaint(), late(), car(), call(), museum(), lab(), book())
    return sorted((arrival for scene in scenes for arrival in scene), key=lambda arrival: arrival.at)
