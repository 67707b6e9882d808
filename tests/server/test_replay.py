from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from projections.timelines import gather
from replay.clock import Clock, format_time, parse_time
from replay.document import sequence, timeline_document
from replay.envelope import parse_event
from replay.log import MemoryLog, Record
from replay.session import FOLD_VERSION, Session, reconstruct
from server.services import Services, warm
from server.settings import Settings
from tests.server.api import Api, Reply, event
from tests.server.conftest import open_over, serve

PATH = "/api/v1/sessions/walk/replay"
NOON = parse_time("2026-05-01T12:00:00Z")
SECOND = 1_000_000


class Hands:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> int:
        return self.time


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def clock(hands: Hands) -> Clock:
    return hands


def at(seconds: float) -> str:
    return format_time(NOON + int(seconds * SECOND))


def of(id: str, type: str, seconds: float, **more: Any) -> dict[str, object]:
    return event(id, type, time=at(seconds), session="walk", device="phone", **more)


async def walk(api: Api, hands: Hands) -> None:
    """A walk at noon, of which one listen is uploaded an hour late."""
    await api.send(
        of("1", "session-started", 0),
        of("2", "listen-started", 10, data={"asset": "river"}),
        of("3", "listen-ended", 70, data={"asset": "river", "reason": "finished"}),
        of("4", "session-ended", 200),
    )
    hands.time = NOON + 3600 * SECOND
    await api.send(of("5", "listen-started", 80, data={"asset": "bridge", "duration": 30}))


def assets(answer: Reply) -> list[str]:
    assert answer.status == 200, answer.body
    return [clip["asset"] for clip in answer.document["clips"]]


async def test_a_replay_is_the_fold_of_the_sessions_records(
    api: Api, services: Services, hands: Hands
) -> None:
    await walk(api, hands)
    answer = await api.get(PATH)
    session = reconstruct(await services.projections.timelines.gather("default", "walk"))
    assert answer.body == msgspec.json.encode(sequence(session))
    assert assets(answer) == ["river", "bridge"]
    assert (answer.document["position"], answer.position) == (5, 5)
    timeline = await api.get("/api/v1/sessions/walk/timeline")
    assert timeline.body == msgspec.json.encode(timeline_document(session))


async def test_as_of_a_position_or_a_recorded_time_the_late_upload_is_not_known(
    api: Api, hands: Hands
) -> None:
    await walk(api, hands)
    before = await api.get(PATH, {"as_of": 4})
    assert assets(before) == ["river"]
    assert before.document["position"] == 4
    for time in (at(0), at(3599.9), "2026-05-01T14:59:59+02:00", "2026-05-01T14:59:59%2B02:00"):
        by_time = await api.get(f"{PATH}?as_of={time}")
        assert by_time.body == before.body
    after = await api.get(PATH)
    for later in (at(3600), "2030-01-01T00:00:00Z", "5"):
        assert (await api.get(PATH, {"as_of": later})).body == after.body
    assert assets(after) == ["river", "bridge"]
    timeline = await api.get("/api/v1/sessions/walk/timeline", {"as_of": 4})
    assert timeline.document["position"] == 4


async def test_before_its_first_record_there_was_no_session(api: Api, hands: Hands) -> None:
    await api.send(event("other"))
    hands.time += SECOND
    await walk(api, hands)
    for as_of in ("0", "1", at(0)):
        assert (await api.get(PATH, {"as_of": as_of})).status == 404


async def test_beyond_the_head_there_is_nothing_to_be_as_of(api: Api, hands: Hands) -> None:
    await walk(api, hands)
    answer = await api.get(PATH, {"as_of": 6})
    assert (answer.status, answer.faults[0][1]) == (400, "as_of")


