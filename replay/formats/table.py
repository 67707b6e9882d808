"""The formats that need nothing but the session: one row each."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from replay.formats import captions, drawing, labels, otio, page, playlist, reaper, spreadsheet
from replay.session import Session


class Format(NamedTuple):
    """A way to write a session. `meaning` says, in a few words, what it is for; `text`: it can be read as text."""

    extension: str
    media_type: str
    meaning: str
    write: Callable[[Session], bytes]
    text: bool = True
    policy: str | None = None
    """The Content-Security-Policy of one that a browser shows as a page."""


DRAWING = "default-src 'none'; style-src 'unsafe-inline'"

FORMATS = (
    Format("m3u8", "application/vnd.apple.mpegurl", "an HLS playlist of what was heard", playlist.write),
    Format("otio", "application/vnd.pixar.opentimelineio+json", "OpenTimelineIO, for editors", otio.write),
    Format("rpp", "application/x-reaper-project", "a REAPER project", reaper.write),
    Format("vtt", "text/vtt", "WebVTT, a text track to the sound", captions.write),
    Format("txt", "text/plain", "labels for Audacity", labels.write),
    Format("csv", "text/csv", "a row for everything, for spreadsheets", spreadsheet.write),
    Format("svg", "image/svg+xml", "a drawing", drawing.write, policy=DRAWING),
    Format("html", "text/html", "a page to look at offline", page.write, policy=page.POLICY),
)
