"""Playback over HTTP: what is told, when, and how it goes on. Time passes as the test's own clock says."""

from __future__ import annotations

import msgspec
import pytest

from replay.errors import Invalid
from replay.playback import PIECE
from server.playing.ids import parse_id
from server.playing.playing import open_playing
from server.playing.questions import PLAYBACK
from tests.server.api import Api, event
from tests.server.playing.walk import (
    ANYBODY,
    FOLLOW,
    LINES,
    OFFSETS,
    PATH,
    WALK,
    Turned,
    heard,
    of,
    play,
    steps,
    stream,
    told,
)


async def test_a_header_comes_first_and_then_the_steps_and_then_the_end(api: Api) -> None:
    await api.send(*WALK)
    header, *between, end = await play(api)
    assert (header.event, header.id, end.event) == ("header", None, "end")
    document = told(header)
    assert (document["session"], document["position"], document["zero"]) == (
        "walk",
        9,
        "2026-05-14T12:00:00.000000Z",
    )
    assert (document["totals"]["heard"], document["speed"], document["next"]) == (23.0, 1.0, 1)
    assert [step["offset"] for step in steps(between)] == OFFSETS
    assert told(end) == {"position": 9, "ended": True, "stop": 40.0}


async def test_every_step_says_what_the_replay_says(api: Api) -> None:
    await api.send(*WALK)
    replay = (await api.get("/api/v1/sessions/walk/replay")).document
    found = [told(message) for message in await play(api) if message.event == "step"]
    assert [step["clip"] for step in found if step["kind"] == "clip-started"] == replay["clips"]
    assert [step["mark"] for step in found if step["kind"] == "mark"] == replay["marks"]
    assert [step["finding"] for step in found if step["kind"] == "finding"] == replay["findings"]
    assert [step["pause"] for step in found if step["kind"] == "pause-started"] == replay["pauses"]
    assert [step["silence"] for step in found if step["kind"] == "silence-started"] == replay["silences"]


@pytest.mark.parametrize(
    ("speed", "times"), [("1", 1), ("0.25", 4), ("64", 1 / 64), ("2.5", 0.4), ("max", 0)]
)
async def test_steps_are_told_when_they_happened(api: Api, speed: str, times: float) -> None:
    await api.send(*WALK)
    found = await heard(api.services, f"speed={speed}")
    assert [at for at, _ in found] == pytest.approx([offset * times for offset in OFFSETS])


async def test_silences_and_pauses_are_jumped_and_each_jump_is_told(api: Api) -> None:
    await api.send(*WALK)
    plain = await heard(api.services, "")
    found = await heard(api.services, "skip_silence=true")
    assert [step for _, step in found if step["kind"] != "jump"] == [step for _, step in plain]
    jumps = [(at, step["jump"]["offset"], step["jump"]["to"]) for at, step in found if step["kind"] == "jump"]
    assert jumps == [(0, 0, 5), (5, 10, 20), (23, 38, 40)]
    assert found[-1][0] == 23
    assert [at for at, step in found if step.get("mark", {}).get("type") == "heartbeat"] == [5]


async def test_from_begins_there_and_says_what_is_under_way(api: Api) -> None:
    await api.send(*WALK)
    for place in ("25", "2026-05-14T12:00:25Z", "25.0"):
        header, *between, _ = await play(api, {"from": place})
        assert told(header)["from"] == 25.0
        assert [begun["clip"]["listen"] for begun in told(header)["under_way"]] == ["bell"]
        assert [step["offset"] for step in steps(between)] == [30, 30, 38, 38, 40, 40]
    assert [at for at, _ in await heard(api.services, "from=25")] == [5, 5, 13, 13, 15, 15]
    assert steps(await play(api, {"from": "500"})) == []
    assert len(steps(await play(api, {"from": "-500", "speed": "max"}))) == len(OFFSETS)


@pytest.mark.parametrize("place", ["-999999999999", "-500", "0001-01-01T00:00:00Z"])
async def test_a_place_before_the_beginning_is_the_beginning(api: Api, place: str) -> None:
    await api.send(*WALK)
    assert await heard(api.services, f"from={place}") == await heard(api.services, "")
    header, *_ = await play(api, {"from": place, "speed": "max"})
    assert told(header)["from"] == OFFSETS[0]


