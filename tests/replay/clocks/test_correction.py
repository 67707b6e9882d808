"""A session told in the server's time."""

from __future__ import annotations

import msgspec
import pytest

from replay.clock import MICROSECONDS, format_time
from replay.document import sequence
from replay.envelope import build_event
from replay.log.contract import Record
from replay.session import reconstruct
from replay.timeline import Evidence, Placed
from replay.timeline.correction import reading_of
from replay.timeline.evidence import place
from tests.replay.clocks.device import ZERO

AHEAD = 30.0


def told(
    position: int, at: float | None, *, device: str | None = "phone", sent: bool = True, **event: object
) -> Placed:
    """A record of something that happened `at`, by a clock that is ahead; it arrived at once."""
    arrived = ZERO + round((at if at is not None else 0) * MICROSECONDS)
    shown = arrived + round(AHEAD * MICROSECONDS)
    fields = {"type": "heartbeat", "data": {}, **event}
    made = build_event(
        id=f"e{position}",
        source="test",
        time=None if at is None else shown,
        session="s",
        device=device,
        senttime=shown if sent else None,
        **fields,  # type: ignore[arg-type]
    )
    return place(Record(position, arrived, made.body))


def session_of(*records: Placed, outside: tuple[Placed, ...] = ()) -> Evidence:
    readings = {"phone": tuple(reading_of(placed) for placed in outside)} if outside else {}
    return Evidence(log="default", session="s", records=records, readings=readings)


def test_a_session_is_told_in_its_devices_time_unless_asked_otherwise() -> None:
    session = reconstruct(session_of(told(1, 0, type="session-started")))
    assert session.clock == "device"
    assert session.timeline.zero == (ZERO + 30 * MICROSECONDS) * 1000


def test_corrected_zero_and_all_offsets_are_the_servers() -> None:
    evidence = session_of(
        told(1, 0, type="session-started"),
        told(2, 5, type="listen-started", data={"asset": "a", "listen": "l", "lane": "x"}),
        told(3, 9, type="listen-ended", data={"listen": "l"}),
    )
    session = reconstruct(evidence, "corrected")
    document = sequence(session)
    assert document["zero"] == format_time(ZERO)
    assert [(clip["offset"], clip["duration"]) for clip in document["clips"]] == [(5.0, 4.0)]
    assert document["clock"] == "corrected"
    assert [(clock["device"], clock["offset"]) for clock in document["clocks"]] == [("phone", AHEAD)]
    assert document["position"] == sequence(reconstruct(evidence))["position"]


def test_two_devices_of_which_one_is_wrong_fall_into_line() -> None:
    late = told(2, 20, type="listen-ended", data={"asset": "a"}, device="phone")
    true = build_event(
        id="t", source="test", type="listen-started", time=ZERO + 10 * MICROSECONDS, session="s",
        device="tag", data={"asset": "a"}, senttime=ZERO + 10 * MICROSECONDS,
    )  # fmt: skip
    evidence = session_of(place(Record(1, ZERO + 10 * MICROSECONDS, true.body)), late)
    [raw] = reconstruct(evidence).timeline.clips
    [mended] = reconstruct(evidence, "corrected").timeline.clips
    assert (raw.stop - raw.start, mended.stop - mended.start) == (40_000_000_000, 10_000_000_000)


@pytest.mark.parametrize(
    "placed",
    [
        told(2, 7, sent=False, device="mute"),
        told(2, 7, device=None),
        told(2, None, sent=False),
    ],
    ids=["a device without an estimate", "no device", "no time of its own"],
)
def test_what_cannot_be_corrected_keeps_its_time(placed: Placed) -> None:
    evidence = session_of(told(1, 0), placed)
    kept = {one.position: one.time for one in reconstruct(evidence, "corrected").evidence.records}
    assert kept[2] == placed.time
    assert kept[1] == ZERO


def test_records_outside_the_session_tell_its_devices_clock() -> None:
    own = told(9, 50, sent=False)
    clocks = reconstruct(session_of(own, outside=(told(1, 0), told(2, 10)))).clocks
    assert clocks["phone"].offset == AHEAD * 1_000_000_000
    assert clocks["phone"].samples == 2
    assert clocks["phone"].bounds == 1


def test_the_clock_of_a_device_that_is_not_of_the_session_is_not_told() -> None:
    evidence = session_of(told(1, 0, device="tag"), outside=(told(2, 0),))
    assert set(reconstruct(evidence).clocks) == {"tag"}


def test_an_event_keeps_its_own_time_in_corrected_evidence() -> None:
    [placed] = reconstruct(session_of(told(1, 0)), "corrected").evidence.records
    assert placed.event.time == ZERO + 30 * MICROSECONDS
    assert placed.time == ZERO


def test_a_session_is_the_same_bytes_in_whatever_order_its_records_are_handed_over() -> None:
    records = [told(1, 0), told(2, 5), told(3, 60)]
    forth = reconstruct(session_of(*records), "corrected")
    back = reconstruct(session_of(*reversed(records)), "corrected")
    assert msgspec.json.encode(sequence(forth)) == msgspec.json.encode(sequence(back))
