"""Outlines: noted as stale in step with the log, made a moment later, exact whenever they are shown."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections import Projections
from projections.runner import outlines_manner
from projections.views import OUTLINES
from projections.views_file import file_name
from replay.envelope import Event
from replay.errors import Erased, NotFound
from replay.findings import DEFAULTS, Thresholds
from replay.outline import Outline, outline
from replay.session import reconstruct
from tests.projections.house import House, event, events_of_two_sessions, eventually, files, open_house

KIND = outlines_manner(DEFAULTS).kind
NAME = file_name(OUTLINES, KIND)
WALK = ("default", "s1")
BOTH = [WALK, ("default", "s2")]


async def seen(house: House, key: tuple[str, str] = WALK) -> Outline | None:
    """The outline at hand."""
    return (await house.projections.outlines.of([key])).get(key)


async def fresh(house: House, key: tuple[str, str] = WALK) -> Outline:
    """The outline as it is to be."""
    return outline(reconstruct(await house.timelines.gather(*key)))


async def outlined(house: House) -> Outline | None:
    await house.projections.outlining.catch_up()
    return await seen(house)


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob(f"{KIND}-*")))


def test_the_file_is_named_for_the_versions_of_outline_and_fold() -> None:
    assert f"sessions-outlines{OUTLINES[0].version}.db" == NAME


async def test_outlines_by_other_thresholds_are_another_file_and_never_mix(
    house: House, tmp_path: Path
) -> None:
    await house.tell(
        event("listen-started", data={"asset": "a"}),
        event("listen-ended", at=5, data={"asset": "a"}),
        event("listen-started", at=8, data={"asset": "b"}),
        event("listen-ended", at=9, data={"asset": "b"}),
    )
    found = await outlined(house)
    assert found is not None
    assert "gap" in {one.rule for one in found.findings}
    await house.projections.close()
    lenient = Thresholds(gap=10)
    again = await Projections.open(tmp_path, house.log, thresholds=lenient)
    try:
        assert await again.outlines.of([WALK]) == {}
        await again.catch_up()
        await again.outlining.catch_up()
        found = (await again.outlines.of([WALK]))[WALK]
        assert "gap" not in {one.rule for one in found.findings}
        kept = [name for name in files(tmp_path) if name.startswith(KIND) and name.endswith(".db")]
        assert kept == [file_name(OUTLINES, outlines_manner(lenient).kind)]
    finally:
        await again.close()


async def test_a_session_is_outlined_from_the_evidence_of_its_replay(house: House) -> None:
    await house.tell(
        event("listen-started", data={"asset": "a"}), event("listen-ended", at=5, data={"asset": "a"})
    )
    found = await outlined(house)
    assert found is not None
    assert found == await fresh(house)
    assert (found.clips, found.heard) == (1, 5.0)


async def test_what_happens_to_a_session_makes_its_outline_stale_until_it_is_made_again(house: House) -> None:
    await house.tell(event("listen-started", data={"asset": "a"}))
    first = await outlined(house)
    await house.tell(event("listen-ended", at=9, data={"asset": "a"}), event(session="s2"))
    assert await seen(house) is None, "before the outlines have heard of it, too"
    assert await outlined(house) == await fresh(house) != first


async def test_a_description_makes_the_sessions_that_play_the_asset_stale(house: House) -> None:
    await house.tell(event("listen-started", data={"asset": "a"}), event(session="s2", at=1))
    await outlined(house)
    before = await fresh(house)
    await house.tell(event("asset-described", session=None, device=None, data={"asset": "a", "duration": 60}))
    found = await outlined(house)
    assert found == await fresh(house)
    assert found is not None
    assert found.duration == 60.0 > before.duration


async def test_a_number_told_elsewhere_makes_the_session_that_lacks_it_stale(house: House) -> None:
    await house.tell(event("session-started", sequence=1), event("session-ended", at=9, sequence=3))
    found = await outlined(house)
    assert found is not None
    assert set(found.strip) == {"u"}
    await house.tell(event(session="s2", sequence=2, at=4))
    found = await outlined(house)
    assert found is not None
    assert set(found.strip) == {"s"}
    assert found == await fresh(house)


async def test_an_erasure_makes_an_outline_again_and_takes_the_last_with_the_session(
    house: House, tmp_path: Path
) -> None:
    name = "a-name-to-be-forgotten"
    key = ("default", name)
    first, second = await house.tell(
        event("listen-started", session=name, data={"asset": "a"}), event(session=name, at=9)
    )
    await house.projections.outlining.catch_up()
    before = await seen(house, key)
    await house.erase(first)
    await house.projections.outlining.catch_up()
    assert await seen(house, key) == await fresh(house, key) != before
    assert name.encode() in bytes_of(tmp_path)
    await house.erase(second)
    await house.projections.outlining.catch_up()
    assert await seen(house, key) is None
    await eventually(lambda: name.encode() not in bytes_of(tmp_path))


async def test_a_session_that_cannot_be_folded_says_so_and_keeps_nobody_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(evidence: object, **more: object) -> None:
        raise ValueError("no such luck")

    monkeypatch.setattr("projections.outlines.outliner.reconstruct", fail)
    await house.tell(event())
    found = await outlined(house)
    assert found == Outline(position=0, fault="ValueError: no such luck")
    assert await house.projections.outlines.outlined() == 1


async def test_outlines_tell_how_far_they_are(house: House) -> None:
    await house.tell(event(), event(session="s2"))
    [status] = [status for status in await house.projections.trailing_status() if status.name == "outlines"]
    assert (status.position, status.lag) == (0, 2)
    await outlined(house)
    [status] = [status for status in await house.projections.trailing_status() if status.name == "outlines"]
    assert (status.position, status.lag) == (2, 0)


async def test_they_follow_in_the_background(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.trailing.REST", 0.001)
    house.projections.start()
    for number in range(3):
        [receipt] = await house.log.append([event(at=number)])
        while await house.projections.outlines.outlined() < receipt.position:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.001)
        assert await seen(house) == await fresh(house)


async def test_a_crash_between_noting_and_making_loses_no_outline(house: House, tmp_path: Path) -> None:
    await house.tell(event("listen-started", data={"asset": "a"}))
    keeper = house.projections.outlining.keeper
    await keeper.catch_up()  # type: ignore[union-attr]
    assert await seen(house) is None
    again = await Projections.open(tmp_path, house.log, read_only=True)
    assert await again.outlines.of([WALK]) == {}
    await again.close()
    assert await outlined(house) == await fresh(house)


async def test_without_a_file_there_is_no_outline_at_hand(tmp_path: Path, house: House) -> None:
    assert await seen(house) is None
    assert await house.projections.outlines.outlined() == 0


some_events = events_of_two_sessions(min_size=1)
lives = st.lists(
    st.tuples(some_events, st.lists(st.integers(1, 20), max_size=2), st.sampled_from(["", "noted", "made"])),
    max_size=4,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(lives)
async def test_at_any_moment_of_any_life_an_outline_at_hand_is_that_of_a_fold(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[list[Event], list[int], str]]
) -> None:
    async with open_house(tmp_path_factory.mktemp("life")) as house:
        for events, erased, outlining in told:
            await house.tell(*events)
            if erased:
                await house.erase(*erased)
            if outlining == "noted":
                await house.projections.outlining.keeper.catch_up()  # type: ignore[union-attr]
            elif outlining == "made":
                await house.projections.outlining.catch_up()
            assert await at_hand(house) <= await as_they_are(house)
        await house.projections.outlining.catch_up()
        assert await at_hand(house) == await as_they_are(house)


async def at_hand(house: House) -> set[tuple[tuple[str, str], Outline]]:
    return set((await house.projections.outlines.of(BOTH)).items())


async def as_they_are(house: House) -> set[tuple[tuple[str, str], Outline]]:
    found = set()
    for key in BOTH:
        with suppress(NotFound, Erased):
            found.add((key, await fresh(house, key)))
    return found


async def test_the_file_keeps_no_name_of_what_is_gone(house: House, tmp_path: Path) -> None:
    await house.tell(event(session="gone", sequence=1), event(session="gone", sequence=3, at=1))
    await house.projections.outlining.catch_up()
    positions = await house.timelines.positions("default", "gone")
    await house.erase(*positions)
    await house.projections.outlining.catch_up()
    database = sqlite3.connect(f"file:{tmp_path / NAME}?mode=ro", uri=True)
    tables = ("outlines", "stale", "described", "lacking")
    rows = [row for table in tables for row in database.execute(f"SELECT * FROM {table}")]
    database.close()
    assert rows == []


async def test_an_outline_is_made_of_all_that_was_noted_though_the_views_come_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.tell(event(sequence=1), event(sequence=3, at=1))
    await house.log.append([event(session=None, sequence=2)])  # the views have yet to hear of it
    outliner = house.projections.outlining.afterwards.__self__  # type: ignore[attr-defined]

    async def come_along(position: int, seconds: float) -> bool:
        if house.projections.position < position:
            await house.projections.catch_up()
        return True

    monkeypatch.setattr(outliner, "_wait_for", come_along)
    await house.projections.outlining.catch_up()
    await house.projections.catch_up()
    assert await seen(house) == await fresh(house)


async def test_an_outline_whose_missing_number_was_elsewhere_is_made_again_when_that_is_erased(
    house: House,
) -> None:
    await house.tell(event(sequence=1), event(sequence=3, at=1))
    [elsewhere] = await house.tell(event(session=None, sequence=2))
    assert await outlined(house) == await fresh(house)
    await house.erase(elsewhere)
    assert await outlined(house) == await fresh(house)
