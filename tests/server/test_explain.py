"""Why was it silent here? Over HTTP."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from replay.clock import Clock, format_time
from replay.explain import CAUSES
from tests.server.api import Api
from tests.server.test_replay import NOON, SECOND, Hands, at, of, walk

PATH = "/api/v1/sessions/walk/explain"
DOCS = (Path(__file__).parents[2] / "docs" / "explain.md").read_text(encoding="utf-8")


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def clock(hands: Hands) -> Clock:
    return hands


async def explained(api: Api, moment: object, **more: object) -> Any:
    answer = await api.get(PATH, {"at": moment, **more}, token="read")
    assert answer.status == 200, answer.body
    return answer.document


async def test_a_moment_can_be_told_in_every_way(api: Api, hands: Hands) -> None:
    await walk(api, hands)
    known = await explained(api, 75)
    assert (known["cause"], known["offset"], known["at"]) == ("gap", 75.0, at(75))
    for moment in (at(75), "2026-05-01T14:01:15+02:00", "12:01:15Z", "75.000"):
        assert await explained(api, moment) == known
    assert (await api.get(f"{PATH}?at=2026-05-01T14:01:15+02:00")).document == known


@pytest.mark.parametrize(
    "moment", ["nan", "inf", "-inf", "1e99", "99999999999", "yesterday", "1:15", "%00", "9" * 900]
)
async def test_a_moment_that_is_none_is_refused(api: Api, hands: Hands, moment: str) -> None:
    await walk(api, hands)
    answer = await api.get(PATH, {"at": moment})
    assert (answer.status, answer.faults[0][1]) == (400, "at")


@pytest.mark.parametrize("query", ["", "?at="])
async def test_a_moment_must_be_given(api: Api, hands: Hands, query: str) -> None:
    await walk(api, hands)
    answer = await api.get(PATH + query)
    assert (answer.status, answer.faults) == (
        400,
        [(None, "at", "at is required: the moment that is asked about")],
    )


@pytest.mark.parametrize(
    "moment", ["-9999999999", "9999999999", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
async def test_a_moment_far_away_has_an_answer(api: Api, hands: Hands, moment: str) -> None:
    await walk(api, hands)
    assert (await explained(api, moment))["cause"] in ("before-start", "after-end")


async def test_what_came_late_says_when_and_what_was_believed(api: Api, hands: Hands) -> None:
    await walk(api, hands)
    document = await explained(api, 90)
    assert document["cause"] == "playing"
    late = document["late"]
    assert (late["positions"], late["recordedtime"], late["by"]) == ([5], at(3600), 3520.0)
    assert (late["before"]["position"], late["before"]["cause"]) == (4, "gap")
    assert late["sentence"].startswith(
        "This is known only since 2026-05-01 13:00:00, 58 min 40 s after it happened. Until then: Nothing played"
    )
    before = await explained(api, 90, as_of=4)
    assert (before["cause"], before["late"], before["position"]) == ("gap", None, 4)
    assert before["sentence"] == late["before"]["sentence"]


async def test_of_a_session_that_came_late_as_a_whole_nothing_was_believed(api: Api, hands: Hands) -> None:
    hands.time = NOON + 7200 * SECOND
    await api.send(of("1", "session-started", 0), of("2", "session-ended", 60))
    late = (await explained(api, 30))["late"]
    assert late["before"] == {
        "position": 0, "cause": None, "state": "unknown", "sentence": "Nothing was known of the session.",
    }  # fmt: skip


async def test_the_answer_is_in_the_time_that_is_asked_for(api: Api, hands: Hands) -> None:
    for id, type_, second in (("1", "session-started", 0), ("2", "session-ended", 60)):
        hands.time = NOON + second * SECOND
        shown = format_time(hands.time + 30 * SECOND)
        await api.send({**of(id, type_, 0), "time": shown, "senttime": shown})
    assert (await explained(api, at(10)))["cause"] == "before-start"
    mended = await explained(api, at(10), clock="corrected")
    assert (mended["cause"], mended["clock"], mended["clocks"][0]["offset"]) == ("gap", "corrected", 30.0)


async def test_a_recording_that_is_described_and_not_there_is_missing(api: Api, hands: Hands) -> None:
    described = {"asset": "river", "title": "River", "url": "river.wav", "duration": 60}
    await walk(api, hands)
    await api.send(of("7", "asset-described", 0, data=described))
    document = await explained(api, 30)
    assert document["cause"] == "recording-missing"
    assert "there is no such file" in document["sentence"]
    assert "asset-described" in {record["type"] for record in document["records"]}


async def test_an_unknown_session_is_not_found_and_an_erased_one_gone(api: Api, hands: Hands) -> None:
    assert (await api.get(PATH, {"at": 0})).status == 404
    await walk(api, hands)
    await api.ask("DELETE", "/api/v1/sessions/walk")
    assert (await api.get(PATH, {"at": 0})).status == 410


async def test_a_session_without_listens_is_explained(api: Api) -> None:
    await api.send(of("1", "heartbeat", 0))
    document = await explained(api, 0)
    assert (document["cause"], document["playing"], document["before"], document["after"]) == (
        "not-told",
        [],
        None,
        None,
    )


def documented(text: str) -> list[str]:
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return [name for row in rows for name in re.findall(r"`([a-z_-]+)`", row)]


async def test_the_page_names_every_cause_and_every_field(api: Api, hands: Hands) -> None:
    causes, fields = DOCS.split("## The answer")
    assert documented(causes) == [row.id for row in CAUSES]
    await walk(api, hands)
    assert documented(fields) == list(await explained(api, 90))
