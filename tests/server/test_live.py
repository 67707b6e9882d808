from __future__ import annotations

import asyncio
from functools import partial

import msgspec
import pytest

from replay.envelope import parse_event
from replay.errors import Invalid
from server.api import live
from server.api.live import Place, find_place
from server.services import Services
from server.settings import Settings
from tests.server.api import Api, event
from tests.server.streams import STREAM, id_of, open_stream, until

PATH = "/api/v1/events"


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A server whose streams show signs of life often, and give up on slow readers soon."""
    monkeypatch.setattr(live, "LOOK_EVERY", 0.02)
    return msgspec.structs.replace(settings, heartbeat=0.05, write_timeout=0.2, max_streams=3)


stream = partial(open_stream, path=PATH)


async def test_what_is_there_comes_first_and_then_what_arrives(api: Api) -> None:
    await api.send(event("1"), event("2"))
    async with stream(api) as opened:
        first = await opened.take(2)
        await api.send(event("3"))
        third = await opened.next()
    assert [id_of(message) for message in (*first, third)] == ["1", "2", "3"]
    epoch = api.services.log.epoch
    assert [message.id for message in (*first, third)] == [f"{epoch}-1", f"{epoch}-2", f"{epoch}-3"]
    listed = (await api.get(PATH)).document["events"]
    assert [msgspec.json.decode(message.data) for message in (*first, third)] == listed


async def test_across_reconnects_nothing_is_lost_and_nothing_comes_twice(api: Api) -> None:
    """The reader is cut off again and again, at any byte, while events arrive."""
    total = 60

    async def write() -> None:
        for n in range(total):
            await api.send(event(str(n)))

    writing = asyncio.ensure_future(write())
    heard: list[str] = []
    last_id = None
    for connection in range(total):
        async with stream(api, last_id=last_id) as opened:
            for _ in range(min(1 + connection % 5, total - len(heard))):
                message = await opened.next()
                heard.append(id_of(message))
                last_id = message.id
        if len(heard) == total:
            break
    await writing
    assert heard == [str(n) for n in range(total)]


@pytest.mark.parametrize("form", ["{epoch}-{position}", "{position}"])
async def test_a_last_event_id_goes_on_after_it(api: Api, form: str) -> None:
    await api.send(*(event(str(n)) for n in range(5)))
    last_id = form.format(epoch=api.services.log.epoch, position=3)
    async with stream(api, {"after": 1}, last_id=last_id) as opened:
        assert [id_of(message) for message in await opened.take(2)] == ["3", "4"]


async def test_after_goes_on_after_a_position(api: Api) -> None:
    await api.send(*(event(str(n)) for n in range(5)))
    async with stream(api, {"after": 4}) as opened:
        assert id_of(await opened.next()) == "4"
    async with stream(api, {"after": 4}, last_id="") as opened:
        assert id_of(await opened.next()) == "4"


async def test_an_id_of_another_epoch_resets_the_reader_once_and_starts_over(api: Api) -> None:
    await api.send(event("1"))
    epoch = api.services.log.epoch
    async with stream(api, last_id="other-epoch-77") as opened:
        reset, first = await opened.take(2)
    assert (reset.event, reset.id) == ("reset", f"{epoch}-0")
    assert msgspec.json.decode(reset.data) == {"epoch": epoch, "position": 0}
    assert (first.event, id_of(first)) == ("message", "1")
    async with stream(api, last_id=reset.id) as opened:
        assert (await opened.next()).event == "message"


PLACES = [
    (None, None, Place(0)),
    (None, 7, Place(7)),
    ("", 7, Place(7)),
    ("5", 7, Place(5)),
    ("e-1-5", None, Place(5)),
    (" e-1-10 ", None, Place(10)),
    ("e-2-5", None, Place(0, reset=True)),
    ("e-2-999", 7, Place(0, reset=True)),
]


@pytest.mark.parametrize(("given", "after", "place"), PLACES)
def test_a_place_is_found(given: str | None, after: int | None, place: Place) -> None:
    assert find_place(given, after, "e-1", 10) == place


@pytest.mark.parametrize(
    ("given", "after"),
    [("x", None), ("e-1-", None), ("e-1-x", None), ("11", None), ("e-1-11", None), (None, 11)],
)
def test_a_place_that_is_none_is_refused(given: str | None, after: int | None) -> None:
    with pytest.raises(Invalid):
        find_place(given, after, "e-1", 10)


@pytest.mark.parametrize("last_id", ["soon", "-5", "9" * 30, "99"])
async def test_a_last_event_id_that_is_none_is_a_400(api: Api, last_id: str) -> None:
    answer = await api.get(PATH, headers={**STREAM, "Last-Event-ID": last_id})
    assert (answer.status, answer.faults[0][1]) == (400, "Last-Event-ID")


async def test_a_stream_shows_the_logs_of_its_token_and_filter_alone(api: Api) -> None:
    await api.send(*(event(str(n), log=("park", "museum", "default")[n % 3]) for n in range(9)))
    async with stream(api, token="park") as opened:
        assert [id_of(message) for message in await opened.take(3)] == ["0", "3", "6"]
        await api.send(event("m", log="museum"), event("p", log="park"))
        assert id_of(await opened.next()) == "p"
    async with stream(api, {"log": "museum"}, token="two") as opened:
        assert [id_of(message) for message in await opened.take(3)] == ["1", "4", "7"]
    assert (await api.get(PATH, {"log": "museum"}, token="park", headers=STREAM)).status == 403


async def test_a_quiet_stream_shows_signs_of_life(api: Api) -> None:
    async with stream(api) as opened:
        received = b""
        while received.count(b":\n\n") < 3:
            received += await opened.answer.content.readany()
    assert received.startswith(b"retry: 2000\n\n")


async def test_a_reader_learns_how_far_was_looked_though_nothing_was_shown(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "UNSEEN", 50)
    await api.send(*(event(str(n), log="museum") for n in range(60)))
    async with stream(api, token="park") as opened:
        ids = (message.id async for message in opened.messages if message.id is not None)
        assert await anext(ids) == f"{api.services.log.epoch}-60"


async def test_an_erased_place_is_shown_to_who_reads_every_log(api: Api) -> None:
    await api.send(event("1"))
    await api.ask("DELETE", f"{PATH}/1")
    async with stream(api) as opened:
        erased, tombstone = await opened.take(2)
    assert msgspec.json.decode(erased.data)["erased"] is True
    assert msgspec.json.decode(tombstone.data)["type"] == "event-erased"


async def test_a_stream_ends_when_its_token_is_revoked(api: Api, services: Services) -> None:
    assert services.access is not None
    async with stream(api, token="read") as revoked, stream(api, token="park") as other:
        await services.access.tokens.revoke("read")
        assert await revoked.rest() == []
        await api.send(event("1", log="park"))
        assert id_of(await other.next()) == "1"
    assert (await api.get(PATH, token="read", headers=STREAM)).status == 401


async def test_streams_end_when_the_server_stops(api: Api, services: Services) -> None:
    async with stream(api) as opened:
        services.stopping.set()
        assert await opened.rest() == []
    assert (await api.get(PATH, headers=STREAM)).status == 503


async def test_a_stream_ends_when_its_log_is_closed(api: Api, services: Services) -> None:
    async with stream(api) as opened:
        await services.log.close()
        assert await opened.rest() == []


async def test_there_are_so_many_streams_and_a_place_is_free_again_when_one_ends(api: Api) -> None:
    async with stream(api), stream(api):
        async with stream(api):
            answer = await api.get(PATH, headers=STREAM)
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        await until(lambda: api.services.streams.open == 2)
        async with stream(api) as opened:
            await api.send(event("1"))
            assert id_of(await opened.next()) == "1"


async def test_a_reader_that_does_not_read_is_dropped_and_loses_nothing(api: Api) -> None:
    blob = {"a": "x" * 60_000}
    for start in range(0, 300, 50):
        await api.send(*(event(str(n), data=blob) for n in range(start, start + 50)))
    host, port = api.target("/").host, api.target("/").port
    assert host is not None
    reader, writer = await asyncio.open_connection(host, port, limit=2**10)
    writer.write(
        f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
        f"Authorization: Bearer {api.tokens['admin']}\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    assert api.services.streams.open == 1
    await until(lambda: api.services.streams.open == 0)
    writer.close()
    async with stream(api, last_id="299") as opened:
        assert id_of(await opened.next()) == "299"


async def test_head_of_a_stream_does_not_open_one(api: Api) -> None:
    answer = await api.ask("HEAD", PATH, headers=STREAM)
    assert (answer.status, answer.headers["Content-Type"], answer.body) == (200, "text/event-stream", b"")
    assert api.services.streams.open == 0


async def test_what_is_appended_by_the_log_itself_is_heard_too(api: Api, services: Services) -> None:
    async with stream(api, {"after": 0}) as opened:
        await services.log.append([parse_event(event("direct"))])
        assert id_of(await opened.next()) == "direct"
