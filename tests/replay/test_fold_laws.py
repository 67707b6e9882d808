"""Laws of the fold, for any history."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.clock import format_time
from replay.document import sequence
from replay.envelope import parse_event
from replay.events import AssetDescribed
from replay.log.contract import Record
from replay.session import reconstruct
from replay.timeline import Description, Evidence, Placed, fold, place
from tests.replay.history import ZERO

LISTENS = st.sampled_from(["a", "b", "c"])
ASSETS = st.sampled_from(["bell", "rain"])
SECONDS = st.sampled_from([0.0, 0.5, 1.0, 2.0, 5.0, 10.0])
ABOUT = st.fixed_dictionaries({}, optional={"listen": LISTENS})


def event(type_: str, data: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.tuples(st.just(type_), data)


STARTED = st.fixed_dictionaries(
    {"asset": ASSETS},
    optional={
        "listen": LISTENS, "in": SECONDS, "lane": st.sampled_from(["x", "y"]), "loop": st.booleans(),
        "rate": st.sampled_from([0.5, 1.0, 1.1]), "duration": SECONDS, "gain": st.sampled_from([0.5, 1.0]),
    },
)  # fmt: skip
ENDED = st.one_of(
    st.fixed_dictionaries({"listen": LISTENS}, optional={"duration": SECONDS}),
    st.fixed_dictionaries({"asset": ASSETS}, optional={"duration": SECONDS}),
)
RAMPED = {"listen": LISTENS, "ramp": SECONDS}
EVENTS = st.one_of(
    event("session-started", st.just({})),
    event("session-ended", st.just({})),
    event("listen-started", STARTED),
    event("listen-started", STARTED),
    event("listen-ended", ENDED),
    *(event(f"playback-{what}", ABOUT) for what in ("paused", "resumed", "stalled", "recovered")),
    event("playback-seeked", st.fixed_dictionaries({"to": SECONDS}, optional={"listen": LISTENS})),
    event(
        "rate-changed",
        st.fixed_dictionaries({"rate": st.sampled_from([0.5, 2.0])}, optional={"listen": LISTENS}),
    ),
    event("gain-changed", st.fixed_dictionaries({"gain": st.just(0.5)}, optional=RAMPED)),
    event("pan-changed", st.fixed_dictionaries({"pan": st.just(-0.5)}, optional=RAMPED)),
    event("heartbeat", st.just({})),
)
TIMED = st.tuples(st.integers(-2, 40), st.one_of(st.none(), st.integers(0, 12)), EVENTS)
DESCRIPTIONS = st.fixed_dictionaries({}, optional={"bell": SECONDS, "rain": SECONDS})


def placed(position: int, seconds: int, number: int | None, told: tuple[str, dict[str, Any]]) -> Placed:
    fields = {
        "id": f"e{position}", "source": "law", "type": told[0], "time": format_time(ZERO + seconds * 1_000_000),
        "session": "s", "device": "phone", "sequence": number, "data": told[1],
    }  # fmt: skip
    return place(Record(position, ZERO + position, parse_event(fields).body))


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    told = draw(st.lists(TIMED, min_size=1, max_size=14))
    lengths = draw(DESCRIPTIONS)
    descriptions = {
        asset: Description(100 + index, AssetDescribed(asset=asset, duration=duration))
        for index, (asset, duration) in enumerate(lengths.items())
    }
    records = tuple(placed(index, *one) for index, one in enumerate(told, start=1))
    return Evidence(log="default", session="s", records=records, descriptions=descriptions)


@given(evidences(), st.randoms(use_true_random=False))
def test_any_arrival_order_of_the_same_records_gives_the_same_timeline(
    evidence: Evidence, random: object
) -> None:
    shuffled = list(evidence.records)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = msgspec.structs.replace(evidence, records=tuple(shuffled))
    assert msgspec.json.encode(sequence(reconstruct(again))) == msgspec.json.encode(
        sequence(reconstruct(evidence))
    )


@given(evidences())
def test_times_alone_decide_when_no_two_events_share_one(evidence: Evidence) -> None:
    """Given distinct times, even the positions they were stored at move no clip, unless ends compete."""
    times = [record.time for record in evidence.records]
    kinds = [record.event.type for record in evidence.records]
    if len(set(times)) < len(times) or any(
        kinds.count(k) > 1 for k in ("listen-ended", "session-started", "session-ended")
    ):
        return
    last = len(evidence.records) + 1
    moved = tuple(
        msgspec.structs.replace(record, position=last - record.position) for record in evidence.records
    )
    one, other = fold(evidence), fold(msgspec.structs.replace(evidence, records=moved))
    assert [(c.listen, c.start, c.stop, c.end, c.media_in) for c in one.clips if c.listen in "abc"] == [
        (c.listen, c.start, c.stop, c.end, c.media_in) for c in other.clips if c.listen in "abc"
    ]
    assert (one.silences, one.unknown, one.totals) == (other.silences, other.unknown, other.totals)


@given(evidences())
def test_no_record_is_lost(evidence: Evidence) -> None:
    timeline = fold(evidence)
    shown = {mark.position for mark in timeline.marks}
    shown.update(position for clip in timeline.clips for position in clip.positions)
    shown.update(position for hold in (*timeline.pauses, *timeline.stalls) for position in hold.positions)
    assert shown == {record.position for record in evidence.records}


@given(evidences())
def test_every_instant_is_counted_once(evidence: Evidence) -> None:
    totals = fold(evidence).totals
    counted = totals.heard + totals.stalled + totals.paused + totals.silent + totals.unknown
    assert counted == totals.duration
    assert 0 <= totals.overlapping <= totals.heard


@given(evidences())
def test_nothing_on_one_row_lies_over_anything_else(evidence: Evidence) -> None:
    timeline = fold(evidence)
    rows: dict[int, list[tuple[int, int, str]]] = {}
    for clip in timeline.clips:
        rows.setdefault(clip.row, []).append((clip.start, clip.stop, clip.lane))
    for clips in rows.values():
        clips.sort()
        assert len({lane for *_, lane in clips}) == 1
        assert all(before[1] <= after[0] for before, after in pairwise(clips))


@given(evidences())
def test_no_clip_runs_backwards_and_media_follows_wall_time_within_a_listen(evidence: Evidence) -> None:
    timeline = fold(evidence)
    assert all(clip.stop >= clip.start for clip in timeline.clips)
    assert all(hold.stop >= hold.start for hold in (*timeline.pauses, *timeline.stalls))
    for listen in timeline.listens:
        assert listen.stop >= listen.start


@given(evidences(), st.data())
def test_a_prefix_needs_nothing_that_came_later(evidence: Evidence, data: st.DataObject) -> None:
    """Folding a prefix by itself is what an earlier `as of` shows: later records are not looked at."""
    cut = data.draw(st.integers(1, len(evidence.records)))
    prefix = msgspec.structs.replace(
        evidence, records=tuple(r for r in evidence.records if r.position <= cut), descriptions={}
    )
    timeline = fold(prefix)
    assert timeline.position <= cut
    seen = {p for clip in timeline.clips for p in clip.positions} | {m.position for m in timeline.marks}
    assert max(seen, default=0) <= cut


@settings(max_examples=50)
@given(evidences())
def test_a_replay_is_plain_json_and_the_same_bytes_each_time(evidence: Evidence) -> None:
    first = msgspec.json.encode(sequence(reconstruct(evidence)))
    assert first == msgspec.json.encode(sequence(reconstruct(evidence)))
    assert msgspec.json.decode(first)["session"] == "s"


@given(evidences())
def test_evidence_knows_its_records_in_order_and_by_device(evidence: Evidence) -> None:
    assert list(evidence.in_order) == sorted(evidence.records, key=lambda placed: placed.key)
    for device, members in evidence.by_device.items():
        assert list(members) == [placed for placed in evidence.in_order if placed.event.device == device]
    fewer = msgspec.structs.replace(evidence, records=evidence.records[:1])
    assert list(fewer.in_order) == list(evidence.records[:1])
