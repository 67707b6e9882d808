"""The replay's document and the timeline's, field by field."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from replay.document import sequence, timeline_document
from replay.session import Session, reconstruct
from tests.replay.history import History

DOCS = Path(__file__).parents[2] / "docs" / "replay.md"


@pytest.fixture
def session() -> Session:
    """A session with something of everything."""
    history = History()
    history.add(0, "session-started", client="test")
    history.add(2, "listen-started", asset="bell", listen="l", in_=1, gain=0.5, pan=-0.5, lane="a", user="ada",
                fade_in=0.5, fade_out=0.25)  # fmt: skip
    history.describe("bell", title="Bell", duration=60, gain=0.5, tags=["church"])
    history.add(4, "gain-changed", listen="l", gain=1, ramp=0.5)
    history.add(5, "playback-paused", listen="l")
    history.add(7, "playback-resumed", listen="l")
    history.add(10, "listen-ended", listen="l", duration=7, reason="skipped")
    history.add(10.5, "playback-stalled")
    history.add(11.5, "playback-recovered")
    history.add(20, "listen-started", asset="rain", listen="m", device="tag", rate=2, loop=True)
    history.add(25, "rule-enter", rule="gate")
    return reconstruct(msgspec.structs.replace(history.evidence(), erased=(30, 12)))


def test_a_replay_has_every_field(session: Session) -> None:
    document = sequence(session)
    bell = {
        "listen": "l", "asset": "bell", "title": "Bell", "rate": 1.0, "session_gain": 1.0, "pan": -0.5,
        "loop": False, "lane": "a", "row": 0, "device": "phone", "user": "ada",
    }  # fmt: skip
    rain = {
        "listen": "m", "asset": "rain", "title": None, "rate": 2.0, "session_gain": 1.0, "pan": 0.0,
        "loop": True, "lane": "0", "row": 1, "device": "tag", "user": None,
    }  # fmt: skip
    of_phone = {"device": "phone"}
    unknown: dict[str, Any] = {
        "at": None, "offset": None, "uncertainty": None, "rate": None, "rate_uncertainty": None, "samples": 0,
        "steps": [], "positions": [],
    }  # fmt: skip
    raised = {"offset": 4.0, "kind": "gain", "value": 0.5, "ramp": 0.5, "position": 4}
    assert document == {
        "session": "s",
        "log": "default",
        "zero": "2026-05-14T14:00:00.000000Z",
        "position": 11,
        "clock": "device",
        "clocks": [
            {"device": "phone", "least": -0.2, "bounds": 9, **unknown},
            {"device": "tag", "least": -0.2, "bounds": 1, **unknown},
        ],
        "started": True,
        "ended": False,
        "clips": [
            {
                **bell, "sequence": 1, "offset": 2.0, "duration": 3.0, "end": "observed", "cut": "paused",
                "in": 1.0, "gain": 0.25, "changes": [raised], "fade_in": 0.5, "fade_out": 0.0, "reason": None,
                "positions": [2, 4, 5],
            },
            {
                **bell, "sequence": 2, "offset": 7.0, "duration": 2.0, "end": "observed", "cut": None, "in": 4.0,
                "gain": 0.5, "changes": [], "fade_in": 0.0, "fade_out": 0.25, "reason": "skipped",
                "positions": [2, 6, 7],
            },
            {
                **rain, "sequence": 3, "offset": 20.0, "duration": 5.0, "end": "open", "cut": None, "in": 0.0,
                "gain": 1.0, "changes": [], "fade_in": 0.0, "fade_out": 0.0, "reason": None, "positions": [10],
            },
        ],
        "silences": [
            {"offset": 0.0, "duration": 2.0},
            {"offset": 9.0, "duration": 1.5},
            {"offset": 11.5, "duration": 8.5},
        ],
        "unknown": [],
        "pauses": [{"offset": 5.0, "duration": 2.0, "listen": "l", "closed": True, "positions": [5, 6]}],
        "stalls": [{"offset": 10.5, "duration": 1.0, "listen": None, "closed": True, "positions": [8, 9]}],
        "marks": [
            {**of_phone, "offset": 0.0, "type": "session-started", "position": 1, "data": {"client": "test"}},
            {**of_phone, "offset": 25.0, "type": "rule-enter", "position": 11, "data": {"rule": "gate"}},
        ],
        "erased": [12, 30],
        "findings": [
            {
                "rule": "never-ended", "version": 1, "threshold": {"seconds": 300.0}, "offset": 0.0,
                "duration": 0.0, "severity": "info", "count": 1, "positions": [1],
                "message": "nobody has told that the session ended: it is drawn to its newest event",
            },
            {
                "rule": "duration-disagrees", "version": 1, "threshold": {"seconds": 0.5}, "offset": 2.0,
                "duration": 7.0, "severity": "info", "count": 1, "positions": [2, 7],
                "message": '"Bell" ended 1 s earlier by its duration than by its time; the duration counts',
            },
            {
                "rule": "skipped", "version": 1, "threshold": {"seconds": 30.0}, "offset": 9.0, "duration": 0.0,
                "severity": "info", "count": 1, "positions": [2, 7],
                "message": '"Bell" was skipped by the listener with 54 s of it left',
            },
        ],
        "assets": {
            "bell": {
                "asset": "bell", "title": "Bell", "duration": 60.0, "gain": 0.5, "tags": ["church"], "position": 3,
            },
        },
        "totals": {
            "duration": 25.0, "heard": 10.0, "overlapping": 0.0, "silent": 12.0, "paused": 2.0, "stalled": 1.0,
            "unknown": 0.0,
        },
    }  # fmt: skip


def time(second: float) -> str:
    return f"2026-05-14T14:00:{second:09.6f}Z"


def span(start: float, stop: float) -> dict[str, str]:
    return {"start": time(start), "stop": time(stop)}


def test_a_timeline_has_the_same_in_absolute_times(session: Session) -> None:
    document = timeline_document(session)
    replay = sequence(session)
    told = {"end": "observed", "rate": 1.0}
    same = ("session", "log", "zero", "position", "clock", "clocks", "erased", "totals")
    assert {name: document.pop(name) for name in same} == {name: replay[name] for name in same}
    assert document == {
        "start": time(0),
        "stop": time(25),
        "listens": [
            {
                **span(2, 9), "listen": "l", "asset": "bell", "title": "Bell", "end": "observed", "lane": "a",
                "device": "phone", "position": 2,
                "clips": [
                    {**span(2, 5), **told, "in": 1.0, "cut": "paused", "positions": [2, 4, 5]},
                    {**span(7, 9), **told, "in": 4.0, "cut": None, "positions": [2, 6, 7]},
                ],
                "holds": [{**span(5, 7), "kind": "paused", "closed": True, "positions": [5, 6]}],
            },
            {
                **span(20, 25), "listen": "m", "asset": "rain", "title": None, "end": "open", "lane": "0",
                "device": "tag", "position": 10,
                "clips": [{**span(20, 25), "in": 0.0, "rate": 2.0, "end": "open", "cut": None, "positions": [10]}],
                "holds": [],
            },
        ],
        "holds": [{**span(10.5, 11.5), "kind": "stalled", "closed": True, "positions": [8, 9]}],
        "silences": [span(0, 2), span(9, 10.5), span(11.5, 20)],
        "unknown": [],
        "marks": [
            {"time": time(0), "type": "session-started", "position": 1, "data": {"client": "test"}},
            {"time": time(25), "type": "rule-enter", "position": 11, "data": {"rule": "gate"}},
        ],
    }  # fmt: skip


def test_a_name_used_twice_keeps_the_clips_of_each_play_apart() -> None:
    history = History()
    history.add(0, "listen-started", asset="bell", listen="l", duration=5)
    history.add(20, "listen-started", asset="bell", listen="l", duration=5)
    history.add(22, "playback-paused", listen="l")
    history.add(30, "playback-resumed", listen="l")
    first, second = timeline_document(history.session())["listens"]
    assert [clip["start"] for clip in first["clips"]] == [time(0)]
    assert [clip["start"] for clip in second["clips"]] == [time(20), time(30)]
    assert (len(first["holds"]), len(second["holds"])) == (0, 1)


def test_plays_of_one_name_that_overlap_share_no_clip() -> None:
    history = History()
    for begun in range(20):
        history.add(begun, "listen-started", asset="bell", listen="l", lane=str(begun))
    for _ in range(20):
        history.add(100, "listen-ended", listen="l", duration=90)
    told = timeline_document(history.session())["listens"]
    assert [[clip["positions"][0] for clip in listen["clips"]] for listen in told] == [
        [listen["position"]] for listen in told
    ]


def documented(text: str) -> set[str]:
    """The names in the first column of a table."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}


def test_the_page_names_every_field_and_no_other(session: Session) -> None:
    document: dict[str, Any] = sequence(session)
    top, clips = DOCS.read_text(encoding="utf-8").split("A clip:")
    assert documented(top) == {*document, "sound"}, "the sound is there when it is asked for"
    assert documented(clips) == {name for clip in document["clips"] for name in clip}
