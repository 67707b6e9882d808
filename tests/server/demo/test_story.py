"""The day itself: fixed, in order, and with exactly the oddities that its documentation names."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from replay import events
from replay.clock import parse_time
from replay.envelope import Event, parse_event
from replay.errors import Conflict
from replay.log.memory import MemoryLog
from server.demo.append import StoryClock, append_story
from server.demo.catalogue import AGENT_TURNS, CALLER_TURNS, RECORDINGS
from server.demo.story import Arrival, story
from server.demo.story.late import PHONE
from tests.server.demo.day import FILES, demo_log, demo_records

STORY = story(FILES)
EVENTS = [parse_event(arrival.fields) for arrival in STORY]


def test_telling_twice_gives_the_same_events() -> None:
    assert story(FILES) == STORY


def test_events_are_in_the_order_they_arrive() -> None:
    assert all(before.at <= after.at for before, after in pairwise(STORY))


def test_only_one_event_is_sent_twice_and_says_the_same() -> None:
    seen: dict[tuple[str, str], list[Arrival]] = defaultdict(list)
    for arrival in STORY:
        seen[arrival.fields["source"], arrival.fields["id"]].append(arrival)
    [(first, again)] = [twice for twice in seen.values() if len(twice) > 1]
    assert first.fields["session"] == "late"
    assert parse_event(first.fields).same_content(parse_event(again.fields))
    assert first.fields["senttime"] < again.fields["senttime"]


def test_every_event_arrives_after_it_happened_by_the_clock_of_the_server() -> None:
    for arrival, event in zip(STORY, EVENTS, strict=True):
        ahead = PHONE.ahead if event.device == PHONE.device else 0
        assert event.time is not None
        assert 0 < arrival.at - event.time + round(ahead * 1e6) < 24 * 3600 * 1e6


def test_every_type_of_the_vocabulary_happens_and_a_few_it_does_not_know() -> None:
    types = {event.type for event in EVENTS}
    assert types >= set(events.TYPES) - {events.ERASED}
    assert types - set(events.TYPES) == {
        *("headphones-connected", "log-line"),
        *("startup", "shutdown", "ignition-on", "ignition-off", "rule-enter", "rule-leave"),
    }


def test_the_unknown_event_keeps_attributes_of_its_own() -> None:
    [event] = [event for event in EVENTS if event.type == "headphones-connected"]
    assert set(event.attributes) == {"subject", "dataschema", "traceparent"}


def test_one_number_is_missing_of_all_that_devices_counted() -> None:
    counted: dict[str, set[int]] = defaultdict(set)
    for event in EVENTS:
        if event.sequence is not None:
            counted[event.device or ""].add(event.sequence)
    missing = {device: set(range(1, max(seen))) - seen for device, seen in counted.items()}
    assert {device: numbers for device, numbers in missing.items() if numbers} == {"car-7f3a": {5}}


def test_only_the_late_phone_is_heard_out_of_order() -> None:
    newest: dict[str, int] = defaultdict(int)
    late = set()
    for event in EVENTS:
        assert event.time is not None
        if event.device and event.sequence is not None:
            if event.time < newest[event.device]:
                late.add(event.device)
            newest[event.device] = max(newest[event.device], event.time)
    assert late == {PHONE.device}


def test_the_monotonic_clock_goes_with_the_time_of_an_event_not_with_its_sending() -> None:
    timed: dict[str | None, set[float]] = defaultdict(set)
    for event in EVENTS:
        if event.monotonic is not None and event.time is not None:
            timed[event.device].add(round(event.time / 1e6 - event.monotonic, 3))
    assert set(timed) == {"phone-freyja", "phone-sunna", "guide-12"}
    assert all(len(boots) == 1 for boots in timed.values())


def test_one_listen_played_another_recording_than_was_scheduled() -> None:
    scheduled = {e.data["listen"]: e.data for e in EVENTS if e.type == "listen-scheduled"}
    started = {e.data["listen"]: e for e in EVENTS if e.type == "listen-started"}
    wrong = {name: (due["asset"], started[name].data["asset"]) for name, due in scheduled.items()
             if due["asset"] != started[name].data["asset"]}  # fmt: skip
    assert wrong == {"stop-2": ("guide-9", "marimba")}
    assert all(parse_time(due["at"]) == started[name].time for name, due in scheduled.items())
    assert len(scheduled) == 10


def test_every_recording_is_played_and_every_asset_but_one_is_described() -> None:
    described = {event.data["asset"]: event for event in EVENTS if event.type == "asset-described"}
    played = {event.data["asset"] for event in EVENTS if event.type == "listen-started"}
    assert played - set(described) == {"noise-burst"}
    assert set(described) == {recording.asset for recording in RECORDINGS} | {"live-radio"}
    assert set(described) - played == set()
    assert [asset for asset, event in described.items() if "duration" not in event.data] == ["live-radio"]


def test_an_asset_is_described_in_the_log_that_plays_it() -> None:
    where = {(event.log, event.data["asset"]) for event in EVENTS if event.type == "asset-described"}
    played = {(event.log, event.data["asset"]) for event in EVENTS if event.type == "listen-started"}
    assert played - where == {("lab", "noise-burst")}


def test_a_description_names_its_file_under_the_media_folder() -> None:
    for event in EVENTS:
        if event.type == "asset-described" and event.data["asset"] != "live-radio":
            assert event.data["url"] == f"{FILES[event.data['asset']]}.wav"
            assert event.data["sha256"] == FILES[event.data["asset"]]


@pytest.mark.parametrize(("side", "turns"), [("agent", AGENT_TURNS), ("caller", CALLER_TURNS)])
def test_the_turns_of_the_call_are_those_of_its_recordings(
    side: str, turns: tuple[tuple[float, float], ...]
) -> None:
    zero = parse_time("2026-05-14T16:10:00Z")
    starts = [e for e in EVENTS if e.type == "listen-started" and e.data["asset"] == f"call-0417-{side}"]
    assert [(e.data["in"], (e.time or 0) - zero) for e in starts] == [
        (start, round(start * 1e6)) for start, _ in turns
    ]


async def test_the_lab_is_a_small_log_of_its_own() -> None:
    logs = Counter(record.event().log for record in await demo_records())
    assert set(logs) == {"default", "lab"}
    assert 10 <= logs["lab"] <= 20 < logs["default"]


async def test_the_log_stamps_each_record_with_the_moment_it_arrived() -> None:
    records = await demo_records()
    arrived = {(a.fields["source"], a.fields["id"]): a.at for a in reversed(STORY)}
    stamped = {(r.event().source, r.event().id): r.recordedtime for r in records}
    assert stamped == arrived


async def test_appending_the_day_again_stores_nothing_twice() -> None:
    log, clock = await demo_log(), StoryClock()
    head = await log.head()
    assert await append_story(log, clock, STORY) == Counter({"already-stored": len(STORY)})
    assert await log.head() == head


@pytest.mark.parametrize("cut", [0, 1, 100, len(STORY) - 1])
async def test_an_append_cut_off_anywhere_is_completed_by_the_next(cut: int) -> None:
    clock = StoryClock()
    log = MemoryLog(clock=clock)
    await append_story(log, clock, STORY[:cut])
    await append_story(log, clock, STORY)
    whole = await demo_records()
    assert [(r.recordedtime, r.body) for r in await log.read(0, 10_000)] == [
        (r.recordedtime, r.body) for r in whole
    ]


async def test_another_file_of_a_recording_adds_a_description_that_supersedes() -> None:
    clock = StoryClock()
    log = MemoryLog(clock=clock)
    await append_story(log, clock, STORY)
    statuses = await append_story(log, clock, story({**FILES, "marimba": "0" * 64}))
    assert statuses == Counter({"already-stored": len(STORY) - 1, "stored": 1})
    newest = (await log.read(0, 10_000))[-1].event()
    assert (newest.data["asset"], newest.data["sha256"]) == ("marimba", "0" * 64)


async def test_another_version_of_the_day_is_refused_by_name() -> None:
    log = await demo_log()
    changed = Arrival(STORY[-1].at, {**STORY[-1].fields, "user": "somebody-else"})
    with pytest.raises(Conflict, match="another version of the demo"):
        await append_story(log, StoryClock(), [changed])


def test_events_carry_text_beyond_ascii_and_every_offset_the_senders_live_in() -> None:
    offsets = {arrival.fields["time"][-6:] for arrival in STORY} & {"+02:00", "-04:00"}
    assert offsets == {"+02:00", "-04:00"}
    assert any(not text.isascii() for text in _texts(EVENTS))


def _texts(told: list[Event]) -> list[str]:
    return [event.data["text"] for event in told if event.type == "log-line"]
