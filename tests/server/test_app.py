"""The server as a program: how it opens, where it listens, how it ends."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Sequence

import aiohttp
import msgspec
import pytest

from projections.entries import Entry
from projections.feeds.fold import FeedsView
from projections.view import Database
from projections.views import VIEWS
from projections.views_file import file_name
from replay.envelope import Event, parse_event
from replay.errors import NotFound, PlayheadError, Unavailable
from replay.log import EventLog, MemoryLog, Receipt
from server.app import Running, build_app, reachable_url, run, serving
from server.lock import DataLock, DataLocked
from server.lock import serving as url_of_holder
from server.services import Services, Streams, Trouble, open_services
from server.settings import Settings
from tests.server.api import Api, event
from tests.server.conftest import open_over, serve


async def test_a_folder_is_made_served_and_closed_with_all_it_was_told(settings: Settings) -> None:
    settings = msgspec.structs.replace(settings, data=settings.data / "new" / "folder")
    async with open_services(settings) as services, serve(services) as api:
        assert (await api.send(event("1", session="s"))).status == 200
        assert (await api.get("/api/v1/sessions/s/replay")).status == 200
        assert url_of_holder(settings.data) == api.url
    assert url_of_holder(settings.data) is None
    async with open_services(settings) as services, serve(services) as api:
        assert (await api.get("/api/v1/events/1")).status == 200


async def test_a_folder_that_is_served_is_refused_to_a_second_server(settings: Settings) -> None:
    async with open_services(settings) as services, serve(services) as api:
        with pytest.raises(DataLocked) as refused:
            async with open_services(settings):
                pass
        assert refused.value.url == api.url


async def test_a_folder_that_is_served_can_still_be_read(settings: Settings) -> None:
    async with open_services(settings) as services, serve(services) as api:
        await api.send(event("1", session="s"))
        async with open_services(settings, read_only=True) as reader:
            assert [record.position for record in await reader.log.read(0, 10)] == [1]
            assert (await reader.projections.timelines.session("default", "s")).events == 1
            with pytest.raises(Unavailable):
                await reader.log.append([parse_event(event("2"))])
            with pytest.raises(ValueError, match="only to be read"):
                build_app(reader)
        assert (await api.send(event("2"))).status == 200


async def test_where_there_is_nothing_there_is_nothing_to_read(settings: Settings) -> None:
    with pytest.raises(NotFound):
        async with open_services(settings, read_only=True):
            pass
    assert list(settings.data.iterdir()) == []


async def test_a_folder_that_cannot_be_opened_is_let_go_again(settings: Settings) -> None:
    (settings.data / "log.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(PlayheadError):
        async with open_services(settings):
            pass
    DataLock(settings.data).release()


async def test_an_address_that_others_can_reach_needs_a_token_first(settings: Settings) -> None:
    settings = msgspec.structs.replace(settings, host="0.0.0.0")
    async with open_over(MemoryLog(), settings, keyed=False) as services:
        with pytest.raises(PlayheadError, match="no token yet"):
            async with serving(services):
                pass
        async with serve(services) as api:
            assert api.url.startswith("http://127.0.0.1:")
            assert (await api.get("/healthz", token=None)).document == {"status": "ok"}


async def test_a_port_that_is_taken_is_named(settings: Settings, services: Services) -> None:
    async with serving(services) as running:
        port = int(running.url.rpartition(":")[2])
        services.settings = msgspec.structs.replace(settings, port=port)
        with pytest.raises(PlayheadError, match=f"cannot listen on 127.0.0.1:{port}"):
            async with serving(services):
                pass


async def test_a_link_logs_a_page_in_once_where_only_this_machine_can_use_it(
    settings: Settings, services: Services
) -> None:
    async with serving(services) as running, aiohttp.ClientSession() as session:
        assert running.login is not None
        code = running.login.partition("#code=")[2]
        async with session.post(f"{running.url}/login", json={"code": code}) as answer:
            assert answer.status == 200
        async with session.post(f"{running.url}/login", json={"code": code}) as answer:
            assert answer.status == 401
    assert services.access is not None
    await services.access.tokens.create("someone", ["read"])
    services.settings = msgspec.structs.replace(settings, host="0.0.0.0")
    async with serving(services) as running:
        assert running.login is None


async def test_a_page_reads_with_its_cookie(settings: Settings, services: Services) -> None:
    async with serving(services) as running:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            assert running.login is not None
            code = running.login.partition("#code=")[2]
            async with session.post(f"{running.url}/login", json={"code": code}) as answer:
                assert answer.status == 200
            async with session.get(f"{running.url}/api/v1/sessions") as answer:
                assert answer.status == 200
            async with session.post(f"{running.url}/api/v1/events", json={"type": "x"}) as answer:
                assert answer.status == 403


async def test_what_was_acknowledged_is_there_after_the_end(settings: Settings) -> None:
    """Senders go on while the server stops: what has a receipt is kept, the rest heard 503 or was cut off."""
    acknowledged: list[str] = []

    async def send(api: Api, name: str) -> None:
        for n in range(1000):
            try:
                answer = await api.send(event(f"{name}-{n}", session="s"))
            except aiohttp.ClientError:
                return
            if answer.status not in (200, 202):
                assert answer.status == 503
                return
            acknowledged.append(f"{name}-{n}")

    async with open_services(settings) as services, serve(services) as api:
        senders = [asyncio.ensure_future(send(api, name)) for name in "abcd"]
        while len(acknowledged) < 20:  # noqa: ASYNC110 - it is told to nobody
            await asyncio.sleep(0.01)
        services.stopping.set()
        await asyncio.gather(*senders)
    async with open_services(settings, read_only=True) as reader:
        kept = {record.event().id for record in await reader.log.read(0, 10_000)}
    assert kept.issuperset(acknowledged)


async def test_what_was_erased_is_in_no_file_of_the_folder(settings: Settings) -> None:
    """In no table, no index, no WAL, whatever it named; only the record of the erasure still says which session."""
    hers = {name: f"{name}-of-hers" for name in ("id", "type", "source", "device", "user")}
    data = {
        "client": "client-of-hers",
        "asset": "asset-of-hers",
        "text": "text-of-hers",
        "tags": ["tag-of-hers"],
    }
    secret = event(**hers, session="s", data=data, note="note-of-hers")
    described = {**secret, "id": "id-of-hers-2", "type": "asset-described"}
    began = {**secret, "id": "id-of-hers-3", "type": "session-started"}

    def kept() -> bytes:
        return b"".join(path.read_bytes() for path in settings.data.rglob("*") if path.is_file())

    async with open_services(settings) as services, serve(services) as api:
        await api.send(secret, described, began, event("another"))
        assert b"of-hers" in kept()
        erased = await api.ask("DELETE", "/api/v1/users/user-of-hers?reason=asked")
        assert (erased.status, erased.document["erased"]) == (200, 3)
        while b"of-hers" in kept():  # noqa: ASYNC110 - a reader may have held a WAL; the test's time limit ends it
            await asyncio.sleep(0.02)
        assert b"another" in kept()
        again = await api.send(secret)
        assert again.document["receipts"][0]["status"] == "erased"
        assert b"of-hers" not in kept()
    async with open_services(settings) as services, serve(services):
        assert b"of-hers" not in kept()


async def test_a_folder_has_the_files_that_its_page_names_and_the_views_can_be_deleted_at_any_time(
    settings: Settings,
) -> None:
    path = "/api/v1/sessions/s/replay"

    def delete() -> None:
        names = {path.name for path in settings.data.iterdir()}
        assert {"log.db", file_name(VIEWS), "tokens.db"} <= names
        for found in settings.data.glob("views-*"):
            found.unlink()

    assert re.fullmatch(r"views(-[a-z]+[0-9]+)+\.db", file_name(VIEWS))
    async with open_services(settings) as services, serve(services) as api:
        await api.send(event("1", session="s"))
        before = await api.get(path)
        delete()
        assert (await api.get(path)).body == before.body
        assert (await api.send(event("2", session="s"))).status == 200
        last = await api.get(path)
    async with open_services(settings) as services, serve(services) as api:
        assert (await api.get(path)).body == last.body
    delete()
    async with open_services(settings) as services, serve(services) as api:
        assert (await api.get(path)).body == last.body


class Gate(MemoryLog):
    """A log whose appends wait at a gate."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.opened = asyncio.Event(), asyncio.Event()

    async def append(self, events: Sequence[Event]) -> list[Receipt]:
        self.reached.set()
        await self.opened.wait()
        return await super().append(events)


