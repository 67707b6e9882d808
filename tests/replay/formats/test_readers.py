"""Each format, opened by a reader that is not ours: the times, the names and nothing lost."""

from __future__ import annotations

import csv
import html
import io
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import m3u8  # type: ignore[import-untyped]
import pytest
import rpp  # type: ignore[import-untyped]
import webvtt

from replay.clock import NANOSECONDS
from replay.formats import FORMATS, captions, drawing, labels, playlist, reaper, spreadsheet
from replay.formats.labels import labels as all_labels
from replay.formats.line import origin, pieces
from replay.formats.media import tracks
from replay.formats.naming import one_line, title
from replay.session import Session
from replay.timeline.model import Clip
from tests.replay.formats.sessions import NASTY, any_session, empty, full
from tests.replay.history import History


def nanoseconds(text: str) -> int:
    return int(Decimal(text) * NANOSECONDS)


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: row.extension)
@pytest.mark.parametrize("tell", [full, empty])
def test_the_same_session_gives_the_same_bytes_in_utf_8(row: Any, tell: Callable[[], Session]) -> None:
    body = row.write(tell())
    assert body == row.write(tell())
    assert body.decode()


def segments(session: Session) -> Any:
    return m3u8.loads(playlist.write(session).decode())


@any_session
def test_m3u8_every_piece_is_a_segment_of_its_length(session: Session) -> None:
    text = playlist.write(session).decode()
    read = m3u8.loads(text)
    told = list(pieces(session.timeline))
    assert [segment.gap_tag for segment in read.segments] == [
        None if piece.kind == "heard" else True for piece in told
    ]
    lengths = [
        line.removeprefix("#EXTINF:").split(",", 1)[0] for line in text.splitlines() if "#EXTINF:" in line[:8]
    ]
    assert [nanoseconds(length) for length in lengths] == [piece.stop - piece.start for piece in told]
    assert all(round(segment.duration) <= read.target_duration for segment in read.segments)
    assert [bool(segment.discontinuity) for segment in read.segments] == [
        number > 0 for number in range(len(told))
    ]
    assert read.is_endlist
    assert sum(len(segment.dateranges) for segment in read.segments[:1]) == (
        len(session.findings) if told else 0
    )


def test_m3u8_names_times_and_findings() -> None:
    session = full()
    read = segments(session)
    titles = [segment.title for segment in read.segments]
    name = one_line(NASTY[0])
    assert titles[:3] == ["Rain", f"Rain + {name}", f"Rain + {name}"]
    assert {"[silence]", "[unknown]", "[paused]", "[stalled]"} <= set(titles)
    first = read.segments[0]
    assert first.program_date_time.isoformat() == "2026-05-14T13:59:58+00:00"
    assert first.uri == f"replay.mp3?start=-2&end=5&log=default&as_of={session.timeline.position}"
    ranges = {one.id: one for one in first.dateranges}
    assert len(ranges) == len(session.findings) > 0
    for number, finding in enumerate(session.findings, start=1):
        told = ranges[f"finding-{number}"]
        assert dict(told.x_client_attrs)["x_playhead_rule"] == f'"{finding.rule}"'
        assert nanoseconds(str(told.duration)) == finding.stop - finding.start


def test_m3u8_without_anything_to_hear_is_still_a_playlist() -> None:
    assert segments(empty()).segments == []


def cues(session: Session) -> list[Any]:
    return list(webvtt.from_string(captions.write(session).decode(), strict=True).captions)


@any_session
def test_webvtt_every_cue_is_shown_in_order(session: Session) -> None:
    read = cues(session)
    told = [one_line(label.text) for label in all_labels(session)]
    assert sorted(html.unescape(cue.text) for cue in read) == sorted(told)
    starts = [cue.start_in_seconds for cue in read]
    assert starts == sorted(starts)


def test_webvtt_counts_from_where_the_sound_begins() -> None:
    found = [(html.unescape(cue.text), cue.start, cue.end) for cue in cues(full())]
    assert found[0] == ("Rain", "00:00:00.000", "00:00:16.000")
    assert ("session-started", "00:00:02.000", "00:00:03.000") in found


def test_webvtt_has_hours_beyond_a_day() -> None:
    history = History()
    history.add(0, "session-started")
    history.add(360_000.5, "session-ended")
    assert cues(history.session())[-1].start == "100:00:00.500"


