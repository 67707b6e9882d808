"""`GET /api/v1/events?session=`: what comes of one session, told to many at the price of one look at the log."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
import pytest

from replay.envelope import parse_event
from replay.log import MemoryLog
from replay.log.contract import Record
from server.api import live
from server.api.following import AT_ONCE
from server.services import switchboard
from server.services.selection import Selection, Subject, subject_of
from server.services.switchboard import Line, Switchboard
from server.settings import Settings
from tests.server.api import Api, event
from tests.server.streams import STREAM, id_of, until
from tests.server.test_live import PATH, stream


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A server whose streams look around often."""
    monkeypatch.setattr(live, "LOOK_EVERY", 0.02)
    return msgspec.structs.replace(settings, heartbeat=0.05)


def of(session: str, id: str, **more: str) -> dict[str, object]:
    return event(id, session=session, **more)


def described(id: str, **more: str) -> dict[str, object]:
    return event(id, "asset-described", data={"asset": "a"}, **more)


async def test_a_session_is_told_of_alone_before_and_as_it_comes(api: Api) -> None:
    await api.send(of("walk", "1"), of("other", "2"), described("3"), event("4"), of("walk", "5"))
    async with stream(api, {"session": "walk"}) as opened:
        assert [id_of(message) for message in await opened.take(3)] == ["1", "3", "5"]
        await api.send(of("other", "6"), described("7"), of("walk", "8"), event("9"))
        await api.send(of("walk", "10"))
        told = await opened.take(3)
    assert [id_of(message) for message in told] == ["7", "8", "10"]
    assert told[-1].id == f"{api.services.log.epoch}-10"


async def test_an_erasure_of_the_session_is_told_and_what_it_erased_is_not(api: Api) -> None:
    await api.send(of("walk", "1"), of("walk", "2"), of("other", "3"))
    await api.ask("DELETE", f"{PATH}/1")
    async with stream(api, {"session": "walk"}) as opened:
        kept, tombstone = await opened.take(2)
        assert (id_of(kept), msgspec.json.decode(tombstone.data)["type"]) == ("2", "event-erased")
        await api.ask("DELETE", f"{PATH}/3")
        await api.ask("DELETE", f"{PATH}/2")
        gone = msgspec.json.decode((await opened.next()).data)
    assert (gone["type"], gone["session"]) == ("event-erased", "walk")


async def test_a_session_is_followed_in_the_logs_of_the_token_alone(api: Api) -> None:
    await api.send(of("walk", "1", log="museum"), of("walk", "2", log="park"))
    async with stream(api, {"session": "walk"}, token="park") as opened:
        assert id_of(await opened.next()) == "2"
        await api.send(
            of("walk", "3", log="museum"), described("4", log="museum"), of("walk", "5", log="park")
        )
        assert id_of(await opened.next()) == "5"
    async with stream(api, {"session": "walk", "log": "museum"}) as opened:
        assert [id_of(message) for message in await opened.take(3)] == ["1", "3", "4"]


async def test_cut_off_again_and_again_a_reader_loses_nothing_and_hears_nothing_twice(api: Api) -> None:
    total = 40

    async def write() -> None:
        for n in range(total):
            await api.send(of("other", f"o{n}"), of("walk", str(n)), of("third", f"t{n}"))

    writing = asyncio.ensure_future(write())
    heard: list[str] = []
    last_id = None
    while len(heard) < total:
        async with stream(api, {"session": "walk"}, last_id=last_id) as opened:
            for _ in range(min(1 + len(heard) % 5, total - len(heard))):
                message = await opened.next()
                heard.append(id_of(message))
                last_id = message.id
    await writing
    assert heard == [str(n) for n in range(total)]