UNRELATED = {
    "an event of nobody": event("x"),
    "another session of the device": event("x", session="other", device="phone", sequence=3),
    "a number of the device that nothing waits for": event("x", device="phone", sequence=7),
    "the same asset elsewhere": event("x", "listen-started", session="other", data={"asset": "river"}),
    "another asset": event("x", "asset-described", data={"asset": "sea", "duration": 5}),
    "the asset of that name in another log": event(
        "x", "asset-described", log="park", data={"asset": "river"}
    ),
    "the session of that name in another log": event("x", session="walk", device="phone", log="park"),
    "the user of that name": event("x", user="ada"),
}


@pytest.mark.parametrize("other", UNRELATED.values(), ids=UNRELATED)
async def test_a_replay_is_the_same_bytes_whatever_else_arrives(
    api: Api, hands: Hands, other: dict[str, object]
) -> None:
    await walk(api, hands)
    await api.send(of("6", "heartbeat", 90, user="ada", sequence=1), of("7", "heartbeat", 91, sequence=2))
    before = await api.get(PATH)
    await api.send(other)
    after = await api.get(PATH)
    assert (after.body, after.headers["ETag"]) == (before.body, before.headers["ETag"])
    assert after.position == before.position + 1


async def test_what_a_replay_rests_on_moves_its_position_and_its_tag(api: Api, hands: Hands) -> None:
    await walk(api, hands)
    await api.send(of("6", "heartbeat", 90, sequence=1), of("7", "heartbeat", 91, sequence=3))
    for position, more in enumerate(
        (
            event("8", device="phone", sequence=2),
            event("9", "asset-described", data={"asset": "river", "title": "River"}),
            of("10", "heartbeat", 92),
        ),
        start=8,
    ):
        before = await api.get(PATH)
        await api.send(more)
        after = await api.get(PATH)
        assert after.document["position"] == position
        assert after.headers["ETag"] != before.headers["ETag"]


async def test_a_missing_number_turns_silence_into_unknown_until_it_is_found_anywhere(
    api: Api, hands: Hands
) -> None:
    await api.send(of("1", "session-started", 0, sequence=1), of("2", "session-ended", 60, sequence=3))
    holed = (await api.get(PATH)).document
    assert (holed["silences"], holed["unknown"]) == ([], [{"offset": 0.0, "duration": 60.0}])
    await api.send(event("3", session="other", device="another", sequence=2))
    await api.send(event("4", session="other", device="phone", log="park", sequence=2))
    assert (await api.get(PATH)).document == holed
    await api.send(event("5", session="other", device="phone", sequence=2))
    filled = (await api.get(PATH)).document
    assert (filled["silences"], filled["unknown"]) == ([{"offset": 0.0, "duration": 60.0}], [])
    assert filled["position"] == 5
    assert (await api.get(PATH, {"as_of": 4})).document == holed


async def test_a_replay_knows_nothing_of_the_clock_on_the_wall(api: Api, hands: Hands) -> None:
    await api.send(of("1", "listen-started", 10, data={"asset": "radio"}), of("2", "heartbeat", 20))
    parts = ("", "/replay", "/timeline")
    before = {part: await api.get(f"/api/v1/sessions/walk{part}") for part in parts}
    hands.time += 3600 * SECOND
    after = {part: await api.get(f"/api/v1/sessions/walk{part}") for part in parts}
    assert (before[""].document["state"], after[""].document["state"]) == ("live", "open")
    assert after["/timeline"].body == before["/timeline"].body
    assert after["/replay"].body == before["/replay"].body
    assert after["/replay"].headers["ETag"] == before["/replay"].headers["ETag"]


async def test_what_is_sent_twice_changes_nothing(api: Api, hands: Hands) -> None:
    await walk(api, hands)
    before = await api.get(PATH)
    await walk(api, hands)
    after = await api.get(PATH)
    assert (after.body, after.headers["ETag"]) == (before.body, before.headers["ETag"])


