"""Clocks over HTTP: `clock=` on what is made of a session, and a device's clock by itself."""

from __future__ import annotations

import pytest

from replay.clock import Clock, format_time, parse_time
from tests.server.api import Api, event
from tests.server.test_replay import NOON, SECOND, Hands

WALK = "/api/v1/sessions/walk"
AHEAD = 30


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def clock(hands: Hands) -> Clock:
    return hands


async def tell(api: Api, hands: Hands, id: str, type: str, at: int, **more: object) -> None:
    """Something happens on a phone whose clock is ahead, and arrives at once."""
    hands.time = NOON + at * SECOND
    shown = format_time(hands.time + AHEAD * SECOND)
    sent = {"session": "walk", "device": "phone", "time": shown, "senttime": shown, **more}
    assert (await api.send(event(id, type, **sent))).status == 200


@pytest.fixture
async def walked(api: Api, hands: Hands) -> Api:
    await tell(api, hands, "0", "heartbeat", 0, session=None)
    await tell(api, hands, "1", "session-started", 5)
    await tell(api, hands, "2", "listen-started", 10, data={"asset": "river"})
    await tell(api, hands, "3", "listen-ended", 70, data={"asset": "river"})
    return api


async def test_a_replay_is_in_its_devices_time_and_says_so(walked: Api) -> None:
    document = (await walked.get(f"{WALK}/replay")).document
    assert (document["clock"], document["zero"]) == ("device", format_time(NOON + 35 * SECOND))
    [clock] = document["clocks"]
    assert (clock["device"], clock["offset"], clock["samples"]) == ("phone", AHEAD, 4)
    assert (await walked.get(f"{WALK}/replay", {"clock": "device"})).document == document


async def test_corrected_it_is_in_the_servers_and_another_entity(walked: Api) -> None:
    plain = await walked.get(f"{WALK}/replay")
    mended = await walked.get(f"{WALK}/replay", {"clock": "corrected"})
    assert (mended.document["clock"], mended.document["zero"]) == (
        "corrected",
        format_time(NOON + 5 * SECOND),
    )
    assert mended.document["clocks"] == plain.document["clocks"]
    assert mended.document["position"] == plain.document["position"]
    assert mended.headers["ETag"] != plain.headers["ETag"]
    for path in ("replay.json", "replay.csv"):
        tags = {
            (await walked.get(f"{WALK}/{path}", {"clock": c})).headers["ETag"]
            for c in ("device", "corrected")
        }
        assert len(tags) == 2
    again = await walked.get(
        f"{WALK}/replay", {"clock": "corrected"}, headers={"If-None-Match": mended.headers["ETag"]}
    )
    assert again.status == 304


async def test_a_timeline_is_told_in_either_time(walked: Api) -> None:
    starts = {}
    for clock in ("device", "corrected"):
        document = (await walked.get(f"{WALK}/timeline", {"clock": clock})).document
        assert document["clock"] == clock
        starts[clock] = parse_time(document["listens"][0]["start"])
    assert starts["device"] - starts["corrected"] == AHEAD * SECOND


async def test_another_clock_is_refused(walked: Api) -> None:
    answer = await walked.get(f"{WALK}/replay", {"clock": "sundial"})
    assert (answer.status, answer.faults) == (
        400,
        [(None, "clock", "clock must be one of device, corrected")],
    )


async def test_what_a_device_tells_later_leaves_a_corrected_replay_alone(walked: Api, hands: Hands) -> None:
    before = await walked.get(f"{WALK}/replay", {"clock": "corrected"})
    for number in range(20):
        await tell(walked, hands, f"later-{number}", "heartbeat", 100 + number, session=None)
    shown = format_time(NOON + 20 * SECOND)
    await walked.send(event("x", device="phone", time=shown, senttime=format_time(NOON + 900 * SECOND)))
    after = await walked.get(f"{WALK}/replay", {"clock": "corrected"})
    assert (after.body, after.headers["ETag"]) == (before.body, before.headers["ETag"])


async def test_a_devices_clock_is_told_from_all_its_records(walked: Api, hands: Hands) -> None:
    await tell(walked, hands, "9", "heartbeat", 200, session="other")
    answer = await walked.get("/api/v1/devices/phone/clock", token="read")
    assert answer.position == 5
    document = answer.document
    assert (document["device"], document["log"], document["offset"]) == ("phone", "default", AHEAD)
    assert (document["samples"], document["rate"], document["steps"]) == (5, None, [])
    assert document["at"] == format_time(NOON + 100 * SECOND)


async def test_a_device_that_tells_nothing_of_its_clock_has_none(api: Api) -> None:
    await api.send(event("1", device="mute"))
    document = (await api.get("/api/v1/devices/mute/clock")).document
    assert (document["offset"], document["uncertainty"], document["at"], document["samples"]) == (
        None,
        None,
        None,
        0,
    )


async def test_the_clock_of_an_unknown_device_is_not_found(api: Api) -> None:
    assert (await api.get("/api/v1/devices/nobody/clock")).status == 404
