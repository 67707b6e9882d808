"""Each session of the demo replays as its story says; `as_of` tells what was believed before."""

from __future__ import annotations

import pytest

from server.demo.story import SESSIONS
from tests.server.demo.day import Document, demo_records, known_at, replay, spans
from tests.server.demo.expected import (
    CALL_BEFORE_ITS_RECORDINGS,
    EXPECTED,
    LATE_BEFORE_THE_UPLOAD,
    Clip,
    Expected,
)

TOTALS = ("duration", "heard", "overlapping", "silent", "paused", "stalled", "unknown")
EVENING = "2026-05-14T17:00:00Z"
NEXT_DAY = "2026-05-15T08:00:00Z"


def clips(document: Document) -> list[Clip]:
    return [
        (clip["lane"], start, stop, clip["asset"], clip["in"], clip["end"], clip["cut"])
        for clip, (start, stop) in zip(document["clips"], spans(document["clips"]), strict=True)
    ]


def check(document: Document, expected: Expected) -> None:
    assert document["zero"] == expected.zero
    assert document["ended"] is expected.ended
    assert clips(document) == expected.clips
    for name in ("silences", "unknown", "pauses", "stalls"):
        assert spans(document[name]) == getattr(expected, name), name
    assert tuple(document["totals"][name] for name in TOTALS) == pytest.approx(expected.totals, abs=1e-9)


async def test_every_session_of_the_demo_has_its_expectation() -> None:
    records = await demo_records()
    found = {record.event().session for record in records} - {None}
    assert found == set(SESSIONS) == set(EXPECTED)


@pytest.mark.parametrize("session", EXPECTED)
async def test_a_session_replays_as_its_story_says(session: str) -> None:
    check(replay(await demo_records(), session), EXPECTED[session])


@pytest.mark.parametrize("session", EXPECTED)
def test_the_expected_totals_count_every_instant_once(session: str) -> None:
    duration, heard, _, *others = EXPECTED[session].totals
    assert heard + sum(others) == pytest.approx(duration)


async def test_before_the_upload_the_lost_minutes_are_unknown() -> None:
    check(replay(known_at(await demo_records(), NEXT_DAY), "late"), LATE_BEFORE_THE_UPLOAD)


async def test_each_request_of_the_upload_tells_more() -> None:
    records = await demo_records()
    moments = ("2026-05-15T08:40:12.399999Z", "2026-05-15T08:40:12.400Z", "2026-05-15T08:40:13.100Z")
    before, first, second = (replay(known_at(records, moment), "late") for moment in moments)
    sums = [
        (d["totals"]["heard"], d["totals"]["silent"], d["totals"]["unknown"]) for d in (before, first, second)
    ]
    assert sums == [(76, 2, 124), (119, 5, 78), (192, 5, 5)]
    assert spans(first["unknown"]) == [(46, 124)]
    assert spans(second["unknown"]) == [(119, 124)]


UPLOADED = (
    ("heartbeat", 17, (76, 2, 0, 124), 0),
    ("listen-ended", 18, (124, 5, 0, 73), 1),
    ("listen-ended", 8, (119, 5, 0, 78), 1),
    ("listen-ended", 10, (168, 5, 0, 29), 2),
    ("playback-resumed", 16, (168, 5, 0, 29), 2),
    ("playback-paused", 15, (168, 5, 0, 29), 2),
    ("listen-ended", 13, (192, 5, 0, 5), 3),
    ("listen-started", 14, (180, 10, 12, 0), 2),
    ("listen-started", 9, (180, 10, 12, 0), 1),
    ("location-changed", 12, (180, 10, 12, 0), 1),
    ("listen-started", 11, (180, 10, 12, 0), 0),
)
"""The late events in the order they came: type, sequence, then (heard, silent, paused, unknown) and how many clips
have an end but no start yet, and so no recording."""


async def test_each_late_event_moves_what_was_believed() -> None:
    records = await demo_records()
    uploaded = [record for record in records if record not in known_at(records, NEXT_DAY)]
    told = []
    for record in uploaded:
        document = replay([r for r in records if r.position <= record.position], "late")
        totals = tuple(document["totals"][name] for name in ("heard", "silent", "paused", "unknown"))
        nameless = sum(clip["asset"] is None for clip in document["clips"])
        told.append((record.event().type, record.event().sequence, totals, nameless))
    assert told == list(UPLOADED)


async def test_until_its_recordings_are_described_the_call_ends_with_its_session() -> None:
    records = await demo_records()
    before, after = replay(known_at(records, EVENING), "call-0417"), replay(records, "call-0417")
    check(before, CALL_BEFORE_ITS_RECORDINGS)
    assert {clip["title"] for clip in before["clips"]} == {None}
    assert {clip["title"] for clip in after["clips"]} == {
        "Call 0417, the agent's side",
        "Call 0417, the caller's side",
    }


async def test_the_silence_of_the_complaint_is_told_by_the_log_lines_beside_it() -> None:
    document = replay(await demo_records(), "complaint")
    [(start, stop)] = spans(document["silences"])
    texts = [
        m["data"]["text"]
        for m in document["marks"]
        if m["type"] == "log-line" and start <= m["offset"] <= stop
    ]
    assert stop - start == 12
    assert texts == [
        "marimba is not in the cache of phone-jonas, fetching",
        "GET /media/marimba timed out after 10 s",
        "marimba fetched from the mirror",
    ]


async def test_the_museum_moves_gain_and_pan_with_ramps() -> None:
    document = replay(await demo_records(), "museum")
    changes = [
        (clip["lane"], change["offset"], change["kind"], change["value"], change["ramp"])
        for clip in document["clips"]
        for change in clip["changes"]
    ]
    assert changes == [
        ("background", 5, "gain", 0.12, 1),
        ("background", 47, "gain", 0.35, 2),
        ("voice", 30, "pan", -0.6, 3),
    ]
    assert [clip["rate"] for clip in document["clips"] if clip["asset"] == "guide-7"] == [1, 1, 1.5, 1, 1]


async def test_the_looped_background_lies_under_the_voice_on_a_row_of_its_own() -> None:
    document = replay(await demo_records(), "museum")
    rows = {clip["lane"]: clip["row"] for clip in document["clips"]}
    assert rows == {"background": 0, "voice": 1}
    assert [clip["loop"] for clip in document["clips"]] == [True] + [False] * 7


async def test_the_walk_fades_where_its_lanes_cross() -> None:
    document = replay(await demo_records(), "walk")
    looped = [clip for clip in document["clips"] if clip["loop"]]
    assert [(clip["fade_in"], clip["fade_out"]) for clip in looped] == [(4, 4)] * 4
    assert {mark["type"] for mark in document["marks"]} >= {
        "headphones-connected",
        "location-changed",
        "heartbeat",
    }
