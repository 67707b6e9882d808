"""What is wrong with a session, and with a device's day, over HTTP."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from replay.findings import LIMITS, Thresholds
from replay.log import EventLog
from server.services import Services
from server.settings import Settings
from tests.replay.recordings.making import wav
from tests.server.api import Api, event
from tests.server.conftest import open_over, serve

PATH = "/api/v1/sessions/walk/findings"
DAY = "/api/v1/devices/phone/listening"


def of(id: str, type: str, at: str, session: str = "walk", **data: object) -> dict[str, object]:
    return event(id, type, time=f"2026-05-01T{at}Z", session=session, device="phone", data=data)


async def walk(api: Api) -> None:
    """Twelve seconds of silence between two listens, the second of which was skipped."""
    await api.send(
        event("0", "asset-described", data={"asset": "river", "title": "The river", "duration": 60}),
        of("1", "session-started", "12:00:00"),
        of("2", "listen-started", "12:00:00", asset="river", listen="a"),
        of("3", "listen-ended", "12:01:00", listen="a", reason="finished"),
        of("4", "listen-started", "12:01:12", asset="river", listen="b"),
        of("5", "listen-ended", "12:01:30", listen="b", reason="skipped"),
        of("6", "session-ended", "12:01:30"),
    )


def rules(document: dict[str, Any]) -> list[str]:
    return [finding["rule"] for finding in document["findings"] if finding["rule"] != "late-arrival"]


async def test_the_findings_are_those_of_the_replay(api: Api) -> None:
    await walk(api)
    answer = await api.get(PATH)
    replay = (await api.get("/api/v1/sessions/walk/replay")).document
    document = answer.document
    assert document["findings"] == replay["findings"]
    assert {name: document[name] for name in ("session", "log", "zero", "position", "clock")} == {
        name: replay[name] for name in ("session", "log", "zero", "position", "clock")
    }
    assert rules(document) == ["gap", "skipped"]
    assert document["counts"] == {"error": 0, "warning": 1, "info": 7}
    assert document["thresholds"] == msgspec.structs.asdict(Thresholds())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"rule": "gap"}, ["gap"]),
        ({"rule": "overlap"}, []),
        ({"severity": "warning"}, ["gap"]),
        ({"severity": "info"}, ["skipped"]),
        ({"severity": "error"}, []),
        ({"gap": "11.999"}, ["gap", "skipped"]),
        ({"gap": "12"}, ["skipped"]),
        ({"as_of": 4}, ["never-ended", "never-ended"]),
    ],
)
async def test_findings_by_rule_severity_threshold_and_position(
    api: Api, query: dict[str, object], found: list[str]
) -> None:
    await walk(api)
    document = (await api.get(PATH, query)).document
    if "as_of" in query:
        assert "gap" not in rules(document)
        assert "never-ended" in rules(document)
    else:
        assert rules(document) == found


async def test_an_answer_names_the_thresholds_that_it_used(api: Api) -> None:
    await walk(api)
    document = (await api.get(PATH, {"gap": "0.1", "rate_error": "50"})).document
    assert (document["thresholds"]["gap"], document["thresholds"]["rate_error"]) == (0.1, 50.0)
    assert [f["threshold"] for f in document["findings"] if f["rule"] == "gap"] == [{"seconds": 0.1}]


@pytest.mark.parametrize("name", LIMITS)
async def test_a_threshold_out_of_its_bounds_is_refused_by_name(api: Api, name: str) -> None:
    await walk(api)
    limit = LIMITS[name]
    for value in ("-1", str(limit.high * 1.01), "nan", "inf", "much", "1" * 30):
        answer = await api.get(PATH, {name: value})
        assert (answer.status, answer.faults[0][1]) == (400, name)
        assert f"from {limit.low:.10g} to {limit.high:.10g}" in answer.faults[0][2]


@pytest.mark.parametrize(
    ("query", "field"),
    [({"rule": "gaps"}, "rule"), ({"severity": "fatal"}, "severity"), ({"gaps": 1}, "gaps")],
)
async def test_what_there_is_not_is_refused_by_name(api: Api, query: dict[str, object], field: str) -> None:
    await walk(api)
    answer = await api.get(PATH, query)
    assert (answer.status, answer.faults[0][1]) == (400, field)


async def test_who_has_these_very_bytes_gets_none_and_other_questions_have_other_tags(api: Api) -> None:
    await walk(api)
    queries: list[dict[str, object]] = [{}, {"rule": "gap"}, {"severity": "info"}, {"gap": 1}, {"gap": 2}]
    tags = [(await api.get(PATH, query)).headers["ETag"] for query in queries]
    assert len(set(tags)) == len(queries)
    again = await api.get(PATH, {"gap": 1}, headers={"If-None-Match": tags[3]})
    assert (again.status, again.body) == (304, b"")


async def test_an_unknown_session_is_not_found(api: Api) -> None:
    assert (await api.get(PATH)).status == 404


async def test_the_thresholds_that_are_set_hold_for_the_replay_too_and_change_its_tag(
    engine: EventLog, settings: Settings
) -> None:
    seen = {}
    for gap in (0.05, 20.0):
        changed = msgspec.structs.replace(settings, thresholds=Thresholds(gap=gap))
        async with open_over(engine, changed) as services, serve(services) as api:
            await walk(api)
            replay = await api.get("/api/v1/sessions/walk/replay")
            assert rules((await api.get(PATH)).document) == rules(replay.document)
            assert rules((await api.get(PATH, {"gap": 1})).document) == ["gap", "skipped"]
            seen[gap] = (rules(replay.document), replay.headers["ETag"])
    assert (seen[0.05][0], seen[20.0][0]) == (["gap", "skipped"], ["skipped"])
    assert seen[0.05][1] != seen[20.0][1]


async def test_a_recording_that_was_promised_and_is_not_there_is_missing_until_it_is(
    api: Api, services: Services
) -> None:
    await walk(api)
    described = {"asset": "river", "title": "The river", "duration": 60, "url": "river.wav"}
    await api.send(event("d", "asset-described", data=described))
    before = await api.get("/api/v1/sessions/walk/replay")
    assert [f["message"] for f in before.document["findings"] if f["rule"] == "missing-audio"] == [
        '"The river" cannot be heard: there is no such file'
    ] * 2
    found = (await api.get(PATH, {"rule": "missing-audio"})).document
    assert found["counts"] == {"error": 2, "warning": 0, "info": 0}
    folder = services.media.recordings.folder("default")
    folder.mkdir(parents=True)
    (folder / "river.wav").write_bytes(wav(60))
    after = await api.get("/api/v1/sessions/walk/replay")
    assert "missing-audio" not in rules(after.document)
    assert before.headers["ETag"] != after.headers["ETag"]


async def test_what_lies_elsewhere_or_was_promised_by_nobody_is_not_missing(api: Api) -> None:
    await walk(api)
    assert "missing-audio" not in rules((await api.get(PATH)).document)
    described = {"asset": "river", "url": "https://media.example/river.wav"}
    await api.send(event("d", "asset-described", data=described))
    assert "missing-audio" not in rules((await api.get(PATH)).document)


def missing(document: dict[str, Any]) -> list[str]:
    return [one["message"] for one in document["findings"] if one["rule"] == "missing-audio"]


async def test_where_recordings_are_kept_one_that_nobody_knows_of_is_missing(
    api: Api, services: Services
) -> None:
    await walk(api)
    play = {"asset": "bell", "listen": "c"}
    await api.send(of("7", "listen-started", "12:01:20", **play), of("8", "listen-ended", "12:01:21", **play))
    before = await api.get("/api/v1/sessions/walk/replay")
    assert missing(before.document) == []
    folder = services.media.recordings.folder("default")
    folder.mkdir(parents=True)
    (folder / "other.wav").write_bytes(wav(1))
    after = await api.get("/api/v1/sessions/walk/replay")
    assert missing(after.document) == ['"bell" cannot be heard: it has no description']
    assert missing((await api.get(PATH)).document) == missing(after.document)
    assert before.headers["ETag"] != after.headers["ETag"]


async def test_a_session_that_was_promised_one_recording_misses_those_that_nobody_knows_of(api: Api) -> None:
    await walk(api)
    await api.send(
        event("d", "asset-described", data={"asset": "river", "url": "https://media.example/river.wav"}),
        of("7", "listen-started", "12:01:20", asset="bell", listen="c"),
        of("8", "listen-ended", "12:01:21", listen="c"),
    )
    assert missing((await api.get(PATH)).document) == ['"bell" cannot be heard: it has no description']


async def test_a_log_without_recordings_misses_none_until_its_sound_is_asked_for(api: Api) -> None:
    await walk(api)
    assert missing((await api.get("/api/v1/sessions/walk/replay")).document) == []
    asked = await api.get("/api/v1/sessions/walk/replay", {"digest": "true"})
    assert missing(asked.document) == ['"The river" cannot be heard: its description has no url'] * 2
    assert missing((await api.get("/api/v1/sessions/walk/replay")).document) == []


async def test_a_days_listening_tells_each_session_and_what_is_impossible(api: Api) -> None:
    await walk(api)
    await api.send(
        of("10", "session-started", "11:59:00", "radio"),
        of("11", "listen-started", "11:59:00", "radio", asset="live"),
        of("12", "heartbeat", "12:30:00", "radio"),
    )
    document = (await api.get(DAY, {"day": "2026-05-01"})).document
    told = [(one["session"], one["listening"], one["ended"]) for one in document["sessions"]]
    assert told == [("radio", 1860.0, False), ("walk", 78.0, True)]
    assert (document["listening"], document["wall"]) == (1938.0, 1860.0)
    assert document["sessions"][0]["why"] == [
        "nobody has told that it ended: it is drawn to its newest event, at 2026-05-01T12:30:00Z",
        "nobody told the end of 1 listen, 31 min long",
    ]
    (finding,) = document["findings"]
    assert (finding["rule"], finding["severity"], finding["positions"]) == (
        "impossible-time",
        "error",
        [3, 5, 9],
    )
    assert (finding["offset"], finding["duration"]) == (12 * 3600.0, 90.0)
    assert finding["threshold"] == {"seconds": 10.0, "percent": 1.0}
    assert "78 s more than the clock allows. radio: 31 min (nobody has told" in finding["message"]


async def test_another_day_or_a_higher_threshold_finds_nothing(api: Api) -> None:
    await walk(api)
    await api.send(
        of("11", "listen-started", "11:59:00", "radio", asset="live"),
        of("12", "heartbeat", "12:30:00", "radio"),
    )
    assert (await api.get(DAY, {"day": "2026-05-02"})).document["sessions"] == []
    asked = {"day": "2026-05-01", "impossible_time": 78}
    assert (await api.get(DAY, asked)).document["findings"] == []


@pytest.mark.parametrize("query", [{}, {"day": "today"}, {"day": "2026-05-32"}, {"day": "2026-5-1"}])
async def test_a_day_is_a_date(api: Api, query: dict[str, object]) -> None:
    await walk(api)
    answer = await api.get(DAY, query)
    assert (answer.status, answer.faults[0][1]) == (400, "day")


async def test_a_day_is_that_of_the_zone_that_is_asked_for(api: Api) -> None:
    await api.send(
        of("1", "listen-started", "21:30:00", asset="live", listen="a"),
        of("2", "listen-ended", "23:00:00", listen="a"),
    )
    seen = {}
    for day, zone in (
        ("2026-05-01", "UTC"),
        ("2026-05-01", "Europe/Berlin"),
        ("2026-05-02", "Europe/Berlin"),
    ):
        document = (await api.get(DAY, {"day": day, "timezone": zone})).document
        assert (document["day"], document["timezone"]) == (day, zone)
        seen[day, zone] = (document["zero"], document["listening"])
    assert seen == {
        ("2026-05-01", "UTC"): ("2026-05-01T00:00:00.000000Z", 5400.0),
        ("2026-05-01", "Europe/Berlin"): ("2026-04-30T22:00:00.000000Z", 1800.0),
        ("2026-05-02", "Europe/Berlin"): ("2026-05-01T22:00:00.000000Z", 3600.0),
    }


async def test_a_recording_that_plays_on_after_the_last_event_is_heard_the_next_day_too(api: Api) -> None:
    await api.send(
        event("0", "asset-described", data={"asset": "concert", "duration": 7200}),
        of("1", "listen-started", "23:30:00", asset="concert", listen="a"),
        of("2", "session-started", "09:00:00", "other"),
        of("3", "session-ended", "10:00:00", "other"),
    )
    heard = {}
    for day in ("2026-05-01", "2026-05-02", "2026-05-03"):
        document = (await api.get(DAY, {"day": day})).document
        heard[day] = [(one["session"], one["listening"]) for one in document["sessions"]]
    assert heard == {"2026-05-01": [("walk", 1800.0)], "2026-05-02": [("walk", 5400.0)], "2026-05-03": []}
    await api.send(of("4", "listen-ended", "23:40:00", listen="a"), of("5", "session-ended", "23:45:00"))
    assert (await api.get(DAY, {"day": "2026-05-02"})).document["sessions"] == []
    then = (await api.get(DAY, {"day": "2026-05-02", "as_of": 4})).document
    assert then["listening"] == 5400.0


async def test_a_duration_told_after_midnight_without_a_start_counts_on_the_day_before_too(api: Api) -> None:
    """Until its start arrives, which tells where it lies; the position before that is known as it was."""
    await api.send(event("1", "listen-ended", time="2026-05-02T00:30:00Z", session="walk", device="phone",
                         data={"listen": "a", "duration": 5400}))  # fmt: skip
    day = {"day": "2026-05-01"}
    before, after = [(await api.get(DAY, {"day": f"2026-05-0{n}"})).document for n in (1, 2)]
    assert (before["listening"], after["listening"]) == (3600.0, 1800.0)
    assert (before["claimed"], after["claimed"]) == (5400.0, 0.0)
    assert (before["sessions"][0]["start"], before["sessions"][0]["stop"]) == (
        "2026-05-01T23:00:00.000000Z",
        "2026-05-02T00:00:00.000000Z",
    )
    await api.send(of("2", "listen-started", "20:00:00", asset="live", listen="a"))
    assert (await api.get(DAY, day)).document["listening"] == 5400.0
    assert (await api.get(DAY, {**day, "as_of": 1})).document["listening"] == 3600.0


async def test_what_starts_after_the_end_of_its_session_plays_on_over_midnight(api: Api) -> None:
    await api.send(
        event("0", "asset-described", data={"asset": "concert", "duration": 7200}),
        of("1", "session-started", "20:00:00"),
        of("2", "session-ended", "21:00:00"),
        of("3", "listen-started", "23:30:00", asset="concert", listen="a"),
    )
    assert (await api.get(DAY, {"day": "2026-05-02"})).document["listening"] == 5400.0


HOURS = st.integers(0, 71)
ENDS = st.tuples(HOURS, st.sampled_from(["a", "b"]), st.sampled_from([0, 1800, 7200, 100_000, 400_000, None]))
STARTS = st.tuples(HOURS, st.sampled_from(["a", "b"]))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lives=st.lists(
        st.tuples(st.lists(STARTS, max_size=2), st.lists(ENDS, min_size=1, max_size=3)), max_size=3
    )
)
async def test_the_days_of_a_span_sum_up_to_what_its_sessions_sound(
    api: Api, lives: list[tuple[list[tuple[int, str]], list[tuple[int, str, int | None]]]]
) -> None:
    """Nothing that was told is lost between two days or counted on both, however far its duration reaches."""
    ids = itertools.count()

    def told(device: str, session: str, hour: int, type: str, **data: object) -> dict[str, object]:
        time = f"2026-05-{10 + hour // 24}T{hour % 24:02}:00:00Z"
        return event(f"{device}-{next(ids)}", type, time=time, session=session, device=device, data=data)

    device = f"phone-{uuid4()}"
    events = [told(device, "none", 0, "heartbeat")]
    for number, (starts, ends) in enumerate(lives):
        session = f"{device}-{number}"
        for hour, listen in starts:
            events.append(told(device, session, hour, "listen-started", asset="live", listen=listen))
        for hour, listen, duration in ends:
            data = {} if duration is None else {"duration": duration}
            events.append(told(device, session, hour, "listen-ended", listen=listen, **data))
    await api.send(*events)
    days = 0.0
    for day in range(3, 20):
        days += (await api.get(f"/api/v1/devices/{device}/listening", {"day": f"2026-05-{day:02}"})).document[
            "listening"
        ]
    assert days == sum(
        [
            (await api.get(f"/api/v1/sessions/{device}-{number}/replay")).document["totals"]["heard"]
            for number in range(len(lives))
        ]
    )


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "europe/berlin", "../../etc/passwd", "Europe", "/etc/localtime", "x" * 5000]
)
async def test_an_unknown_time_zone_is_refused_by_name(api: Api, zone: str) -> None:
    await walk(api)
    answer = await api.get(DAY, {"day": "2026-05-01", "timezone": zone})
    assert (answer.status, answer.faults[0][1]) == (400, "timezone")


async def test_a_day_that_a_zone_skipped_has_nothing(api: Api) -> None:
    await walk(api)
    answer = await api.get(DAY, {"day": "2011-12-30", "timezone": "Pacific/Apia"})
    assert (answer.document["zero"], answer.document["sessions"]) == (answer.document["stop"], [])


async def test_a_day_is_told_as_of_any_moment_of_the_log(api: Api) -> None:
    await walk(api)
    await api.send(
        of("10", "session-started", "11:59:00", "radio"),
        of("11", "listen-started", "11:59:00", "radio", asset="live"),
        of("12", "heartbeat", "12:30:00", "radio"),
    )
    day = {"day": "2026-05-01"}
    now = (await api.get(DAY, day)).document
    assert (now["as_of"], len(now["sessions"]), len(now["findings"])) == (None, 2, 1)
    before = (await api.get(DAY, {**day, "as_of": 7})).document
    assert (before["as_of"], [one["session"] for one in before["sessions"]], before["findings"]) == (
        7,
        ["walk"],
        [],
    )
    link = before["sessions"][0]["links"]["replay"]
    assert (await api.get(link)).document["position"] == 7
    assert (await api.get(DAY, {**day, "as_of": 1})).status == 404
    answer = await api.get(DAY, {**day, "as_of": 99})
    assert (answer.status, answer.faults[0][1]) == (400, "as_of")


async def test_an_unknown_device_is_not_found(api: Api) -> None:
    assert (await api.get(DAY, {"day": "2026-05-01"})).status == 404


async def test_a_day_that_is_too_much_is_refused_and_not_cut_short(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.reads.findings.MOST_EVENTS", 5)
    await walk(api)
    answer = await api.get(DAY, {"day": "2026-05-01"})
    assert (answer.status, answer.faults[0][1]) == (413, "day")
