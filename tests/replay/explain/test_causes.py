"""Every cause, with a history that has it and the sentence that is said of it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from replay.explain import CAUSES, Explanation, explain
from replay.recordings import Known
from replay.session import Session, reconstruct
from tests.replay.history import ZERO, History

Tell = Callable[[History], None]


def moment(seconds: float) -> int:
    return ZERO * 1000 + round(seconds * 1_000_000_000)


def asked(session: Session, seconds: float, recordings: dict[str, Known] | None = None) -> Explanation:
    return explain(session, moment(seconds), recordings)


def walk(history: History) -> None:
    """Two recordings with twelve seconds of silence in between, and an end."""
    history.describe("bell", title="Bell", duration=30)
    history.add(0, "session-started")
    history.add(2, "listen-started", asset="bell", listen="a", lane="x")
    history.add(22, "listen-ended", listen="a", reason="stopped")
    history.add(34, "listen-started", asset="rain", listen="b", lane="x")
    history.add(54, "listen-ended", listen="b")
    history.add(60, "session-ended")


def paused(history: History) -> None:
    walk(history)
    history.add(10, "playback-paused")
    history.add(15, "playback-resumed")


def paused_for_good(history: History) -> None:
    history.add(0, "listen-started", asset="bell", listen="a", duration=60)
    history.add(5, "playback-paused", listen="a")
    history.add(9, "heartbeat")


def stalled(history: History) -> None:
    walk(history)
    history.add(10, "playback-stalled", listen="a")
    history.add(14.5, "playback-recovered", listen="a")


def turned_off(history: History) -> None:
    walk(history)
    history.add(10, "gain-changed", listen="a", gain=0)


def session_turned_off(history: History) -> None:
    walk(history)
    history.add(10, "gain-changed", gain=0)


def quiet_from_the_start(history: History) -> None:
    history.add(0, "listen-started", asset="bell", listen="a", gain=0)
    history.add(20, "listen-ended", listen="a")


def faded(history: History) -> None:
    walk(history)
    history.add(10, "gain-changed", listen="a", gain=0, ramp=4)


def too_long(history: History) -> None:
    history.describe("bell", title="Bell", duration=5)
    history.add(0, "listen-started", asset="bell", listen="a")
    history.add(40, "listen-ended", listen="a")


def radio(history: History) -> None:
    history.add(0, "listen-started", asset="radio", listen="a")
    history.add(100, "heartbeat")


def holed(history: History) -> None:
    history.add(0, "session-started", sequence=1)
    history.add(2, "listen-started", asset="bell", listen="a", sequence=2)
    history.add(9, "listen-ended", listen="a", sequence=3)
    history.add(30, "listen-started", asset="rain", listen="b", sequence=6)
    history.add(40, "listen-ended", listen="b", sequence=7)


def not_seen_to_end(history: History) -> None:
    history.add(0, "listen-started", asset="bell", listen="a", lane="x")
    history.add(10, "listen-started", asset="rain", listen="b", lane="x", duration=5)
    history.add(30, "listen-ended", asset="wind", duration=2)


CASES: list[tuple[str, Tell, float, str]] = [
    ("playing", walk, 12, '"Bell" was playing, 10 s into the recording.'),
    (
        "playing-open",
        radio,
        50,
        '"radio" was playing as far as is known: it began at 14:00:00 and nothing tells when it ended; the '
        "session's newest event is of 14:01:40.",
    ),
    (
        "recording-over",
        too_long,
        12,
        '"Bell" was told to play on, but the recording is only 5 s long: by then it was over for 7 s.',
    ),
    ("muted", turned_off, 12, '"Bell" was playing, and could not be heard: its gain was 0 from 14:00:10 on.'),
    (
        "muted",
        session_turned_off,
        12,
        '"Bell" was playing, and could not be heard: the session\'s gain was 0 from 14:00:10 on.',
    ),
    (
        "muted",
        quiet_from_the_start,
        12,
        '"bell" was playing, and could not be heard: its gain was 0 from the start.',
    ),
    (
        "faded",
        faded,
        15,
        '"Bell" was playing, and could not be heard: it was faded out at 14:00:10 within 4 s.',
    ),
    ("stalled", stalled, 12, '"Bell" had stalled for 4.5 s: from 14:00:10 until it recovered at 14:00:14.5.'),
    ("paused", paused, 12, "Playback was paused for 5 s: from 14:00:10 until it was resumed at 14:00:15."),
    (
        "paused",
        paused_for_good,
        8,
        '"bell" was paused at 14:00:05; nothing tells that this ended before 14:00:09, the newest event.',
    ),
    (
        "gap",
        walk,
        25,
        'Nothing played for 12 s: "Bell" ended at 14:00:22 (as was told) and "rain" began at 14:00:34 (as was told)'
        "; nothing was paused or stalled in between.",
    ),
    (
        "gap",
        walk,
        1,
        'Nothing played for 2 s: the session began at 14:00:00 and "Bell" began at 14:00:02 (as was told); '
        "nothing was paused or stalled in between.",
    ),
    (
        "gap",
        walk,
        59,
        'Nothing played for 6 s: "rain" ended at 14:00:54 (as was told) and the session ended at 14:01:00; '
        "nothing was paused or stalled in between.",
    ),
    ("before-start", walk, -3600, "The session had not begun: it began at 14:00:00."),
    ("before-start", radio, -1, "Nothing is known of the session before 14:00:00."),
    ("after-end", walk, 61, "The session had ended at 14:01:00."),
    (
        "sequence-hole",
        holed,
        20,
        "Nobody knows: events 4 to 5 of phone, between 14:00:09 and 14:00:30, were never received.",
    ),
    (
        "not-told",
        not_seen_to_end,
        20,
        'Nobody knows: "rain" ended at 14:00:15 (by the recording\'s length) and "wind" began at 14:00:28 '
        "(which nobody told); nothing tells what was between.",
    ),
    (
        "not-told",
        radio,
        101,
        "Nobody knows: the session never told its end, and its newest event is of 14:01:40.",
    ),
]


@pytest.mark.parametrize(
    ("cause", "tell", "at", "sentence"), CASES, ids=[f"{case[0]}-{case[1].__name__}" for case in CASES]
)
def test_a_moment_is_explained_by_its_cause(cause: str, tell: Tell, at: float, sentence: str) -> None:
    history = History()
    tell(history)
    found = asked(history.session(), at)
    assert (found.cause, found.sentence) == (cause, sentence)
    assert found.state == next(row.state for row in CAUSES if row.id == cause)
    assert found.records


def test_every_cause_has_a_case() -> None:
    assert {cause for cause, *_ in CASES} | {"recording-missing"} == {row.id for row in CAUSES}


@pytest.fixture
def walked() -> Session:
    history = History()
    walk(history)
    return history.session()


def test_a_recording_that_is_not_there_is_told_with_its_fault(walked: Session) -> None:
    found = asked(walked, 12, {"bell": Known(None, "missing", None, "there is no such file")})
    assert found.cause == "recording-missing"
    assert found.sentence == (
        '"Bell" was told to play, and the recording is not to be had (there is no such file): the replay is silent '
        "here, and nobody knows what was heard."
    )
    assert [known.data.asset for known in found.descriptions] == ["bell"]


def test_a_recording_that_is_shorter_than_described_is_over_when_it_is(walked: Session) -> None:
    found = asked(walked, 12, {"bell": Known(None, "k", 4_000_000_000, None)})
    assert found.cause == "recording-over"
    assert asked(walked, 5, {"bell": Known(None, "k", 4_000_000_000, None)}).cause == "playing"


def test_what_can_be_heard_counts_before_what_cannot() -> None:
    history = History()
    history.add(0, "listen-started", asset="bell", listen="a", gain=0, lane="x")
    history.add(0, "listen-started", asset="rain", listen="b", lane="y")
    history.add(20, "listen-ended", listen="a")
    history.add(20, "listen-ended", listen="b")
    found = asked(history.session(), 5)
    assert found.cause == "playing"
    assert found.sentence == '"rain" was playing, 5 s into the recording.'
    assert [(one.clip.asset, one.level) for one in found.playing] == [("bell", 0.0), ("rain", 1.0)]


def test_a_ramp_under_way_is_heard() -> None:
    history = History()
    faded(history)
    assert asked(history.session(), 12).playing[0].level == pytest.approx(0.5)
    assert asked(history.session(), 12).cause == "playing"


def test_many_recordings_are_counted_after_three() -> None:
    history = History()
    for number in range(6):
        history.add(0, "listen-started", asset=f"a{number}", listen=f"l{number}", duration=9)
    assert asked(history.session(), 1).sentence == '"a0", "a1", "a2" and 3 more were playing.'


def test_a_gap_rests_on_the_records_of_its_edges_and_names_what_else_happened() -> None:
    history = History()
    walk(history)
    line = history.add(26, "log-line", text="fetching")
    found = asked(history.session(), 25)
    assert [placed.event.type for placed in found.records] == ["listen-ended", "listen-started"]
    assert [placed.position for placed in found.others] == [line]
    assert (found.start, found.stop) == (moment(22), moment(34))
    assert "gap" in {finding.rule for finding in found.findings}


def test_a_play_of_no_length_is_told_of_where_it_was() -> None:
    history = History()
    history.describe("blip", title="Blip", duration=0)
    history.add(0, "session-started")
    history.add(5, "listen-started", asset="blip", listen="z")
    history.add(10, "session-ended")
    found = asked(history.session(), 5)
    assert found.cause == "gap"
    assert found.sentence.endswith(' "Blip" was told to play at 14:00:05, for no time at all.')


def test_a_session_without_listens_is_silent_or_unknown() -> None:
    history = History()
    history.add(0, "session-started")
    history.add(10, "heartbeat")
    assert [asked(history.session(), at).cause for at in (-1, 0, 5, 11)] == [
        "before-start", "not-told", "not-told", "not-told",
    ]  # fmt: skip
    history.add(20, "session-ended")
    assert [asked(history.session(), at).cause for at in (5, 20)] == ["gap", "after-end"]


def test_a_single_record_is_explained() -> None:
    history = History()
    history.add(0, "heartbeat")
    assert [asked(history.session(), at).cause for at in (-1, 0, 1)] == [
        "before-start",
        "not-told",
        "not-told",
    ]


def test_what_came_in_time_is_not_late(walked: Session) -> None:
    assert asked(walked, 25).late is None


def test_what_was_recorded_long_after_it_happened_is_late() -> None:
    history = History()
    walk(history)
    history.records[3] = msgspec.structs.replace(
        history.records[3], recordedtime=ZERO + 86_400_000_000, position=99
    )
    late = asked(reconstruct(history.evidence()), 25).late
    assert late is not None
    assert (late.positions, late.first) == ((99,), 99)
    assert late.by == (86_400 - 34) * 1_000_000_000 or late.by == (86_400 - 22) * 1_000_000_000


def test_as_many_records_are_told_as_can_be_looked_over() -> None:
    history = History()
    history.add(0, "listen-started", asset="bell", listen="a")
    for number in range(300):
        history.add(1 + number / 10, "gain-changed", listen="a", gain=0.5)
    history.add(60, "listen-ended", listen="a")
    found = asked(history.session(), 20)
    assert len(found.records) == 100
    assert found.records[0].time > ZERO + 10_000_000
