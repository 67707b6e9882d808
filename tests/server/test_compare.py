"""Comparisons over HTTP: two sessions, two positions of one, the story of the demo's late upload, bad input."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from replay.findings import Thresholds
from tests.server.api import Api, event
from tests.server.conftest import open_over, patient, serve
from tests.server.demo.day import demo_log

BEFORE = "2026-05-15T00:00:00Z"
Document = dict[str, Any]


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Api]:
    """A server of the demo day."""
    log = await demo_log()
    async with open_over(log, patient(tmp_path)) as services, serve(services) as api:
        yield api


async def compared(api: Api, a: str, b: str, **parameters: object) -> Document:
    answer = await api.get(f"/api/v1/sessions/{a}/compare/{b}", parameters)
    assert answer.status == 200, answer.body
    document: Document = answer.document
    return document


def told(step: Document) -> list[str]:
    """What changed, findings aside."""
    return [change["message"] for change in step["changes"] if not change["kind"].startswith("finding")]


RULES = {"ended-before-start", "never-ended", "sequence-hole", "skipped", "gap"}
"""The rules that this story is about; what else is found is told too."""


def found(step: Document) -> list[str]:
    """What was raised (+) and cleared (-)."""
    signs = {"finding-raised": "+", "finding-cleared": "-"}
    rules = [(signs.get(one["kind"]), (one["now"] or one["was"] or {}).get("rule")) for one in found_in(step)]
    return sorted(f"{sign}{rule}" for sign, rule in rules if sign and rule in RULES)


def found_in(step: Document) -> list[Document]:
    return [change for change in step["changes"] if change["kind"].startswith("finding")]


STORY: dict[str, list[str]] = {
    "late-017": ["heartbeat at 150 s"],
    "late-018": [
        "the listen late-5 sounds from 124 s to 172 s",
        "124 s to 172 s was unknown and is heard",
        "172 s to 175 s was unknown and is silent",
    ],
    "late-008": [
        "Wind in the birches ends 5 s earlier, at 46 s: skipped (before: inferred from its length)",
        "46 s to 51 s was heard and is unknown",
    ],
    "late-010": ["the listen late-3 sounds from 46 s to 95 s", "46 s to 95 s was unknown and is heard"],
    "late-016": ["playback-resumed at 142 s"],
    "late-015": [
        "the session was paused from 130 s to 142 s",
        "playback-resumed at 142 s is part of a clip or a hold",
    ],
    "late-013": ["the listen late-4 sounds from 95 s to 119 s", "95 s to 119 s was unknown and is heard"],
    "late-014": [
        "119 s to 124 s was unknown and is silent",
        "A marimba at the end of the day ends 42 s earlier, at 130 s: paused (before: finished)",
        "A marimba at the end of the day at 124 s: asset marimba, not unknown; lane main, not 0",
        "130 s to 142 s was heard and is paused",
        "A marimba at the end of the day sounds from 142 s to 172 s",
    ],
    "late-009": ["The fountain at 46 s: asset fountain, not unknown; lane main, not 0; loop yes, not no"],
    "late-012": ["location-changed at 96 s"],
    "late-011": [
        "The church bell across the water at 95 s: asset church-bell, not unknown; lane main, not 0"
    ],
}
"""What each event of the late upload changed, in the order they were stored."""

FOUND: dict[str, list[str]] = {
    "late-017": ["+sequence-hole"],
    "late-018": ["+ended-before-start", "-sequence-hole"],
    "late-008": ["+sequence-hole", "+skipped", "-never-ended", "-sequence-hole"],
    "late-010": ["+ended-before-start", "+sequence-hole"],
    "late-013": ["+ended-before-start", "+sequence-hole"],
    "late-014": ["+gap", "-ended-before-start", "-sequence-hole"],
    "late-009": ["-ended-before-start", "-sequence-hole"],
    "late-011": ["+gap", "-ended-before-start", "-sequence-hole"],
}
"""Which findings each event raised and cleared; the others but changed what was found."""


async def test_the_late_upload_is_told_event_by_event(demo: Api) -> None:
    document = await compared(demo, "late", "late", as_of=BEFORE)
    assert {step["event"]["id"]: told(step) for step in document["steps"]} == STORY
    assert {step["event"]["id"]: found(step) for step in document["steps"] if found(step)} == FOUND
    assert document["complete"]
    assert document["totals"]["heard"] == {"a": 76.0, "b": 180.0, "difference": 104.0}
    assert document["totals"]["unknown"] == {"a": 124.0, "b": 0.0, "difference": -124.0}


async def test_each_position_of_the_late_upload_compared_with_the_one_before_is_its_step(demo: Api) -> None:
    whole = await compared(demo, "late", "late", as_of=BEFORE)
    before = whole["a"]["as_of"]
    for step in whole["steps"]:
        position = step["position"]
        alone = await compared(demo, "late", "late", as_of=position - 1, as_of_b=position)
        assert alone["steps"] == [step]
        assert [change["message"] for change in alone["changes"]] == [
            one["message"] for one in step["changes"]
        ]
        believed = await compared(demo, "late", "late", as_of=before, as_of_b=position)
        replay = (await demo.get("/api/v1/sessions/late/replay", {"as_of": position})).document
        assert {name: sums["b"] for name, sums in believed["totals"].items()} == replay["totals"]


async def test_what_changed_in_all_names_the_events_that_changed_it(demo: Api) -> None:
    document = await compared(demo, "late", "late", as_of=BEFORE)
    ids = {step["position"]: step["event"]["id"] for step in document["steps"]}
    brought = {change["message"]: [ids[one] for one in change["positions"]] for change in document["changes"]}
    assert brought["51 s to 119 s was unknown and is heard"] == ["late-010", "late-013"]
    assert brought["The fountain sounds from 46 s to 95 s"] == ["late-010", "late-009"]
    assert brought["the session was paused from 130 s to 142 s"] == ["late-015"]
    assert all(brought.values())


async def test_a_recording_that_was_described_later_is_found_outside_the_session(demo: Api) -> None:
    document = await compared(demo, "call-0417", "call-0417", as_of="2026-05-14T17:00:00Z")
    assert [(step["event"]["type"], step["records"]) for step in document["steps"]] == [
        ("asset-described", 0)
    ] * 2
    assert document["totals"]["heard"]["difference"] == -1.5


async def test_two_sessions_of_the_day_are_aligned_by_their_recordings(demo: Api) -> None:
    document = await compared(demo, "walk", "late")
    assert document["compared"] == "sessions"
    assert (document["a"]["plays"], document["b"]["plays"], document["aligned"]) == (6, 6, 6)
    assert document["summary"]["reordered"] == 2
    back = await compared(demo, "late", "walk")
    assert (back["aligned"], back["shift"]) == (6, document["shift"] and -document["shift"])


async def test_a_session_compared_with_itself_differs_in_nothing(demo: Api) -> None:
    document = await compared(demo, "walk", "walk")
    assert document["same"]
    assert document["message"].endswith("of one session: nothing differs")


async def walk(api: Api) -> None:
    await api.send(
        event("1", "session-started", session="walk"),
        event("2", "listen-started", session="walk", data={"asset": "bell"}),
        event("3", "heartbeat", session="silent"),
        event("4", "listen-started", session="other", log="park", data={"asset": "bell"}),
    )


@pytest.mark.parametrize(
    ("path", "parameters", "status", "says"),
    [
        ("nobody/compare/walk", {}, 404, "there is no session 'nobody' in log 'default' at position 4"),
        ("walk/compare/nobody", {}, 404, "there is no session 'nobody' in log 'default' at position 4"),
        ("walk/compare/other", {}, 404, "there is no session 'other' in log 'default'"),
        (
            "walk/compare/silent",
            {"as_of_b": 2},
            404,
            "there is no session 'silent' in log 'default' at position 2",
        ),
        ("walk/compare/walk", {"as_of": 0}, 404, "there is no session 'walk' in log 'default' at position 0"),
        ("walk/compare/walk", {"as_of": 99}, 400, "as_of is beyond the head"),
        ("walk/compare/walk", {"as_of_b": 99}, 400, "as_of_b is beyond the head"),
        ("walk/compare/walk", {"as_of": 3, "as_of_b": 1}, 400, "as_of_b is position 1, before as_of, 3"),
        ("walk/compare/silent", {"tolerance": -1}, 400, "tolerance must be a number of seconds"),
        ("walk/compare/silent", {"tolerance": "nan"}, 400, "tolerance must be a number of seconds"),
        ("walk/compare/%FF", {}, 400, "b holds an escape that is not UTF-8"),
        ("walk/compare/..", {}, 400, "must not be"),
    ],
)
async def test_what_cannot_be_compared_is_refused_by_name(
    api: Api, path: str, parameters: dict[str, object], status: int, says: str
) -> None:
    await walk(api)
    answer = await api.get(f"/api/v1/sessions/{path}", parameters)
    assert (answer.status, says in answer.document["detail"]) == (status, True), answer.body


async def test_a_session_without_listens_is_compared_all_the_same(api: Api) -> None:
    await walk(api)
    document = await compared(api, "walk", "silent")
    assert document["message"] == "b plays nothing: there is nothing to align the other's plays with"
    assert document["summary"] == {"missing": 1}


async def test_an_erased_session_is_gone(api: Api) -> None:
    await walk(api)
    assert (await api.ask("DELETE", "/api/v1/sessions/silent")).status == 200
    answer = await api.get("/api/v1/sessions/walk/compare/silent")
    assert (answer.status, "'silent'" in answer.document["detail"]) == (410, True)


async def test_an_erased_event_is_a_place_that_no_position_knows(api: Api) -> None:
    await walk(api)
    await api.send(event("5", "heartbeat", session="walk"))
    assert (await api.ask("DELETE", "/api/v1/events/2")).status == 200
    document = await compared(api, "walk", "walk", as_of=1, as_of_b=5)
    assert "what position 2 held was erased on request" in [one["message"] for one in document["changes"]]
    assert document["steps"][0]["event"]["erased"]


def cases(replay: Document) -> dict[str, int]:
    """How many cases each rule found in a replay."""
    rules = sorted({finding["rule"] for finding in replay["findings"]})
    return {rule: sum(one["count"] for one in replay["findings"] if one["rule"] == rule) for rule in rules}


async def test_findings_are_counted_as_both_replays_tell_them(tmp_path: Path) -> None:
    settings = patient(tmp_path, thresholds=Thresholds(gap=20.0, late_arrival=5.0))
    async with open_over(await demo_log(), settings) as services, serve(services) as api:
        document = await compared(api, "late", "complaint")
        for side, session in (("a", "late"), ("b", "complaint")):
            replay = (await api.get(f"/api/v1/sessions/{session}/replay")).document
            told = {rule: found[side] for rule, found in document["findings"].items() if found[side]}
            assert told == cases(replay)
        assert document["findings"]["late-arrival"]["a"] > 1
        assert document["findings"]["missing-audio"]["b"] > 1
        assert "gap" not in document["findings"]
        since = await compared(api, "late", "late", as_of=BEFORE)
        assert "gap" not in since["findings"]


async def test_what_is_compared_is_kept_warm(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    await walk(api)
    first = await compared(api, "walk", "silent")
    monkeypatch.setattr("server.services.warm.reconstruct", None)
    monkeypatch.setattr("server.reads.comparing.reconstruct", None)
    assert await compared(api, "walk", "silent") == first
    assert (await compared(api, "walk", "walk"))["same"]


async def test_long_sessions_are_compared_beside_the_event_loop(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.reads.comparing.LONG", 1)
    await walk(api)
    short = await compared(api, "walk", "silent")
    assert short["summary"] == {"missing": 1}
    assert (await compared(api, "walk", "walk", as_of=1))["steps"][0]["position"] == 2


async def test_a_thousand_plays_of_two_recordings_are_compared(api: Api) -> None:
    for session, assets in (("one", "ab"), ("other", "aab")):
        listens = (
            event(
                f"{session}-{n}",
                "listen-started",
                session=session,
                time=f"2026-05-14T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z",
                data={"asset": assets[n % len(assets)], "duration": 1},
            )
            for n in range(500)
        )
        assert (await api.send(*listens)).status == 200
    document = await compared(api, "one", "other")
    assert document["aligned"] + document["summary"]["missing"] == 500
    assert document["aligned"] > 300
    document = await compared(api, "one", "one", as_of=10)
    assert not document["complete"]
    assert sum(step["records"] for step in document["steps"]) == 490
    assert all(change["positions"] for change in document["changes"] if change["kind"] == "clip-appeared")
