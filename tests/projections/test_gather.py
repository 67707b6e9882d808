"""The evidence of a session, as of a position."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.clocks import Reading
from replay.document import sequence
from replay.envelope import Event
from replay.errors import Erased, NotFound, Unavailable
from replay.session import reconstruct
from replay.timeline.correction import reading_of
from replay.timeline.evidence import Evidence, Placed, place
from tests.projections.house import House, event, open_house


def positions(evidence: Evidence) -> list[int]:
    return sorted(placed.position for placed in evidence.records)


async def test_the_records_of_a_session_are_gathered_and_no_others(house: House) -> None:
    own = await house.tell(event(at=3), event(at=1), event(at=None))
    await house.tell(event(session="s2"), event(session=None), event(log="other"))
    evidence = await house.timelines.gather("default", "s1")
    assert (evidence.log, evidence.session) == ("default", "s1")
    assert positions(evidence) == own
    assert evidence.records == tuple(sorted(evidence.records, key=lambda placed: placed.key))


async def test_as_of_a_position_nothing_later_is_known(house: House) -> None:
    first, second, third = await house.tell(event(at=9), event(at=5), event(at=1))
    assert positions(await house.timelines.gather("default", "s1", second)) == [first, second]
    assert positions(await house.timelines.gather("default", "s1", third)) == [first, second, third]


async def test_before_its_first_record_a_session_is_not_found(house: House) -> None:
    [before] = await house.tell(event(session="s0"))
    await house.tell(event())
    with pytest.raises(NotFound, match=f"'s1' in log 'default' at position {before}"):
        await house.timelines.gather("default", "s1", before)


async def test_a_position_that_the_views_have_not_reached_is_not_answered(house: House) -> None:
    [position] = await house.tell(event())
    with pytest.raises(Unavailable, match=f"stand at position {position}, before {position + 1}"):
        await house.timelines.gather("default", "s1", position + 1)


def listen(asset: str) -> Event:
    return event("listen-started", data={"asset": asset})


def described(asset: str, title: str, log: str = "default") -> Event:
    return event("asset-described", log=log, session=None, device=None, data={"asset": asset, "title": title})


async def titles(house: House, as_of: int | None = None) -> dict[str, str | None]:
    evidence = await house.timelines.gather("default", "s1", as_of)
    return {asset: description.data.title for asset, description in evidence.descriptions.items()}


async def test_an_asset_has_its_last_description_within_the_prefix(house: House) -> None:
    [played] = await house.tell(listen("a"))
    [first] = await house.tell(described("a", "one"))
    [second] = await house.tell(described("a", "two"))
    assert await titles(house, played) == {}
    assert await titles(house, first) == {"a": "one"}
    assert await titles(house, second) == {"a": "two"}
    evidence = await house.timelines.gather("default", "s1")
    assert evidence.descriptions["a"].position == second


async def test_only_the_assets_that_the_session_plays_are_described(house: House) -> None:
    await house.tell(
        described("a", "A"), described("b", "B"), described("c", "C"), described("d", "D"), listen("a")
    )
    await house.tell(event("listen-ended", data={"asset": "b", "duration": 1}))
    await house.tell(event("listen-scheduled", data={"asset": "c", "at": "2026-05-14T14:00:00Z"}))
    await house.tell(event("note", data={"asset": "d"}), event("listen-ended", data={"listen": "e"}))
    assert await titles(house) == {"a": "A", "b": "B", "c": "C"}


async def test_a_description_in_another_log_does_not_count(house: House) -> None:
    await house.tell(listen("a"), described("a", "foreign", log="other"))
    assert await titles(house) == {}


async def test_an_erased_description_gives_way_to_the_one_before(house: House) -> None:
    await house.tell(listen("a"), described("a", "one"))
    [second] = await house.tell(described("a", "two"))
    await house.log.erase([second], "asked for")
    assert await titles(house) == {"a": "one"}, "while the views have not seen the erasure"
    await house.projections.catch_up()
    assert await titles(house) == {"a": "one"}


async def test_numbers_outside_the_session_come_with_their_lowest_position(house: House) -> None:
    await house.tell(event(log="other", sequence=4))
    await house.tell(event(sequence=3), event(sequence=7))
    outside = [
        event(session=None, sequence=5),
        event(session="s2", sequence=4),
        event(session="s2", sequence=5),
    ]
    five, four, again = await house.tell(*outside)
    await house.tell(event(session="s2", sequence=7), event(session="s2", sequence=8))
    await house.tell(event(session="s2", device="d2", sequence=6), event(log="other", sequence=6))
    evidence = await house.timelines.gather("default", "s1")
    assert evidence.sequences == {"d1": {4: four, 5: five}}
    assert (await house.timelines.gather("default", "s1", again)).sequences == evidence.sequences
    assert (await house.timelines.gather("default", "s1", five)).sequences == {"d1": {5: five}}


async def test_a_device_that_does_not_count_has_no_numbers(house: House) -> None:
    await house.tell(event(), event(session="s2", sequence=5), event(device=None, sequence=1))
    assert (await house.timelines.gather("default", "s1")).sequences == {}


async def test_erased_positions_are_named_up_to_the_prefix(house: House) -> None:
    one, two, three, four = await house.tell(*(event(at=at) for at in range(4)))
    await house.erase(two, four)
    evidence = await house.timelines.gather("default", "s1")
    assert (positions(evidence), evidence.erased) == ([one, three], (two, four))
    assert (await house.timelines.gather("default", "s1", three)).erased == (two,)
    assert (await house.timelines.gather("default", "s1", one)).erased == ()


async def test_what_is_erased_and_not_yet_folded_is_known_as_erased(house: House) -> None:
    one, two = await house.tell(event(), event())
    await house.log.erase([two], "asked for")
    evidence = await house.timelines.gather("default", "s1")
    assert (positions(evidence), evidence.erased) == ([one], (two,))


async def test_a_session_erased_as_a_whole_is_told_apart_from_an_unknown_one(house: House) -> None:
    all_of_it = await house.tell(event(), event())
    await house.erase(*all_of_it)
    with pytest.raises(Erased):
        await house.timelines.gather("default", "s1")
    with pytest.raises(Erased):
        await house.timelines.session("default", "s1")
    with pytest.raises(NotFound):
        await house.timelines.session("other", "s1")
    assert (await house.timelines.list()).sessions == ()


async def test_a_prefix_of_which_all_is_erased_is_erased_though_the_session_went_on(house: House) -> None:
    [one] = await house.tell(event())
    [two] = await house.tell(event())
    await house.erase(one)
    with pytest.raises(Erased, match=f"by position {one} was erased"):
        await house.timelines.gather("default", "s1", one)
    assert positions(await house.timelines.gather("default", "s1")) == [two]


async def test_an_erasure_is_on_no_timeline(house: House) -> None:
    one, two = await house.tell(event(at=1), event(at=2))
    house.clock.move(86_400)
    [erasure] = await house.erase(two)
    assert positions(await house.timelines.gather("default", "s1")) == [one]
    row = await house.timelines.session("default", "s1")
    assert (row.events, row.last) == (1, one)
    assert await house.timelines.newest_erasure("default") == erasure
    assert await house.timelines.newest_erasure("other") == 0


async def test_a_session_longer_than_a_chunk_is_gathered_whole(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.timelines.gather.CHUNK", 3)
    own = await house.tell(*(event(at=number // 4) for number in range(11)))
    assert positions(await house.timelines.gather("default", "s1")) == own
    assert await house.timelines.positions("default", "s1") == tuple(own)


async def test_a_devices_readings_outside_the_session_are_gathered_up_to_its_last_record(
    house: House,
) -> None:
    before, other, ahead = await house.tell(
        event(at=1, session=None), event(at=1, session=None, device="d2"), event(at=99, session="s2")
    )
    await house.tell(event(at=2))
    between, last = await house.tell(event(at=3, session="s2"), event(at=3))
    await house.tell(event(at=2, session="s2"), event(at=2, session=None, log="other"))
    evidence = await house.timelines.gather("default", "s1")
    assert [reading.position for reading in evidence.readings["d1"]] == [before, between]
    assert set(evidence.readings) == {"d1"}
    assert {other, ahead, last}.isdisjoint(reading.position for reading in evidence.readings["d1"])


async def test_only_the_readings_that_happened_last_are_gathered(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.timelines.gather.READINGS", 4)
    told = await house.tell(*(event(at=at, session=None) for at in range(9)))
    await house.tell(event(at=7.5))
    evidence = await house.timelines.gather("default", "s1")
    assert [reading.position for reading in evidence.readings["d1"]] == told[4:8]


async def test_the_devices_with_the_most_records_are_looked_at(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.timelines.gather.CLOCKS", 1)
    await house.tell(event(session=None), event(session=None, device="d2"))
    await house.tell(event(at=1), event(at=1, device="d2"), event(at=1, device="d2"))
    assert set((await house.timelines.gather("default", "s1")).readings) == {"d2"}


events = st.builds(
    event,
    st.sampled_from(["heartbeat", "session-started", "session-ended"]),
    session=st.sampled_from([None, "s1", "s2"]),
    device=st.sampled_from([None, "d1", "d2"]),
    log=st.sampled_from(["default", "other"]),
    at=st.none() | st.integers(-3, 3),
    sequence=st.none() | st.integers(0, 5),
)


def naive(records: list[Placed], up_to: int) -> Evidence | None:
    """The evidence of `s1` as a scan of the log finds it."""
    prefix = [placed for placed in records if placed.position <= up_to and placed.event.log == "default"]
    own = [placed for placed in prefix if placed.event.session == "s1"]
    numbers: dict[str, set[int]] = {}
    for placed in own:
        if placed.event.device is not None and placed.event.sequence is not None:
            numbers.setdefault(placed.event.device, set()).add(placed.event.sequence)
    sequences: dict[str, dict[int, int]] = {
        device: {} for device, known in numbers.items() if len(known) <= max(known) - min(known)
    }
    for placed in prefix:
        device, number = placed.event.device, placed.event.sequence
        if device is None or device not in sequences or number is None or number in numbers[device]:
            continue
        if min(numbers[device]) < number < max(numbers[device]):
            sequences[device].setdefault(number, placed.position)
    own.sort(key=lambda placed: placed.key)
    if not own:
        return None
    return Evidence(
        log="default",
        session="s1",
        records=tuple(own),
        sequences=sequences,
        readings=naive_readings(prefix, own),
    )


def naive_readings(prefix: list[Placed], own: list[Placed]) -> dict[str, tuple[Reading, ...]]:
    """What the devices of `own` tell of their clocks outside it, as a scan of the prefix finds it."""
    last = max(placed.position for placed in own)
    found = {}
    for device in sorted({placed.event.device for placed in own if placed.event.device is not None}):
        newest = max(placed.time for placed in own if placed.event.device == device)
        outside = [
            reading_of(placed)
            for placed in prefix
            if placed.event.device == device
            and placed.event.session != "s1"
            and placed.position < last
            and placed.time // 1000 <= newest // 1000
        ]
        if outside:
            found[device] = tuple(outside)
    return found


@settings(max_examples=60)
@given(told=st.lists(events, max_size=20), up_to=st.integers(0, 20))
def test_evidence_is_what_a_scan_of_the_prefix_finds(told: list[Event], up_to: int) -> None:
    async def check() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with open_house(Path(folder)) as house:
                await house.tell(*told)
                as_of = min(up_to, len(told))
                expected = naive([place(record) for record in await house.log.read(0, 100)], as_of)
                if expected is None:
                    with pytest.raises(NotFound):
                        await house.timelines.gather("default", "s1", as_of)
                else:
                    found = await house.timelines.gather("default", "s1", as_of)
                    assert msgspec.to_builtins(found) == msgspec.to_builtins(expected)

    asyncio.run(check())


listens = st.builds(
    event,
    st.just("listen-started"),
    at=st.integers(0, 5),
    session=st.sampled_from(["s1", "s2"]),
    data=st.fixed_dictionaries({"asset": st.sampled_from("ab")}, optional={"lane": st.just("x")}),
)
ends = st.builds(
    event,
    st.just("listen-ended"),
    at=st.integers(0, 8),
    data=st.fixed_dictionaries({"asset": st.sampled_from("ab")}, optional={"duration": st.integers(0, 3)}),
)
descriptions = st.builds(
    event,
    st.just("asset-described"),
    session=st.none(),
    device=st.none(),
    log=st.sampled_from(["default", "other"]),
    data=st.fixed_dictionaries({"asset": st.sampled_from("ab"), "duration": st.integers(0, 4)}),
)


async def replay(house: House, as_of: int | None = None) -> bytes | None:
    """The replay's bytes; None before the session's first record."""
    try:
        return msgspec.json.encode(
            sequence(reconstruct(await house.timelines.gather("default", "s1", as_of)))
        )
    except NotFound:
        return None


@settings(max_examples=60)
@given(st.lists(st.one_of(events, listens, ends, descriptions), max_size=14))
def test_a_replay_as_of_a_position_is_what_it_was_when_the_log_ended_there(told: list[Event]) -> None:
    async def check() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with open_house(Path(folder)) as house:
                known = []
                for one in told:
                    await house.tell(one)
                    known.append(await replay(house))
                assert [await replay(house, position) for position in range(1, len(told) + 1)] == known

    asyncio.run(check())
