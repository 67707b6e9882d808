"""Playback over HTTP: what is told, when, to whom, and how it goes on. Time passes as the test's own clock says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Any

import aiohttp
import msgspec
import pytest

import replay.playback
from replay.clock import format_time, parse_time
from replay.errors import Invalid, Unavailable
from replay.playback import PIECE, Score
from replay.session import Session
from replay.timeline import Evidence
from server.access import ROLES, Identity
from server.cli.places.sse import Message, parse
from server.playing import desk
from server.playing import playing as listener
from server.playing.ids import parse_id
from server.playing.playing import Playing, open_playing
from server.playing.questions import PLAYBACK
from server.services import Services, scores
from server.settings import Settings
from tests.projections.house import keeper_of
from tests.server.api import Api, event
from tests.server.conftest import serve
from tests.server.test_live import until

PATH = "/api/v1/sessions/walk/playback"
NOON = parse_time("2026-05-14T12:00:00Z")
SECOND = 1_000_000_000
LINES = {"Accept": "application/x-ndjson"}
ANYBODY = Identity("test", "a test", frozenset(ROLES))
Document = dict[str, Any]


class Turned:
    """A clock that stands still but while somebody sleeps by it; `stopped`, even then."""

    def __init__(self) -> None:
        self.time = 5 * SECOND
        self.stopped = False

    def now(self) -> int:
        return self.time

    async def sleep(self, nanoseconds: int) -> None:
        if self.stopped:
            await asyncio.sleep(0.01)
            return
        self.time += max(0, nanoseconds)
        await asyncio.sleep(0)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A server whose streams show signs of life often, and give up on slow readers soon."""
    return msgspec.structs.replace(settings, heartbeat=0.05, write_timeout=0.2, max_streams=30)


@pytest.fixture
def ticker() -> Turned:
    return Turned()


@pytest.fixture
async def api(services: Services, ticker: Turned) -> AsyncIterator[Api]:
    """A server that plays by the test's clock."""
    services.ticker = ticker
    async with serve(services) as running:
        yield running


def of(id: str, type: str, seconds: float, **data: Any) -> dict[str, object]:
    time = format_time(NOON + int(seconds * 1_000_000))
    return event(id, type, time=time, session="walk", device="phone", data=data)


WALK = [
    of("1", "session-started", 0),
    of("2", "listen-started", 5, asset="bell", listen="bell"),
    of("3", "playback-paused", 10),
    of("4", "heartbeat", 15),
    of("5", "playback-resumed", 20),
    of("6", "listen-ended", 30, listen="bell"),
    of("7", "listen-started", 30, asset="rain", listen="rain"),
    of("8", "listen-ended", 38, listen="rain"),
    of("9", "session-ended", 40),
]
OFFSETS = [0, 0, 5, 5, 10, 10, 15, 20, 20, 30, 30, 38, 38, 40, 40]