@pytest.mark.parametrize("place", ["999999999999", "500", "9999-12-31T23:59:59Z"])
async def test_a_place_behind_the_end_is_the_end(api: Api, place: str) -> None:
    await api.send(*WALK)
    header, end = await play(api, {"from": place})
    assert (told(header)["from"], end.event) == (OFFSETS[-1], "end")


async def test_who_follows_from_behind_the_end_hears_all_that_is_new(api: Api) -> None:
    await api.send(*WALK[:2])
    async with stream(api, {**FOLLOW, "from": "999999999999"}) as opened:
        assert told(await opened.next())["from"] == 5.0
        await api.send(*WALK[2:])
        rest = await opened.rest()
    assert [step["offset"] for step in steps(rest)] == [offset for offset in OFFSETS if offset > 5]


async def test_a_stream_keeps_no_more_than_a_piece_for_a_reader(api: Api) -> None:
    """However much is under way or due at once: a message and a batch have about 64 KiB, or one step."""
    marks = [of(f"m{n}", "note", 2, text="x" * 30_000) for n in range(12)]
    bells = [of(f"b{n}", "listen-started", 1, asset="bell", listen=f"bell-{n}") for n in range(400)]
    await api.send(*WALK, *bells, *marks)
    playing = await open_playing(
        api.services, ANYBODY, "walk", PLAYBACK.parse("from=2&speed=max"), None, paced=True
    )
    assert playing is not None
    batches = [batch async for batch in playing.batches()]
    assert max(sum(len(one.body) for one in batch) for batch in batches) < 2 * PIECE
    header = msgspec.json.decode(batches[0][0].body)
    assert (header["under_way_count"], header["under_way"][-1]["clip"]["listen"]) == (400, "bell-399")
    assert 100 < len(header["under_way"]) < 400


async def test_who_begins_within_a_silence_is_told_the_jump_out_of_it(api: Api) -> None:
    await api.send(*WALK)
    found = await heard(api.services, "from=12&skip_silence=true")
    assert [(at, step["kind"], step["offset"]) for at, step in found][:3] == [
        (0, "jump", 12),
        (0, "mark", 15),
        (0, "pause-ended", 20),
    ]
    assert found[0][1]["jump"] == {"offset": 12.0, "duration": 8.0, "to": 20.0}


@pytest.mark.parametrize("skip", ["false", "true"])
async def test_who_comes_back_after_any_step_hears_exactly_the_rest(api: Api, skip: str) -> None:
    await api.send(*WALK)
    asked = {"speed": "max", "skip_silence": skip}
    _, *whole = await play(api, asked)
    for number, message in enumerate(whole[:-1]):
        await api.send(event(f"another-{skip}-{number}", session="other"))
        _, *rest = await play(api, asked, last_id=message.id)
        assert rest == whole[number + 1 :]


async def test_who_comes_back_is_told_what_was_known_then(api: Api) -> None:
    await api.send(*WALK[:6])
    async with stream(api) as opened:
        await opened.next()
        first = await opened.next()
    await api.send(*WALK[6:])
    header, *rest = await play(api, last_id=first.id)
    assert told(header)["position"] == 6
    assert max(step["offset"] for step in steps(rest)) == 30


async def test_who_has_heard_the_end_is_told_to_stay_away(api: Api) -> None:
    await api.send(*WALK)
    last = (await play(api))[-1]
    answer = await api.get(PATH, headers={"Last-Event-ID": str(last.id)})
    assert (answer.status, answer.body) == (204, b"")


async def test_a_place_that_is_no_more_is_told_and_everything_comes_again(api: Api) -> None:
    await api.send(*WALK)
    whole = await play(api)
    assert whole[3].id is not None
    await api.ask("DELETE", "/api/v1/events/4")
    reset, header, *rest = await play(api, last_id=whole[3].id)
    assert (reset.event, header.event) == ("reset", "header")
    assert len(steps(rest)) == len(OFFSETS) - 1
    other = await play(api, last_id=whole[3].id.replace(api.services.log.epoch, "elsewhere"))
    assert other[0].event == "reset"
    beyond = await play(api, last_id=f"{api.services.log.epoch}-999-1-00000000")
    assert beyond[0].event == "reset"
    corrected = await play(api, {"clock": "corrected"}, last_id=whole[3].id)
    assert corrected[0].event == "reset"


