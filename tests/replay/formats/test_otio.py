"""OpenTimelineIO, opened by its own library. It has wheels for Python 3.11 to 3.13."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from replay.clock import NANOSECONDS
from replay.formats import otio as ours
from replay.formats.labels import labels as all_labels
from replay.formats.line import origin
from replay.formats.media import tracks
from replay.formats.naming import title
from replay.session import Session
from tests.replay.formats.sessions import any_session, full

otio: Any = pytest.importorskip("opentimelineio", reason="opentimelineio has no wheel for this Python")


@any_session
def test_otio_every_clip_is_where_it_was_to_the_sample(session: Session) -> None:
    read = otio.adapters.read_from_string(ours.write(session).decode(), "otio_json")
    begin = origin(session.timeline)
    for track, (_, clips) in zip(read.tracks, tracks(session.timeline), strict=True):
        found = [child for child in track if isinstance(child, otio.schema.Clip)]
        assert [clip.name for clip in found] == [title(session.timeline, clip) for clip in clips]
        for one, clip in zip(found, clips, strict=True):
            span = one.trimmed_range_in_parent()
            assert span.start_time.rate == span.duration.rate == 48_000
            assert span.start_time.value == round(Fraction((clip.start - begin) * 48_000, NANOSECONDS))
            assert span.end_time_exclusive().value == round(
                Fraction((clip.stop - begin) * 48_000, NANOSECONDS)
            )
            assert [effect.time_scalar for effect in one.effects] == ([] if clip.rate == 1 else [clip.rate])
    assert len(read.tracks.markers) == sum(label.kind != "clip" for label in all_labels(session))


def test_otio_media_markers_and_metadata() -> None:
    session = full()
    read = otio.adapters.read_from_string(
        ours.write(session, {"rain": "recordings/rain.ogg"}).decode(), "otio_json"
    )
    clips = {clip.metadata["playhead"]["listen"]: clip for clip in read.find_clips()}
    fountain = clips["a"].media_reference
    assert fountain.target_url == "https://cdn.example/a?b=1&c=2"
    assert fountain.available_range.duration.value == 60 * 48_000
    assert clips["r"].media_reference.target_url == "recordings/rain.ogg"
    assert isinstance(clips["u"].media_reference, otio.schema.MissingReference)
    assert read.metadata["playhead"]["position"] == session.timeline.position
    assert {"RED", "ORANGE"} & {marker.color for marker in read.tracks.markers}