@any_session
def test_audacity_every_label_is_a_line_of_three(session: Session) -> None:
    lines = labels.write(session).decode().split("\n")[:-1]
    rows = [line.split("\t") for line in lines]
    begin = origin(session.timeline)
    told = sorted(
        (label.start - begin, label.stop - begin, one_line(label.text)) for label in all_labels(session)
    )
    assert sorted((nanoseconds(start), nanoseconds(stop), text) for start, stop, text in rows) == told


def items(session: Session) -> list[tuple[str, dict[str, list[str]]]]:
    """(its track's name, its lines) of every item of a project as the rpp package reads it."""
    project = rpp.loads(reaper.write(session).decode())
    return [
        (track.find("NAME")[1], {line[0]: line[1:] for line in item if isinstance(line, list)})
        for track in project.findall("TRACK")
        for item in track.findall("ITEM")
    ]


def in_reaper(text: str) -> str:
    """A text as a project can hold it."""
    return text.replace("`", "'") if all(mark in text for mark in "\"'`") else text


@any_session
def test_reaper_every_clip_is_an_item_of_its_track(session: Session) -> None:
    timeline = session.timeline
    begin = origin(timeline)
    found = [(track, item) for track, item in items(session) if "SOFFS" in item]
    told = [(name, clip) for name, clips in tracks(timeline) for clip in clips]
    for (track, item), (name, clip) in zip(found, told, strict=True):
        assert track == in_reaper(name)
        assert item["NAME"] == [in_reaper(title(timeline, clip))]
        assert nanoseconds(item["POSITION"][0]) == clip.start - begin
        assert nanoseconds(item["LENGTH"][0]) == clip.stop - clip.start
        assert float(item["PLAYRATE"][0]) == pytest.approx(clip.rate)


def test_reaper_sources_regions_and_envelopes() -> None:
    project = rpp.loads(reaper.write(full(), {"fountain": 'recordings/it\'s "a".flac'}).decode())
    sources = {source.find("FILE")[1]: source.attrib[0] for source in project.iter("SOURCE")}
    assert sources == {"rain.ogg": "VORBIS", 'recordings/it\'s "a".flac': "FLAC", "nobody knows": "WAVE"}
    markers = project.findall("MARKER")
    assert {marker[3] for marker in markers} >= {"museum-door"}
    regions = [marker for marker in markers if marker[4] == "1"]
    assert len(regions) % 2 == 0
    gains = [[float(cell) for cell in point[1:3]] for point in project.find(".//VOLENV").findall("PT")]
    assert [at for at, _ in gains] == [0, 10, 11, 12, 13]
    assert gains[0][1] == pytest.approx(0.25)
    assert gains[2][1] == pytest.approx(0.625 * 0.75, abs=0.25)
    assert gains[-1][1] == pytest.approx(0.5)


@any_session
def test_csv_is_a_table_without_formulas(session: Session) -> None:
    text = spreadsheet.write(session).decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    told = list(all_labels(session))
    assert sorted(row["kind"] for row in rows) == sorted(label.kind for label in told)
    zero = session.timeline.zero
    assert sorted((nanoseconds(row["offset"]), nanoseconds(row["duration"])) for row in rows) == sorted(
        (label.start - zero, label.stop - label.start) for label in told
    )
    for row in rows:
        for column in ("name", "detail", "listen", "asset", "lane", "device", "user"):
            assert not row[column].lstrip().startswith(("=", "+", "-", "@"))
    clips = sorted(clip_key(clip) for clip in session.timeline.clips)
    assert sorted(
        (row["lane"].removeprefix("'"), row["asset"].removeprefix("'"))
        for row in rows
        if row["kind"] == "clip"
    ) == [(one_line(lane).removeprefix("'"), one_line(asset).removeprefix("'")) for lane, asset in clips]


def clip_key(clip: Clip) -> tuple[str, str]:
    return clip.lane, clip.asset or ""


@any_session
def test_svg_is_well_formed_and_shows_every_clip(session: Session) -> None:
    root = ElementTree.fromstring(drawing.write(session))
    shapes = [
        each
        for each in root.iter("{http://www.w3.org/2000/svg}rect")
        if "clip" in each.get("class", "").split()
    ]
    told = [shape.findtext("{http://www.w3.org/2000/svg}title") or "" for shape in shapes]
    names = sorted(f"{title(session.timeline, clip)}, lane {clip.lane}, " for clip in session.timeline.clips)
    found = sorted(text.split(" ", 1)[1].split("end: ")[0] for text in told)
    assert found == sorted(one_line(name) + " " for name in names)