async def test_lines_say_the_same_at_once(api: Api, ticker: Turned) -> None:
    await api.send(*WALK)
    events = await play(api, {"skip_silence": "true"})
    before = ticker.now()
    answer = await api.get(PATH, {"skip_silence": "true"}, headers=LINES)
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    lines = [msgspec.json.decode(line) for line in answer.body.splitlines()]
    assert ticker.now() == before
    assert [line["event"] for line in lines] == [message.event for message in events]
    assert lines[1:] == [{"event": m.event, "id": m.id, **told(m)} for m in events][1:]
    assert lines[0] == {"event": "header", "id": None, **told(events[0]), "speed": "max"}
    rest = await api.get(PATH, {"skip_silence": "true"}, headers={**LINES, "Last-Event-ID": lines[-2]["id"]})
    assert [msgspec.json.decode(line)["event"] for line in rest.body.splitlines()] == ["header", "end"]


async def test_as_of_plays_what_was_known(api: Api) -> None:
    await api.send(*WALK)
    header, *_, end = await play(api, {"as_of": 4})
    assert (told(header)["position"], told(end)["ended"]) == (4, False)


async def test_a_head_request_is_answered_without_a_stream(api: Api) -> None:
    await api.send(*WALK)
    answer = await api.ask("HEAD", PATH, headers={"Accept": "text/event-stream"})
    assert (answer.status, answer.body, answer.position) == (200, b"", 9)
    assert api.services.streams.open == 0


BAD = [
    ({"speed": "0"}, "speed must be a number from 0.25 to 64, or max"),
    ({"speed": "65"}, "speed must be"),
    ({"speed": "nan"}, "speed must be"),
    ({"speed": "1e1"}, "speed must be"),
    ({"from": "noon"}, "from is not an RFC 3339 time"),
    ({"from": "1e400"}, "from is not an RFC 3339 time"),
    ({"skip_silence": "yes"}, "skip_silence must be true or false"),
    ({"follow": "true", "as_of": 4}, "cannot be asked for with as_of"),
    ({"as_of": 99}, "as_of is beyond the head"),
    ({"Speed": "1"}, "is no parameter here"),
]


@pytest.mark.parametrize(("parameters", "says"), BAD, ids=str)
async def test_a_bad_question_is_refused_by_name(api: Api, parameters: dict[str, object], says: str) -> None:
    await api.send(*WALK)
    answer = await api.get(PATH, parameters)
    assert (answer.status, says in answer.document["detail"]) == (400, True), answer.body


@pytest.mark.parametrize("id", ["7", "x-1-1-0000000", "a" * 500, "e-1-1-0000000g", "-1-1-00000000"])
async def test_an_id_that_is_none_is_refused(api: Api, id: str) -> None:
    await api.send(*WALK)
    answer = await api.get(PATH, headers={"Last-Event-ID": id})
    assert (answer.status, answer.faults[0][1]) == (400, "Last-Event-ID")
    with pytest.raises(Invalid):
        parse_id(id)


async def test_a_session_that_is_not_there_is_not_played(api: Api) -> None:
    assert (await api.get(PATH)).status == 404
    await api.send(*WALK)
    await api.ask("DELETE", "/api/v1/sessions/walk")
    assert (await api.get(PATH)).status == 410
    assert (await api.get(PATH, headers={"Accept": "text/html"})).status == 406


async def test_a_session_from_the_first_of_all_years_to_the_last_is_played(api: Api) -> None:
    wide = [
        event(
            "1",
            "listen-ended",
            session="walk",
            time="0001-01-01T00:00:00Z",
            data={"asset": "a", "duration": 1e9},
        ),
        event(
            "2",
            "listen-started",
            session="walk",
            time="9999-12-31T23:59:59Z",
            data={"asset": "b", "duration": 1e9},
        ),
    ]
    await api.send(*wide)
    answer = await api.get(PATH, headers=LINES)
    assert answer.status == 200
    assert b'"event":"end"' in answer.body.splitlines()[-1]