async def test_open_requests_finish_before_the_end(settings: Settings) -> None:
    gate = Gate()
    async with aiohttp.ClientSession() as session:
        async with open_over(gate, settings) as services, serving(services) as running:
            assert services.access is not None
            token = (await services.access.tokens.create("all", ["admin"])).token
            url = f"{running.url}/api/v1/events?apikey={token}"
            sending = asyncio.ensure_future(session.post(url, json=event("1")))
            await gate.reached.wait()
            asyncio.get_running_loop().call_later(0.1, gate.opened.set)
        async with await sending as answer:
            assert answer.status == 200


@pytest.mark.parametrize("one", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_in_order(settings: Settings, one: signal.Signals) -> None:
    started: asyncio.Future[Running] = asyncio.get_running_loop().create_future()
    running = asyncio.ensure_future(run(settings, started.set_result))
    url = (await started).url
    async with aiohttp.ClientSession() as session, session.get(f"{url}/healthz") as answer:
        assert answer.status == 200
    os.kill(os.getpid(), one)
    await running
    DataLock(settings.data).release()


async def test_readiness_tells_of_a_write_that_failed_until_one_works(
    api: Api, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_events: object) -> list[object]:
        raise Unavailable("the disk is full")

    ready = await api.get("/readyz")
    assert (ready.status, ready.document["log"]) == (200, {"position": 0, "error": None})
    with monkeypatch.context() as patch:
        patch.setattr(services.log, "append", fail)
        await api.send(event("1"))
    ready = await api.get("/readyz")
    assert (ready.status, ready.document["log"]["error"]) == (503, "the disk is full")
    await api.send(event("1"))
    assert (await api.get("/readyz")).status == 200


async def test_a_parked_event_is_told_and_stops_nothing(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    fold = FeedsView.apply

    async def choke(self: FeedsView, db: Database, entries: Sequence[Entry], log: EventLog) -> None:
        await fold(self, db, entries, log)
        if any(entry.type == "poison" for entry in entries):
            raise KeyError("no such key")

    monkeypatch.setattr(FeedsView, "apply", choke)
    told = {"session": "s", "device": "d"}
    answer = await api.send(event("1", **told), event("2", "poison", **told), event("3", **told))
    assert answer.status == 200, "a parked event counts as passed"
    ready = await api.get("/readyz")
    assert (ready.status, ready.document["ready"]) == (200, True)
    views = {view["name"]: view for view in ready.document["views"]}
    assert (views["feeds"]["parked"], views["feeds"]["position"]) == (1, 3)
    assert views["feeds"]["faults"] == [{"position": 2, "error": "KeyError: 'no such key'"}]
    assert (views["timelines"]["parked"], views["timelines"]["faults"]) == (0, [])
    feed = (await api.get("/api/v1/devices/d/events")).document["events"]
    assert {found["id"] for found in feed} == {"1", "3"}
    assert len((await api.get("/api/v1/sessions/s/replay")).document["marks"]) == 3


async def test_a_log_that_cannot_be_read_is_not_ready(api: Api, services: Services) -> None:
    await services.log.close()
    ready = await api.get("/readyz")
    assert (ready.status, ready.document["log"]["position"]) == (503, None)
    assert (await api.get("/healthz")).status == 200


async def test_a_server_that_stops_is_not_ready(api: Api, services: Services) -> None:
    services.stopping.set()
    ready = await api.get("/readyz")
    assert (ready.status, ready.document["stopping"]) == (503, True)


def test_trouble_is_news_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    trouble = Trouble()
    with pytest.raises(Unavailable), trouble.noted():
        raise Unavailable("full")
    assert trouble.recent() == "full"
    monkeypatch.setattr("server.services.trouble.time.monotonic", lambda: 1e12)
    assert trouble.recent() is None


def test_a_stream_gives_its_place_back_however_it_ends() -> None:
    streams = Streams(1)
    with streams.slot(), pytest.raises(Unavailable), streams.slot():
        pass
    with pytest.raises(KeyError), streams.slot():
        raise KeyError
    assert streams.open == 0


URLS = [
    ("127.0.0.1", "127.0.0.1", "http://127.0.0.1:80"),
    ("0.0.0.0", "0.0.0.0", "http://127.0.0.1:80"),
    ("", "::", "http://[::1]:80"),
    ("::1", "::1", "http://[::1]:80"),
    ("replay.example", "10.0.0.7", "http://replay.example:80"),
]


@pytest.mark.parametrize(("host", "address", "url"), URLS)
def test_a_server_is_named_as_this_machine_reaches_it(host: str, address: str, url: str) -> None:
    assert reachable_url(host, address, 80) == url
