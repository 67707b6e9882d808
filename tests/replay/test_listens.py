"""A session listen by listen."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from replay.clock import format_time
from replay.clocks import ClockChoice
from replay.document import sequence, timeline_document
from replay.envelope import parse_event
from replay.listens import SessionListens
from replay.log.contract import Record
from replay.session import reconstruct
from replay.timeline import Evidence, place
from tests.replay.history import ZERO, History
from tests.replay.test_fold_laws import evidences

FEW = 3


def listens(history: History) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = SessionListens(history.session()).page(None, 100).document["listens"]
    return told


def test_what_a_plan_says_is_corrected_as_its_own_time_is() -> None:
    hour, second = 3_600_000_000, 1_000_000
    told = (
        ("listen-scheduled", 1, {"asset": "bell", "at": format_time(ZERO + 10 * second)}),
        ("listen-started", 12, {"asset": "bell"}),
        ("listen-ended", 20, {"asset": "bell"}),
    )
    records = []
    for position, (type_, seconds, data) in enumerate(told, 1):
        time = ZERO + seconds * second
        names = {"id": f"e{position}", "source": "test", "session": "s", "device": "phone"}
        event = {
            **names,
            "type": type_,
            "time": format_time(time),
            "senttime": format_time(time),
            "data": data,
        }
        records.append(place(Record(position, time - hour, parse_event(event).body)))
    evidence = Evidence(log="default", session="s", records=tuple(records))
    clocks: tuple[tuple[ClockChoice, int], ...] = (("device", 0), ("corrected", hour))
    for clock, ahead in clocks:
        [listen] = SessionListens(reconstruct(evidence, clock)).page(None, 10).document["listens"]
        assert listen["started"] == format_time(ZERO + 12 * second - ahead)
        assert (listen["planned"]["at"], listen["planned"]["late"]) == (
            format_time(ZERO + 10 * second - ahead),
            2.0,
        )


def test_a_listen_is_told_from_its_plan_to_its_end() -> None:
    history = History()
    history.add(0, "session-started")
    at = "2026-05-14T14:00:01Z"
    plan = history.add(0, "listen-scheduled", asset="bell", listen="l", at=at)
    begun = history.add(2, "listen-started", asset="bell", listen="l", in_=1, lane="a", user="ada")
    paused = history.add(5, "playback-paused", listen="l")
    resumed = history.add(7, "playback-resumed", listen="l")
    ended = history.add(10, "listen-ended", listen="l", duration=8, reason="skipped")
    history.describe("bell", title="Bell", duration=60)
    assert listens(history) == [
        {
            "listen": "l",
            "asset": "bell",
            "title": "Bell",
            "lane": "a",
            "device": "phone",
            "user": "ada",
            "position": begun,
            "planned": {"asset": "bell", "at": "2026-05-14T14:00:01.000000Z", "late": 1.0, "position": plan},
            "started": "2026-05-14T14:00:02.000000Z",
            "ended": "2026-05-14T14:00:10.000000Z",
            "offset": 2.0,
            "duration": 8.0,
            "heard": 6.0,
            "held": 2.0,
            "in": 1.0,
            "out": 7.0,
            "length": 60.0,
            "end": "observed",
            "reason": "skipped",
            "claimed": 8.0,
            "ended_by": ended,
            "clips": [
                {
                    "offset": 2.0,
                    "duration": 3.0,
                    "in": 1.0,
                    "rate": 1.0,
                    "end": "observed",
                    "cut": "paused",
                    "positions": [begun, paused],
                },
                {
                    "offset": 7.0,
                    "duration": 3.0,
                    "in": 4.0,
                    "rate": 1.0,
                    "end": "observed",
                    "cut": None,
                    "positions": [begun, resumed, ended],
                },
            ],
            "holds": [
                {
                    "kind": "paused",
                    "offset": 5.0,
                    "duration": 2.0,
                    "closed": True,
                    "positions": [paused, resumed],
                }
            ],
            "positions": [begun, paused, resumed, ended],
        }
    ]


def test_a_plan_that_names_no_listen_is_of_the_recording_that_starts_near_it() -> None:
    history = History()
    for seconds in (10, 40):
        history.add(0, "listen-scheduled", asset="bell", at=f"2026-05-14T14:00:{seconds}Z")
    history.add(12, "listen-started", asset="bell", listen="a")
    history.add(38, "listen-started", asset="bell", listen="b")
    history.add(39, "listen-started", asset="rain", listen="c")
    history.add(200, "listen-started", asset="bell", listen="d")
    late = [one["planned"] and one["planned"]["late"] for one in listens(history)]
    assert late == [2.0, -2.0, None, None]


def test_a_plan_for_a_listen_that_was_planned_anew_is_the_newest_before_it() -> None:
    history = History()
    history.add(0, "listen-scheduled", asset="bell", listen="l", at="2026-05-14T14:00:05Z")
    history.add(4, "listen-scheduled", asset="bell", listen="l", at="2026-05-14T14:00:09Z")
    history.add(10, "listen-started", asset="bell", listen="l")
    history.add(11, "listen-scheduled", asset="bell", listen="l", at="2026-05-14T14:00:30Z")
    assert [one["planned"]["late"] for one in listens(history)] == [1.0]


def test_a_pause_of_the_session_holds_what_plays() -> None:
    history = History()
    history.add(0, "listen-started", asset="bell", listen="l")
    history.add(3, "playback-paused")
    history.add(8, "playback-resumed")
    history.add(10, "listen-ended", listen="l")
    (listen,) = listens(history)
    assert (listen["duration"], listen["heard"], listen["held"], listen["holds"]) == (10.0, 5.0, 5.0, [])


@settings(max_examples=60)
@given(evidences(), st.integers(1, FEW))
def test_pages_give_each_listen_once_with_the_clips_of_the_replay(evidence: Evidence, limit: int) -> None:
    session = reconstruct(evidence)
    listens = SessionListens(session)
    told: list[dict[str, Any]] = []
    place = None
    while True:
        page = listens.page(place, limit)
        assert page.document["count"] == len(session.timeline.listens)
        assert len(page.document["listens"]) <= limit
        told += page.document["listens"]
        place = page.more
        if place is None:
            break
    assert sorted(one["position"] for one in told) == sorted(one.position for one in session.timeline.listens)
    assert told == sorted(told, key=lambda one: (one["started"], one["position"]))
    spans = [(clip["offset"], clip["duration"], clip["positions"]) for one in told for clip in one["clips"]]
    replay = [(clip["offset"], clip["duration"], clip["positions"]) for clip in sequence(session)["clips"]]
    assert sorted(spans) == sorted(replay)
    by_position = {one["position"]: one for one in timeline_document(session)["listens"]}
    for one in told:
        assert (one["started"], one["ended"]) == (
            by_position[one["position"]]["start"],
            by_position[one["position"]]["stop"],
        )
        assert abs(one["heard"] + one["held"] - one["duration"]) < 1e-6
        assert one["held"] >= 0