async def test_a_clock_that_went_back_hides_what_came_after_the_first_later_record(
    api: Api, hands: Hands
) -> None:
    for second in (10, 30, 20, 40):
        hands.time = NOON + second * SECOND
        await api.send(of(str(second), "heartbeat", 0))
    known = {
        second: [mark["position"] for mark in (await api.get(PATH, {"as_of": at(second)})).document["marks"]]
        for second in (10, 20, 29, 30, 39, 40)
    }
    assert known == {10: [1], 20: [1], 29: [1], 30: [1, 2, 3], 39: [1, 2, 3], 40: [1, 2, 3, 4]}


async def test_the_tag_is_of_epoch_position_erasure_and_fold(
    api: Api, services: Services, hands: Hands
) -> None:
    await walk(api, hands)
    tag = (await api.get(PATH)).headers["ETag"]
    assert tag == f'"{services.log.epoch}-5-0-{FOLD_VERSION}"'
    await api.send(event("x", log="park"))
    await api.ask("DELETE", "/api/v1/events/x?log=park")
    assert (await api.get(PATH)).headers["ETag"] == tag
    await api.send(event("y"))
    await api.ask("DELETE", "/api/v1/events/y")
    assert (await api.get(PATH)).headers["ETag"] == f'"{services.log.epoch}-5-9-{FOLD_VERSION}"'


async def test_an_erasure_changes_the_replay_of_earlier_positions_too(api: Api, hands: Hands) -> None:
    await walk(api, hands)
    first = await api.get(PATH, {"as_of": 4})
    await api.ask("DELETE", "/api/v1/events/2")
    again = await api.get(PATH, {"as_of": 4})
    assert again.headers["ETag"] != first.headers["ETag"]
    assert again.document["erased"] == [2]
    assert [clip["asset"] for clip in again.document["clips"]] != ["river", "bridge"]
    assert (await api.get(PATH)).document["erased"] == [2]


async def test_who_has_the_bytes_is_told_so(api: Api, hands: Hands) -> None:
    await walk(api, hands)
    answer = await api.get(PATH)
    tag = answer.headers["ETag"]
    assert answer.headers["Cache-Control"] == "private, no-cache"
    for has in (tag, f"W/{tag}", f'"old", {tag}', "*"):
        same = await api.get(PATH, headers={"If-None-Match": has})
        assert (same.status, same.body, same.headers["ETag"]) == (304, b"", tag)
        assert same.position == 5
    for has in ('"old"', tag.strip('"'), ""):
        assert (await api.get(PATH, headers={"If-None-Match": has})).status == 200
    await api.send(of("6", "listen-started", 150, data={"asset": "gate"}))
    assert (await api.get(PATH, headers={"If-None-Match": tag})).status == 200
    assert (await api.get(PATH, {"as_of": 5}, headers={"If-None-Match": tag})).status == 304


async def test_a_read_waits_for_the_position_of_a_write(api: Api, services: Services, hands: Hands) -> None:
    await walk(api, hands)
    reading_ = asyncio.ensure_future(api.get(PATH, {"min_position": 6, "wait": 20}))
    late = await api.get(PATH, {"min_position": 6, "wait": 0.01})
    assert (late.status, late.headers["Retry-After"]) == (503, "1")
    await api.send(
        of("6", "listen-started", 150, data={"asset": "gate"}), headers={"Prefer": "respond-async"}
    )
    assert assets(await reading_) == ["river", "bridge", "gate"]


