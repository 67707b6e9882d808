"""A REAPER project (https://www.reaper.fm): a track a row, an item a clip, markers and regions.

Rule 1: time begins where the session's sound does; REAPER knows none below 0, and what lies before is put there.
Rule 2: lines are tokens apart by blanks. A text is always quoted, with a mark that it does not hold; REAPER has
        three, and a text that holds them all loses its backticks.
Rule 3: what was not heard lies on a track of its own, as empty items: silence, unknown, pauses, stalls.
Rule 4: gains that move are an envelope of their product, exact where something moves, straight between.
"""

from __future__ import annotations

from collections.abc import Iterator

from replay.formats.decimal import seconds
from replay.formats.envelopes import Steps, envelope
from replay.formats.labels import labels
from replay.formats.line import origin
from replay.formats.media import NO_MEDIA, Media, place_of, tracks
from replay.formats.naming import one_line, title
from replay.session import Session
from replay.timeline.model import Clip, Timeline

SOURCES = {"mp3": "MP3", "flac": "FLAC", "ogg": "VORBIS", "oga": "VORBIS", "opus": "OPUS"}
"""REAPER's name of a source, by the ending of its file; WAVE for any other."""
COLORS = {"error": 0x1263DD7, "warning": 0x1009FE6, "info": 0x1E9B456}
"""Of a region, by severity: 0x1000000 | blue, green, red."""
QUIET = ("silence", "unknown", "paused", "stalled")


def write(session: Session, media: Media = NO_MEDIA) -> bytes:
    """The project; `media` says where recordings lie."""
    return "".join(f"{line}\n" for line in _lines(session, media)).encode()


def quoted(text: str) -> str:
    """A text as one token."""
    line = one_line(text)
    for mark in "\"'`":
        if mark not in line:
            return f"{mark}{line}{mark}"
    return "`" + line.replace("`", "'") + "`"


def _lines(session: Session, media: Media) -> Iterator[str]:
    timeline = session.timeline
    begin = origin(timeline)
    yield '<REAPER_PROJECT 0.1 "7.0/playhead" 0'
    yield "  RIPPLE 0"
    yield "  SAMPLERATE 48000 1 0"
    yield "  TEMPO 60 4 4"
    yield from _markers(session, begin)
    for name, clips in tracks(timeline):
        yield from _track(name, [line for clip in clips for line in _item(timeline, clip, begin, media)])
    quiet = [label for label in labels(session) if label.kind in QUIET]
    if quiet:
        empty = [line for label in quiet for line in _empty(label.start, label.stop, label.text, begin)]
        yield from _track("not heard", empty)
    yield ">"


def _markers(session: Session, begin: int) -> Iterator[str]:
    """Marks as markers, findings as regions; a region is two lines of one number."""
    kinds = ("mark", "finding")
    for number, label in enumerate((each for each in labels(session) if each.kind in kinds), start=1):
        start = seconds(max(label.start - begin, 0))
        if label.stop == label.start:
            yield f"  MARKER {number} {start} {quoted(label.text)} 0"
        else:
            color = COLORS[label.severity or "info"]
            yield f"  MARKER {number} {start} {quoted(label.text)} 1 {color}"
            yield f'  MARKER {number} {seconds(max(label.stop - begin, 0))} "" 1'


def _track(name: str, items: list[str]) -> Iterator[str]:
    yield "  <TRACK"
    yield f"    NAME {quoted(name)}"
    yield "    VOLPAN 1 0 -1 -1 1"
    yield from items
    yield "  >"


def _empty(start: int, stop: int, name: str, begin: int) -> Iterator[str]:
    yield "    <ITEM"
    yield f"      POSITION {seconds(max(start - begin, 0))}"
    yield f"      LENGTH {seconds(stop - start)}"
    yield f"      NAME {quoted(name)}"
    yield "    >"


def _item(timeline: Timeline, clip: Clip, begin: int, media: Media) -> Iterator[str]:
    gains, pans = envelope(clip, "gain"), envelope(clip, "pan")
    place = place_of(timeline, media, clip.asset) or clip.asset or clip.listen
    ending = place.rpartition(".")[2].lower()
    yield "    <ITEM"
    yield f"      POSITION {seconds(clip.start - begin)}"
    yield f"      LENGTH {seconds(clip.stop - clip.start)}"
    yield f"      LOOP {int(clip.loop)}"
    yield f"      FADEIN 1 {seconds(clip.fade_in)} 0"
    yield f"      FADEOUT 1 {seconds(clip.fade_out)} 0"
    yield f"      NAME {quoted(title(timeline, clip))}"
    yield f"      VOLPAN 1 {_level(pans, 0)} {_level(gains, 1)} -1"
    yield f"      SOFFS {seconds(clip.media_in)}"
    yield f"      PLAYRATE {clip.rate:.12f} 0 0 -1 0 0.0025"
    yield f"      <SOURCE {SOURCES.get(ending, 'WAVE')}"
    yield f"        FILE {quoted(place)}"
    yield "      >"
    for name, points in (("VOLENV", gains), ("PANENV", pans)):
        if len(points) > 1:
            yield from _envelope(name, points, clip)
    yield "    >"


def _level(points: Steps, neutral: int) -> str:
    """The level of a take that never moves; one that moves has it in its envelope."""
    return f"{points[0][1]:.12f}" if len(points) == 1 else str(neutral)


def _envelope(name: str, points: Steps, clip: Clip) -> Iterator[str]:
    yield f"      <{name}"
    yield "        ACT 1 -1"
    yield "        VIS 1 1 1"
    for moment, value in points:
        yield f"        PT {seconds(moment - clip.start)} {value:.12f} 0"
    yield "      >"
