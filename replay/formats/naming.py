"""What clips, recordings and files are called.

Rule 1: a name that a format shows is one line of what can be printed: a title may hold anything that JSON can.
"""

from __future__ import annotations

import re

from replay.timeline.model import Clip, Timeline

LONGEST = 100
UNSAFE = re.compile(r'[/\\:*?"<>|%\s]+')
"""What some file system or shell makes more of than a letter."""


def one_line(text: str) -> str:
    """A text with each run of white space as one space, and a replacement mark for what cannot be printed."""
    line = " ".join(text.split())
    return line if line.isprintable() else "".join(char if char.isprintable() else "\ufffd" for char in line)


def title(timeline: Timeline, clip: Clip) -> str:
    """What a person calls a clip: its recording's title, else the recording's id, else its listen's."""
    description = timeline.descriptions.get(clip.asset or "")
    titled = one_line(description.data.title or "") if description else ""
    return titled or one_line(clip.asset or "") or one_line(clip.listen) or "?"


def file_name(name: str, extension: str) -> str:
    """A file name for anything with an id: no path, not hidden, of a length that every system takes."""
    stem = "".join(char if char.isprintable() else "_" for char in UNSAFE.sub("_", name))
    while len(stem.encode()) > LONGEST:
        stem = stem[:-1]
    return f"{stem.strip('. ') or 'session'}.{extension}"
