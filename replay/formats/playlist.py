"""An HLS media playlist (RFC 8216bis): what was heard, piece by piece.

Rule 1: lanes are laid over each other, as they were heard: a playlist plays one thing at a time. A piece in which
        anything sounds is a segment; its title names what. It is the same stretch of the session's own sound,
        `replay.mp3`, so that places in recordings, rates and gains are right.
Rule 2: a piece in which nothing sounds is a segment with `EXT-X-GAP`; its title says silence, unknown, paused or
        stalled.
Rule 3: each segment has its time of day; what each begins anew is a discontinuity; findings are date ranges.
Rule 4: a playlist is of one position of the log, and never grows: it is VOD, and its addresses carry `as_of`.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from replay.clock import NANOSECONDS, format_time
from replay.findings import Finding
from replay.formats.decimal import seconds
from replay.formats.line import Piece, pieces
from replay.formats.naming import one_line, title
from replay.session import Session
from replay.timeline.model import Timeline

VERSION = 8
"""The least protocol version that knows `EXT-X-GAP`."""


def write(session: Session) -> bytes:
    """The playlist."""
    return "".join(f"{line}\n" for line in _lines(session)).encode()


def _lines(session: Session) -> Iterator[str]:
    timeline = session.timeline
    segments = list(pieces(timeline))
    longest = max((piece.stop - piece.start for piece in segments), default=0)
    yield "#EXTM3U"
    yield f"#EXT-X-VERSION:{VERSION}"
    yield "#EXT-X-PLAYLIST-TYPE:VOD"
    yield f"#EXT-X-TARGETDURATION:{max(1, (2 * longest + NANOSECONDS) // (2 * NANOSECONDS))}"
    yield "#EXT-X-MEDIA-SEQUENCE:0"
    for number, finding in enumerate(session.findings, start=1):
        yield _date_range(number, finding)
    for number, piece in enumerate(segments):
        if number:
            yield "#EXT-X-DISCONTINUITY"
        yield from _segment(session, piece)
    yield "#EXT-X-ENDLIST"


def _segment(session: Session, piece: Piece) -> Iterator[str]:
    timeline = session.timeline
    yield f"#EXT-X-PROGRAM-DATE-TIME:{format_time(piece.start // 1000)}"
    if piece.kind != "heard":
        yield "#EXT-X-GAP"
    yield f"#EXTINF:{seconds(piece.stop - piece.start)},{_name(timeline, piece)}"
    query = {
        "start": seconds(piece.start - timeline.zero).rstrip("0").rstrip("."),
        "end": seconds(piece.stop - timeline.zero).rstrip("0").rstrip("."),
        "log": timeline.log,
        "as_of": timeline.position,
        **({} if session.clock == "device" else {"clock": session.clock}),
    }
    yield f"replay.mp3?{urlencode(query)}"


def _name(timeline: Timeline, piece: Piece) -> str:
    if piece.kind != "heard":
        return f"[{piece.kind}]"
    more = piece.sounding - len(piece.clips)
    names = [title(timeline, clip) for clip in piece.clips]
    return " + ".join([*names, f"{more} more"] if more else names)


def _date_range(number: int, finding: Finding) -> str:
    attributes = {
        "ID": _quoted(f"finding-{number}"),
        "CLASS": _quoted("playhead.finding"),
        "START-DATE": _quoted(format_time(finding.start // 1000)),
        "DURATION": seconds(finding.stop - finding.start),
        "X-PLAYHEAD-RULE": _quoted(finding.rule),
        "X-PLAYHEAD-SEVERITY": _quoted(finding.severity),
        "X-PLAYHEAD-MESSAGE": _quoted(finding.message),
        "X-PLAYHEAD-POSITIONS": _quoted(" ".join(map(str, finding.positions))),
    }
    return "#EXT-X-DATERANGE:" + ",".join(f"{name}={value}" for name, value in attributes.items())


def _quoted(text: str) -> str:
    """A quoted string (4.2), which can hold neither quotation marks nor line ends."""
    return '"' + one_line(text).replace('"', "'") + '"'