async def test_as_of_a_position_that_the_views_have_not_passed_waits_for_them(
    api: Api, services: Services, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    await walk(api, hands)

    async def never(_position: int, _seconds: float) -> bool:
        return False

    with monkeypatch.context() as patch:
        patch.setattr(type(services.projections), "position", 3)
        patch.setattr(services.projections, "wait_for", never)
        assert (await api.get(PATH, {"as_of": 4})).status == 503
        assert (await api.get(PATH, {"as_of": 3})).status == 200


@pytest.mark.parametrize("path", [PATH, "/api/v1/sessions/walk/timeline"])
async def test_a_long_session_is_folded_to_the_same_bytes(
    api: Api, hands: Hands, services: Services, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    await walk(api, hands)
    beside = await api.get(path)
    services.warm.forget()
    monkeypatch.setattr(warm, "LONG", 0)
    assert (await api.get(path)).body == beside.body


async def test_a_timeline_is_encoded_once_while_its_session_is_warm(
    api: Api, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Session] = []

    def counted(session: Session) -> dict[str, Any]:
        told.append(session)
        return timeline_document(session)

    monkeypatch.setattr("server.reads.replays.timeline_document", counted)
    await walk(api, hands)
    path = "/api/v1/sessions/walk/timeline"
    assert (await api.get(path)).body == (await api.get(path)).body
    assert len(told) == 1
    await api.send(of("6", "heartbeat", 90))
    assert len((await api.get(path)).document["marks"]) == 3
    assert len(told) == 2


async def test_a_replay_takes_one_fold_even_of_a_session_too_large_to_be_kept(
    api: Api, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    folded: list[Session] = []

    def counted(*evidence: Any, **named: Any) -> Session:
        folded.append(reconstruct(*evidence, **named))
        return folded[-1]

    monkeypatch.setattr(warm, "reconstruct", counted)
    monkeypatch.setattr(warm, "MOST_RECORDS", 0)
    await walk(api, hands)
    assert (await api.get("/api/v1/sessions/walk/replay")).status == 200
    assert len(folded) == 1


async def test_long_sessions_are_folded_few_at_a_time_and_short_ones_beside_them(
    api: Api, hands: Hands, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await walk(api, hands)
    async with services.folding, services.folding:  # every place is taken
        assert (await api.get(PATH)).status == 200
        services.warm.forget()
        monkeypatch.setattr(warm, "LONG", 0)
        waiting = asyncio.create_task(api.get(PATH))
        assert (await api.get("/api/v1/head")).status == 200
        assert not waiting.done()
    assert (await waiting).status == 200


async def test_a_session_beyond_what_can_be_folded_is_refused_as_such(
    api: Api, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    await walk(api, hands)
    monkeypatch.setattr(gather, "MOST_BYTES", 100)
    answer = await api.get(PATH)
    assert (answer.status, answer.faults[0][1]) == (413, "session")


class Held(MemoryLog):
    """A log whose reading is held up, as a rebuild is by a large one."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()

    async def read(self, after: int, limit: int) -> list[Record]:
        self.begun.set()
        await self.go_on.wait()
        return await super().read(after, limit)


async def test_while_there_are_no_views_reads_tell_the_progress_and_ingest_goes_on(
    settings: Settings,
) -> None:
    log = Held()
    await log.append([parse_event(event("1", session="walk"))])
    async with open_over(log, settings, caught_up=False) as services, serve(services) as api:
        await log.begun.wait()
        for path in (PATH, "/api/v1/sessions", "/api/v1/devices", "/api/v1/devices/d/clock"):
            answer = await api.get(path)
            assert answer.status == 503
            assert answer.document["type"] == "urn:playhead:problem:rebuilding"
            assert answer.document["progress"] == {"done": 0, "total": 1}
            assert int(answer.headers["Retry-After"]) >= 1
        waiting = await api.get(PATH, {"min_position": 1, "wait": 20})
        assert waiting.document["type"] == "urn:playhead:problem:rebuilding"
        sent = await api.send(event("2", session="walk"))
        assert (sent.status, sent.document["position"]) == (202, 2)
        ready = await api.get("/readyz")
        assert (ready.status, ready.document["ready"]) == (503, False)
        assert ready.document["views"][0]["building"] == {"done": 0, "total": 1}
        log.go_on.set()
        await services.projections.catch_up()
        assert (await api.get(PATH, {"min_position": 2})).status == 200
        assert (await api.get("/readyz")).status == 200
        await log.close()
