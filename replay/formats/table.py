"""The formats that need nothing but the session: one row each."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from replay.formats import labels, spreadsheet
from replay.session import Session


class Format(NamedTuple):
    """A way to write a session. `meaning` says, in a few words, what it is for; `text`: it can be read as text."""

    extension: str
    media_type: str
    meaning: str
    write: Callable[[Session], bytes]
    text: bool = True


FORMATS = (
    Format("csv", "text/csv", "a row a clip, for spreadsheets", spreadsheet.write),
    Format("txt", "text/plain", "labels for Audacity", labels.write),
)