async def test_a_reader_is_handed_few_records_at_once_however_many_came(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[int] = []
    get = api.services.log.get

    async def counted(positions: Sequence[int]) -> list[Record]:
        handed.append(len(positions))
        return await get(positions)

    await api.send(of("walk", "first"))
    async with stream(api, {"session": "walk"}) as opened:
        await opened.next()
        monkeypatch.setattr(api.services.log, "get", counted)
        await api.send(*(of("walk", str(n)) for n in range(100)))
        assert [id_of(message) for message in await opened.take(100)] == [str(n) for n in range(100)]
    assert max(handed) <= AT_ONCE


async def test_a_reader_of_a_quiet_session_learns_how_far_was_looked(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "UNSEEN", 50)
    async with stream(api, {"session": "walk"}) as opened:
        await api.send(*(of("other", str(n)) for n in range(60)))
        ids = (message.id async for message in opened.messages if message.id is not None)
        assert await anext(ids) == f"{api.services.log.epoch}-60"


async def test_a_page_of_the_log_can_be_of_one_session_too(api: Api) -> None:
    await api.send(*(of(("walk", "other")[n % 2], str(n)) for n in range(8)), described("d"))
    first = (await api.get(PATH, {"session": "walk", "limit": 3})).document
    assert [found["id"] for found in first["events"]] == ["0", "2", "4"]
    assert "session=walk" in first["next"]
    rest = (await api.get(first["next"])).document
    assert [found["id"] for found in rest["events"]] == ["6", "d"]


async def test_the_log_is_followed_only_while_somebody_waits_and_streams_end_with_it(api: Api) -> None:
    board = api.services.switchboard
    assert not board.follows
    async with stream(api, {"session": "walk"}), stream(api, {"session": "other"}):
        await until(lambda: board.lines == 2)
        assert board.follows
    await until(lambda: not board.follows)
    async with stream(api, {"session": "walk"}) as opened:
        await until(lambda: board.lines == 1)
        await api.services.log.close()
        assert await opened.rest() == []


async def test_streams_of_sessions_end_when_the_server_stops(api: Api) -> None:
    async with stream(api, {"session": "walk"}) as opened:
        api.services.stopping.set()
        assert await opened.rest() == []
    assert (await api.get(PATH, {"session": "walk"}, headers=STREAM)).status == 503


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The positions of the records that were decoded, in order."""
    seen: list[int] = []

    def counted(record: Record) -> Subject | None:
        seen.append(record.position)
        return subject_of(record)

    monkeypatch.setattr(switchboard, "subject_of", counted)
    return seen


async def append(log: MemoryLog, *sessions: str) -> None:
    start = (await log.head()).position
    await log.append([parse_event(of(name, f"{start + n}")) for n, name in enumerate(sessions)])


async def heard(line: Line, count: int) -> list[int]:
    """The next positions that a line tells."""
    found: list[int] = []
    while len(found) < count:
        await line.wait()
        found += line.take(count - len(found))
    return found


async def test_each_record_is_decoded_once_for_all_and_wakes_only_whom_it_is_for(decoded: list[int]) -> None:
    log = MemoryLog()
    board = Switchboard(log)
    async with (
        board.open_line(Selection(session="walk")) as one,
        board.open_line(Selection(session="walk")) as two,
        board.open_line(Selection(session="quiet")) as quiet,
    ):
        await append(log, "walk", "other", "walk", "third")
        assert await heard(one, 2) == [1, 3]
        assert await heard(two, 2) == [1, 3]
        assert decoded == [1, 2, 3, 4]
        assert quiet.take(10) == []
        assert quiet.heard == 4
    await log.close()


async def test_a_line_that_nobody_empties_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switchboard, "MOST", 5)
    log = MemoryLog()
    board = Switchboard(log)
    async with (
        board.open_line(Selection(session="walk")) as slow,
        board.open_line(Selection(session="other")) as other,
    ):
        await append(log, *["walk"] * 6, "other")
        assert await heard(other, 1) == [7]
        assert slow.cut
        assert not other.cut
        assert slow.take(100) == [1, 2, 3, 4, 5]
    await log.close()


async def test_who_comes_as_the_last_one_leaves_is_told_what_comes() -> None:
    log = MemoryLog()
    board = Switchboard(log)
    last = board.open_line(Selection(session="other"))
    await last.__aenter__()
    await append(log, "walk")
    await until(lambda: board.position == 1)
    leaving = asyncio.ensure_future(last.__aexit__(None, None, None))
    await asyncio.sleep(0)
    async with board.open_line(Selection(session="walk")) as line:
        await leaving
        assert not line.cut
        await append(log, "walk")
        assert await heard(line, 1) == [2]
    assert not board.follows
    await log.close()


async def test_a_line_that_was_cut_is_not_taken_for_having_heard_what_came_after() -> None:
    log = MemoryLog()
    board = Switchboard(log)
    walk = Selection(None, "walk")
    async with board.open_line(walk) as line:
        await board.close()  # as where the log could not be read for a moment
        await log.append([parse_event(of("walk", "1"))])
        async with board.open_line(walk):
            assert (line.cut, line.heard, board.position) == (True, 0, 1)
    await log.close()
