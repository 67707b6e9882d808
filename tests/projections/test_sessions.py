"""What a list of sessions shows, and which sessions each filter lets through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from projections import SessionFilter
from replay.errors import NotFound
from tests.projections.house import ZERO, House, dump, event


async def ids(house: House, **wanted: Any) -> list[str]:
    page = await house.timelines.list(SessionFilter(**wanted))
    assert page.next is None
    return [row.session for row in page.sessions]


async def test_a_row_sums_its_session_up(house: House) -> None:
    positions = await house.tell(
        event("session-started", at=1, user="ann", data={"client": "app 1.2"}),
        event("listen-started", at=2, device="d2", data={"asset": "a"}),
        event("listen-started", at=0.5, data={"asset": "b"}),
        event("session-ended", at=9),
    )
    row = await house.timelines.session("default", "s1")
    assert (row.first, row.last, row.events, row.listens) == (positions[0], positions[-1], 4, 2)
    assert (row.first_time, row.last_time) == (ZERO + 500_000, ZERO + 9_000_000)
    assert (row.started, row.started_time, row.client) == (positions[0], ZERO + 1_000_000, "app 1.2")
    assert (row.ended, row.ended_time, row.state) == (positions[3], ZERO + 9_000_000, "ended")
    assert (row.devices, row.users, row.recorded) == (("d1", "d2"), ("ann",), ZERO)


async def test_the_first_start_by_position_names_the_client_even_without_one(house: House) -> None:
    [first] = await house.tell(event("session-started", at=5))
    [second] = await house.tell(event("session-started", at=1, data={"client": "later"}))
    row = await house.timelines.session("default", "s1")
    assert (row.started, row.started_time, row.client) == (first, ZERO + 5_000_000, None)
    assert row.last == second


async def test_the_last_end_by_position_counts(house: House) -> None:
    await house.tell(event("session-ended", at=9))
    [last] = await house.tell(event("session-ended", at=3))
    row = await house.timelines.session("default", "s1")
    assert (row.ended, row.ended_time) == (last, ZERO + 3_000_000)


async def test_sessions_are_listed_newest_first_by_their_first_record(house: House) -> None:
    await house.tell(event(session="a", at=50), event(session="b", at=10), event(session="a", at=90))
    assert await ids(house) == ["b", "a"]


async def test_a_record_without_a_session_is_on_no_timeline(house: House) -> None:
    await house.tell(event(session=None))
    assert await ids(house) == []


async def test_a_description_of_what_it_plays_changes_no_row_of_a_session(
    house: House, tmp_path: Path
) -> None:
    """What is known of an asset is joined when it is asked for, so that a late description costs nothing."""
    await house.tell(event("listen-started", data={"asset": "a"}))
    before = dump(tmp_path)
    described = {"asset": "a", "title": "A", "duration": 5, "gain": 0.5, "tags": ["x"]}
    await house.tell(event("asset-described", session=None, device=None, data=described))
    after = dump(tmp_path)
    assert len(after["descriptions"]) == len(before["descriptions"]) + 1
    for table in ("sessions", "members", "timeline", "devices", "feed", "counts"):
        assert after[table] == before[table]


async def test_an_unknown_session_is_not_found(house: House) -> None:
    with pytest.raises(NotFound, match="'s9' in log 'default'"):
        await house.timelines.session("default", "s9")


async def test_the_same_id_in_two_logs_is_two_sessions(house: House) -> None:
    await house.tell(event(log="one", at=1), event(log="two", at=2))
    assert (await house.timelines.session("one", "s1")).first_time == ZERO + 1_000_000
    assert (await house.timelines.session("two", "s1")).first_time == ZERO + 2_000_000


async def test_only_logs_that_may_be_read_are_listed(house: House) -> None:
    await house.tell(*(event(log=log, session=log) for log in ("one", "two", "three")))
    assert await ids(house, logs=frozenset(("one", "three"))) == ["three", "one"]
    assert await ids(house, logs=frozenset(("two",))) == ["two"]
    assert await ids(house, logs=frozenset()) == []
    assert await ids(house, log="two") == ["two"]
    assert await ids(house, log="two", logs=frozenset(("one",))) == []
    assert await ids(house, log="two", logs=frozenset(("one", "two"))) == ["two"]


async def test_filters_by_device_and_user(house: House) -> None:
    await house.tell(
        event(session="a", device="d1", user="ann"),
        event(session="b", device="d2", user="ann"),
        event(session="b", device="d1", user="bob"),
        event(session="c", device="d2", user="bob"),
        event(session="d", device=None, user=None),
    )
    assert await ids(house, device="d1") == ["b", "a"]
    assert await ids(house, user="bob") == ["c", "b"]
    assert await ids(house, device="d2", user="ann") == ["b"]
    assert await ids(house, device="d3") == []
    assert await ids(house, user="d1") == []
    assert await ids(house, device="d1", log="other") == []


async def test_since_and_until_find_sessions_with_any_part_between(house: House) -> None:
    await house.tell(
        *(event(session="a", at=at) for at in (0, 10)),
        *(event(session="b", at=at) for at in (20, 30)),
        *(event(session="c", at=at) for at in (5, 25)),
    )

    async def between(since: float | None, until: float | None) -> list[str]:
        bounds = {"since": since, "until": until}
        moments = {name: ZERO + round(at * 1e6) for name, at in bounds.items() if at is not None}
        return await ids(house, **moments)

    assert await between(11, 19) == ["c"]
    assert await between(10, 20) == ["c", "b", "a"]
    assert await between(25.000001, None) == ["b"]
    assert await between(None, 4.999999) == ["a"]
    assert await between(31, None) == []


async def test_the_state_depends_on_the_end_and_the_clock(house: House) -> None:
    await house.tell(event(session="ended"), event("session-ended", session="ended"))
    await house.tell(event(session="open"))
    house.clock.move(299)
    await house.tell(event(session="live", at=-10_000))
    assert await ids(house, state="live") == ["live", "open"]
    house.clock.move(1)
    assert await ids(house, state="live") == ["live"]
    assert await ids(house, state="open") == ["open"]
    assert await ids(house, state="ended") == ["ended"]
    states = {row.session: row.state for row in (await house.timelines.list()).sessions}
    assert states == {"ended": "ended", "open": "open", "live": "live"}


async def test_text_is_found_in_ids_and_client_in_any_case(house: House) -> None:
    await house.tell(
        event("session-started", session="Morning-7", device="d1", user="u1", data={"client": "Web/2.0"}),
        event(session="s2", device="Kiosk_A", user="u2"),
        event(session="s3", device="d3", user="Élodie"),
    )
    assert await ids(house, text="mORNing") == ["Morning-7"]
    assert await ids(house, text="web/2") == ["Morning-7"]
    assert await ids(house, text="kiosk_a") == ["s2"]
    assert await ids(house, text="ÉLO") == ["s3"]
    assert await ids(house, text="élo") == ["s3"]
    assert await ids(house, text="nobody") == []


@pytest.mark.parametrize("text", ["%", "_", "\\", "a%b", "k_osk"])
async def test_text_has_no_wildcards(house: House, text: str) -> None:
    await house.tell(event(session="axb", device="kiosk"), event(session=f"-{text}-", device="d2"))
    assert await ids(house, text=text) == [f"-{text}-"]


async def test_filters_combine(house: House) -> None:
    await house.tell(
        event(session="a1", device="d1", at=1),
        event(session="a2", device="d1", at=100),
        event("session-ended", session="a3", device="d1", at=1),
        event(session="b1", device="d1", at=1),
    )
    assert await ids(house, device="d1", text="a", until=ZERO + 50_000_000, state="live") == ["a1"]


async def test_a_session_names_a_hundred_devices_at_most(house: House) -> None:
    await house.tell(*(event(device=f"d{number:03}") for number in range(150)))
    row = await house.timelines.session("default", "s1")
    assert row.devices == tuple(f"d{number:03}" for number in range(100))


async def test_a_page_says_where_its_view_stands(house: House) -> None:
    [position] = await house.tell(event())
    assert (await house.timelines.list()).position == position
    assert (await house.feeds.devices()).position == position
    assert (await house.feeds.page("default", "d1")).position == position