class Stream:
    """One open stream."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer
        self._messages = parse(answer.content.iter_any())

    async def next(self) -> Message:
        async for message in self._messages:
            if message.data:
                return message
        raise EOFError

    async def rest(self) -> list[Message]:
        return [message async for message in self._messages if message.data]


@asynccontextmanager
async def stream(
    api: Api,
    parameters: Mapping[str, object] | None = None,
    *,
    token: str = "admin",
    last_id: str | None = None,
) -> AsyncIterator[Stream]:
    headers = api.headers(token, {"Accept": "text/event-stream"})
    headers |= {"Last-Event-ID": last_id} if last_id is not None else {}
    async with api.session.get(api.target(PATH, parameters), headers=headers) as answer:
        assert answer.status == 200, await answer.read()
        assert answer.headers["Content-Type"] == "text/event-stream"
        yield Stream(answer)


async def play(api: Api, parameters: Mapping[str, object] | None = None, **more: Any) -> list[Message]:
    async with stream(api, parameters, **more) as opened:
        return await opened.rest()


def told(message: Message) -> Document:
    document: Document = msgspec.json.decode(message.data)
    return document


def steps(messages: list[Message]) -> list[Document]:
    """The steps that were told, late ones too; findings aside, which are not what this is about."""
    found: list[Document] = []
    for message in messages:
        found += [told(message)] if message.event == "step" else told(message).get("late", [])
    return [step for step in found if step["kind"] != "finding"]


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


async def heard(services: Services, query: str) -> list[tuple[float, Document]]:
    """(seconds since it began, step) of each step as a listener is told it."""
    playing = await open_playing(services, ANYBODY, "walk", PLAYBACK.parse(query), None, paced=True)
    assert playing is not None
    began = services.ticker.now()
    found = []
    async for batch in playing.batches():
        at = (services.ticker.now() - began) / SECOND
        found += [(at, msgspec.json.decode(one.body)) for one in batch if one.name == "step"]
    return [(at, step) for at, step in found if step["kind"] != "finding"]


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


# Following a session that still runs.


async def hear(opened: Stream, count: int) -> list[Message]:
    """The next messages, up to so many steps that are no findings."""
    found: list[Message] = []
    while len(steps(found)) < count:
        found.append(await opened.next())
    return found


async def hear_news(opened: Stream) -> Document:
    """The next news, whatever is told before."""
    while (message := await opened.next()).event != "news":
        pass
    return told(message)


FOLLOW = {"follow": "true", "speed": "max"}


async def test_who_follows_hears_what_comes_until_the_session_ends(api: Api) -> None:
    await api.send(*WALK[:2])
    async with stream(api, FOLLOW) as opened:
        first = await hear(opened, 4)
        assert [step["kind"] for step in steps(first)][1:] == [
            "silence-started",
            "silence-ended",
            "clip-started",
        ]
        await api.send(*WALK[2:])
        rest = await opened.rest()
    [news] = [told(message) for message in rest if message.event == "news"]
    assert (rest[-1].event, news["position"]) == ("end", 9)
    assert [step["offset"] for step in [*steps(first), *steps(rest)]] == OFFSETS


@pytest.mark.parametrize(
    "ended", [pytest.param(38, id="with its last record"), pytest.param(20, id="before its last record")]
)
async def test_who_follows_hears_of_an_end_that_brings_no_step_to_come(api: Api, ended: float) -> None:
    await api.send(*WALK[:8])
    async with stream(api, FOLLOW) as opened:
        await hear(opened, 8)
        await api.send(of("9", "session-ended", ended))
        end = (await opened.rest())[-1]
    assert (end.event, told(end)["position"], told(end)["ended"]) == ("end", 9, True)


async def test_who_follows_hears_what_came_while_the_score_was_made(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.send(*WALK[:2])
    timelines = api.services.projections.timelines
    gather = timelines.gather

    async def gather_and_be_late(*asked: Any) -> Evidence:
        evidence = await gather(*asked)
        monkeypatch.undo()
        await api.send(*WALK[2:])
        return evidence

    monkeypatch.setattr(timelines, "gather", gather_and_be_late)
    rest = await play(api, FOLLOW)
    assert [step["offset"] for step in steps(rest)] == OFFSETS
    assert told(rest[-1]) == {"position": 9, "ended": True, "stop": 40.0}


async def test_what_comes_late_is_told_late_and_what_is_not_so_any_more_is_counted(api: Api) -> None:
    started = of("2", "listen-started", 5, asset="bell", listen="bell", duration=20)
    await api.send(WALK[0], started, of("h", "heartbeat", 30))
    async with stream(api, FOLLOW) as opened:
        first = await hear(opened, 7)
        assert [step["kind"] for step in steps(first)][-3:] == ["clip-ended", "unknown-started", "mark"]
        await api.send(
            of("p", "location-changed", 7, lat=1, lon=2), of("e", "listen-ended", 12, listen="bell")
        )
        news = await hear_news(opened)
    late = [(step["kind"], step["offset"]) for step in news["late"] if step["kind"] != "finding"]
    assert late == [("mark", 7), ("clip-ended", 12), ("unknown-started", 12)]
    assert news["withdrawn"] >= 2
    compared = await api.get(news["compare"])
    assert (compared.status, compared.document["compared"]) == (200, "positions")


async def test_who_comes_back_while_following_goes_on_where_it_was(api: Api) -> None:
    await api.send(*WALK[:2])
    async with stream(api, FOLLOW) as opened:
        first = await hear(opened, 4)
    await api.send(*WALK[2:6])
    async with stream(api, FOLLOW, last_id=first[-1].id) as opened:
        second = await hear(opened, 4)
    await api.send(*WALK[6:])
    third = await play(api, FOLLOW, last_id=second[-1].id)
    assert [step["offset"] for step in steps([*first, *second, *third])] == OFFSETS


async def test_news_are_folded_once_for_all_who_wait_and_not_more_than_once_a_second(
    api: Api, ticker: Turned, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.send(*WALK[:2])
    folds = counted(monkeypatch)
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(stream(api, FOLLOW)) for _ in range(10)]
        for one in opened:
            await hear(one, 4)
        assert folds == [2]
        began = ticker.now()
        for sent in WALK[2:]:
            await api.send(sent)
        for one in opened:
            assert (await one.rest())[-1].event == "end"
    assert folds[-1] == 9
    assert len(folds) - 1 <= 1 + (ticker.now() - began) // SECOND


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list that grows by one each time a score is made."""
    made: list[int] = []

    def score_of(session: Session) -> Score:
        made.append(session.timeline.position)
        return replay.playback.score_of(session)

    monkeypatch.setattr(desk, "score_of", score_of)
    return made


