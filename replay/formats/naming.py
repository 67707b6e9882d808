"""What clips and files are called."""

from __future__ import annotations

import re

from replay.timeline.model import Clip, Timeline

LONGEST = 100
UNSAFE = re.compile(r'[/\\:*?"<>|%\s]+')
"""What some file system or shell makes more of than a letter."""


def title(timeline: Timeline, clip: Clip) -> str:
    """What a person calls a clip: its recording's title, else the recording's id, else its listen's."""
    description = timeline.descriptions.get(clip.asset or "")
    return (description and description.data.title) or clip.asset or clip.listen


def file_name(name: str, extension: str) -> str:
    """A file name for anything with an id: no path, not hidden, of a length that every system takes."""
    stem = "".join(char if char.isprintable() else "_" for char in UNSAFE.sub("_", name))
    while len(stem.encode()) > LONGEST:
        stem = stem[:-1]
    return f"{stem.strip('. ') or 'session'}.{extension}"