@pytest.mark.parametrize("follow", ["true", "false"])
async def test_once_something_is_erased_nothing_of_before_is_played_any_further(
    api: Api, ticker: Turned, follow: str
) -> None:
    await api.send(*WALK)
    ticker.stopped = True
    async with stream(api, {"follow": follow}) as opened:
        await opened.next()
        await api.ask("DELETE", "/api/v1/sessions/walk")
        assert [step["offset"] for step in steps(await opened.rest())] == [0, 0]
    assert (await api.get(PATH)).status == 410


async def test_who_comes_the_moment_after_an_erasure_hears_nothing_of_it(api: Api) -> None:
    await api.send(*WALK)
    async with stream(api, FOLLOW | {"speed": "1"}) as opened:
        await opened.next()
        await api.ask("DELETE", "/api/v1/events/4")
        assert "heartbeat" not in (await api.get(PATH, headers=LINES)).body.decode()


async def listening(services: Services, query: str = "follow=true&speed=max") -> Playing:
    """A listener of the walk, without a connection."""
    playing = await open_playing(services, ANYBODY, "walk", PLAYBACK.parse(query), None, paced=True)
    assert playing is not None
    return playing


async def test_nothing_is_told_that_was_erased_while_the_score_was_made(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.send(*WALK)
    timelines = api.services.projections.timelines
    gather = timelines.gather

    async def gather_and_be_late(*asked: Any) -> Evidence:
        evidence = await gather(*asked)
        await api.ask("DELETE", "/api/v1/events/4")
        return evidence

    with monkeypatch.context() as patched:
        patched.setattr(timelines, "gather", gather_and_be_late)
        playing = await listening(api.services)
    assert [batch async for batch in playing.batches()] == []


async def test_nothing_is_told_that_was_erased_though_the_views_have_yet_to_hear_of_it(api: Api) -> None:
    await api.send(*WALK[:8])
    services = api.services
    before = await listening(services)
    async with keeper_of(services.projections)._lock:  # the views stand still
        await services.erase("default", [4], "asked for")
        playing = await listening(services, "speed=max")
        bodies = [one.body async for batch in playing.batches() for one in batch]
        assert len(bodies) > 10
        assert not any(b"heartbeat" in body for body in bodies)
    assert [batch async for batch in before.batches()] == []


async def test_what_an_erasure_did_before_it_failed_is_not_told_any_more(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.send(*WALK)
    services = api.services
    erase = services.log.erase

    async def erase_and_fail(*asked: Any) -> Any:
        await erase(*asked)
        raise Unavailable("the disk is full")

    monkeypatch.setattr(services.log, "erase", erase_and_fail)
    before = await listening(services)
    async with keeper_of(services.projections)._lock:  # the views stand still
        with pytest.raises(Unavailable):
            await services.erase("default", [4], "asked for")
        assert "heartbeat" not in (await api.get("/api/v1/sessions/walk/replay")).body.decode()
    assert [batch async for batch in before.batches()] == []


async def test_who_follows_lets_the_views_be_built(api: Api, ticker: Turned) -> None:
    await api.send(*WALK[:2])
    playing = await listening(api.services)
    ticker.stopped = True
    building = asyncio.create_task(api.services.projections.rebuild(lambda done, total: None))
    looks = 0
    async with aclosing(playing.batches()) as batches:
        while not building.done():
            await anext(batches)
            looks += 1
            assert looks < 1000, "it looks again and again, and lets nobody else do anything"
    await building


async def test_who_waits_for_a_position_to_come_keeps_nobody_waiting(api: Api) -> None:
    await api.send(*WALK)
    waits = asyncio.create_task(listening(api.services, "min_position=10"))
    await until(lambda: len(keeper_of(api.services.projections).waiting._positions) == 1)
    assert (await listening(api.services)).score.position == 9
    await api.send(event("10", session="other"))
    assert (await waits).score.position == 9


# Readers: many, slow, revoked.


async def test_all_who_listen_share_one_score_and_leave_nothing_behind(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.send(*WALK[:4])
    folds = counted(monkeypatch)
    async with AsyncExitStack() as stack:
        for _ in range(20):
            opened = await stack.enter_async_context(stream(api, FOLLOW))
            await opened.next()
        assert len(folds) == 1
        assert len(api.services.scores) == 1
        assert api.services.streams.open == 20
    await until(lambda: api.services.streams.open == 0 and len(api.services.scores) == 0)


async def test_scores_take_no_more_memory_than_there_is_for_them(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.send(*WALK[:4], event("o", session="other", time=format_time(NOON)))
    monkeypatch.setattr(scores, "MOST_BYTES", 1000)
    async with stream(api, {"follow": "true"}) as opened:
        await opened.next()
        answer = await api.get("/api/v1/sessions/other/playback", headers=LINES)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    await until(lambda: len(api.services.scores) == 0)
    assert (await api.get("/api/v1/sessions/other/playback", headers=LINES)).status == 200


async def test_a_stream_ends_when_its_token_is_revoked(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    assert api.services.access is not None
    monkeypatch.setattr(listener, "LOOK_EVERY", SECOND // 50)
    await api.send(*WALK[:2])
    async with stream(api, FOLLOW, token="read") as opened:
        await opened.next()
        await api.services.access.tokens.revoke("read")
        await api.send(*WALK[2:])
        assert "end" not in {message.event for message in await opened.rest()}


async def test_a_quiet_stream_shows_signs_of_life(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "LOOK_EVERY", SECOND // 50)
    await api.send(*WALK[:2])
    async with stream(api, FOLLOW) as opened:
        received = b""
        while not received.endswith(b":\n\n:\n\n"):
            received += await opened.answer.content.readany()


async def test_a_stream_ends_when_the_server_stops(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "LOOK_EVERY", SECOND // 50)
    await api.send(*WALK[:2])
    async with stream(api, {"follow": "true"}) as opened:
        await opened.next()
        api.services.stopping.set()
        await opened.rest()
    assert (await api.get(PATH)).status == 503


async def test_a_reader_that_does_not_read_is_dropped(api: Api) -> None:
    big = {"text": "x" * 60_000}
    await api.send(*(of(f"big-{n}", "log-line", n / 10, **big) for n in range(300)))
    host, port = api.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port), limit=1024)
    token = api.tokens["admin"]
    writer.write(
        f"GET {PATH}?speed=max HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    await until(lambda: api.services.streams.open == 1)
    await until(lambda: api.services.streams.open == 0)
    writer.close()


async def test_no_more_streams_are_open_than_may_be(api: Api) -> None:
    await api.send(*WALK[:2])
    async with AsyncExitStack() as stack:
        for _ in range(30):
            await (await stack.enter_async_context(stream(api, {"follow": "true"}))).next()
        assert (await api.get(PATH)).status == 503
