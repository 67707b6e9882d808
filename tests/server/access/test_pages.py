"""The logins of pages: they outlive the server, are bounded, and end when they should, whatever the clock does."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any, Protocol

import pytest

from replay.clock import MICROSECONDS
from replay.errors import PlayheadError, Unavailable
from server.access import Access, TokenStore
from server.access.kept import Kept
from server.access.pages import AHEAD, PAGE_SECONDS, Pages
from server.access.rows import INSERT_INTO_LOGINS, SELECT_TOKENS
from server.access.secret import digest
from server.access.token_file import MAX_PAGES, MAX_PAGES_OF_TOKEN
from tests.server.access.conftest import START, ClientMaker, Hands, Server, started
from tests.server.access.test_tokens import another_process

DAY = 24 * 3600
END = START + PAGE_SECONDS * MICROSECONDS
FIRST_FORM = """
CREATE TABLE tokens (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, digest BLOB NOT NULL UNIQUE, roles TEXT NOT NULL, logs TEXT,
    created INTEGER NOT NULL, revoked INTEGER
);
INSERT INTO tokens VALUES ('tok_a', 'phone', x'00', 'read', NULL, 1, NULL);
INSERT INTO tokens VALUES ('tok_b', 'desk', x'01', 'admin', '["park"]', 2, 3);
PRAGMA user_version = 1;
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the fixture `tokens` keeps its file."""
    return tmp_path / "tokens.db"


@pytest.fixture
def pages(tokens: TokenStore, clock: Hands) -> Pages:
    return Pages(tokens.kept, clock)


def rows(path: Path, query: str = "SELECT digest FROM logins ORDER BY number") -> Sequence[Any]:
    """The first column of what is in a token file."""
    with closing(sqlite3.connect(path)) as database:
        return [first for first, *_ in database.execute(query)]


def put(path: Path, logins: Sequence[tuple[bytes, str | None, int, int]]) -> None:
    """Write logins in one transaction: each of its own would wait for the disk."""
    with closing(sqlite3.connect(path)) as database, database:
        database.executemany(INSERT_INTO_LOGINS, logins)


def content(path: Path) -> bytes:
    return path.read_bytes()


class Restart(Protocol):
    """Another server over the file of the first, before a browser that holds the same cookies."""

    async def __call__(self, server: Server) -> Server: ...


@pytest.fixture
async def restart(path: Path, aiohttp_client: ClientMaker) -> AsyncIterator[Restart]:
    async with AsyncExitStack() as stack:

        async def again(server: Server) -> Server:
            tokens = await TokenStore.open(path)
            stack.push_async_callback(tokens.close)
            door = Access(tokens, clock=server.clock)
            client = await aiohttp_client(await started(door))
            for cookie in server.client.session.cookie_jar:
                client.session.cookie_jar.update_cookies({f"playhead-{client.port}": cookie.value})
            return Server(client, door, server.clock)

        yield again


async def with_cookie(server: Server, value: str) -> int:
    """The status of a request that carries this cookie, and no other."""
    server.client.session.cookie_jar.clear()
    return (await server.ask(headers={"Cookie": f"playhead-{server.port}={value}"}))[0]


async def test_a_page_stays_logged_in_over_a_restart_with_the_rights_it_had(
    server: Server, path: Path, restart: Restart
) -> None:
    new = await server.door.tokens.create("desk", ["read", "ingest"], ["park"])
    assert await server.log_in(token=new.token) == 200
    again = await restart(server)
    assert await again.ask() == (200, {"name": "desk", "token": new.id, "log": "park"})
    assert (await again.ask("/who?log=museum"))[0] == 403
    assert (await again.ask("/write", "POST"))[0] == 403
    assert (await again.ask("/write", "POST", {"Origin": again.origin}))[0] == 200


async def test_a_page_of_the_printed_link_only_reads_after_a_restart_too(
    server: Server, path: Path, restart: Restart
) -> None:
    assert await server.log_in(code=server.door.codes.new()) == 200
    again = await restart(server)
    assert (await again.ask("/who?log=park"))[1]["name"] == "login link"
    for method, action in (("POST", "/write"), ("DELETE", "/erase")):
        assert (await again.ask(action, method, {"Origin": again.origin}))[0] == 403


async def test_a_page_that_logged_out_stays_logged_out(server: Server, path: Path, restart: Restart) -> None:
    await server.log_in(code=server.door.codes.new())
    (cookie,) = list(server.client.session.cookie_jar)
    assert (await server.ask("/logout", "POST", {"Origin": server.origin}))[0] == 204
    assert rows(path) == []
    again = await restart(server)
    assert await with_cookie(again, cookie.value) == 401


async def test_the_file_holds_no_cookie(server: Server, path: Path) -> None:
    await server.log_in(code=server.door.codes.new())
    (cookie,) = list(server.client.session.cookie_jar)
    assert rows(path) == [digest(cookie.value)]
    assert cookie.value.encode() not in content(path)


async def test_what_is_in_the_file_logs_nobody_in(pages: Pages, path: Path) -> None:
    await pages.open(None)
    (kept,) = rows(path)
    for stolen in (kept.hex(), kept.decode("latin-1"), kept.decode("utf-8", "surrogateescape")):
        assert await pages.find(stolen) is None


async def test_a_cookie_that_a_stranger_chose_is_never_taken_over(server: Server) -> None:
    chosen = "c" * 43
    headers = {"Cookie": f"playhead-{server.port}={chosen}"}
    code = server.door.codes.new()
    assert (await server.ask("/login", "POST", headers, json={"code": code}))[0] == 200
    assert [cookie.value == chosen for cookie in server.client.session.cookie_jar] == [False]
    assert await with_cookie(server, chosen) == 401


async def test_logging_in_again_ends_the_login_that_the_browser_had(server: Server, path: Path) -> None:
    await server.log_in(code=server.door.codes.new())
    (former,) = list(server.client.session.cookie_jar)
    await server.log_in(token=await server.token("read"))
    assert (await server.ask())[0] == 200
    assert len(rows(path)) == 1
    assert await with_cookie(server, former.value) == 401


async def test_a_revoked_token_takes_its_logins_along_and_no_other(
    tokens: TokenStore, pages: Pages, path: Path
) -> None:
    phone, desk = [await tokens.create(name, ["read"]) for name in ("phone", "desk")]
    for token in (phone.id, desk.id, None, phone.id):
        await pages.open(token)
    await tokens.revoke("phone")
    assert rows(path, "SELECT token FROM logins ORDER BY number") == [desk.id, None]


async def test_a_page_ends_when_another_process_revokes_its_token(server: Server, path: Path) -> None:
    await server.log_in(token=await server.token("read", name="phone"))
    assert (await server.ask())[0] == 200
    async with another_process(path) as another:
        await another.tell("revoke", "phone")
        status, document = await server.ask()
    assert (status, document["detail"]) == (401, "this page is logged out: log in again")
    assert rows(path) == []


async def test_a_login_that_came_in_while_its_token_was_revoked_lets_nobody_in(
    server: Server, path: Path
) -> None:
    new = await server.door.tokens.create("phone", ["read"])
    await server.door.tokens.revoke(new.id)
    put(path, [(digest("late"), new.id, START, END)])
    assert await with_cookie(server, "late") == 401


async def test_another_process_logs_every_page_out(server: Server, path: Path) -> None:
    await server.log_in(code=server.door.codes.new())
    beside = await Kept.open(path, create=False)
    assert await Pages(beside).close_all() == 1
    assert await Pages(beside).close_all() == 0
    await beside.close()
    assert (await server.ask())[0] == 401


async def test_no_request_writes_the_file(server: Server, path: Path) -> None:
    await server.log_in(code=server.door.codes.new())
    before = content(path)
    for days in (0, 1, 28):
        server.clock.move(days * DAY)
        assert (await server.ask())[0] == 200
    assert content(path) == before


async def test_a_login_does_not_have_all_the_tokens_read_again(
    tokens: TokenStore, pages: Pages, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = await tokens.create("phone", ["read"])
    assert await tokens.count() == 1
    read = tokens.kept._database.execute_fetchall
    readings = []

    async def counted(sql: str, values: Any = ()) -> object:
        if sql == SELECT_TOKENS:
            readings.append(sql)
        return await read(sql, values)

    monkeypatch.setattr(tokens.kept._database, "execute_fetchall", counted)
    assert await pages.find(await pages.open(new.id)) is not None
    assert await tokens.count() == 1
    assert readings == []
    async with another_process(path) as another:
        for turn, command in enumerate(("create", "revoke"), start=1):
            await another.tell(command, "theirs")
            assert await tokens.count() == 3 - turn
            assert len(readings) == turn


async def test_logins_are_bounded_and_the_oldest_goes(pages: Pages, path: Path) -> None:
    put(path, [(digest(f"login {n}"), f"tok_{n % 100}", START, END) for n in range(MAX_PAGES)])
    newest = await pages.open("tok_new")
    assert await pages.find("login 0") is None
    assert await pages.find("login 1") is not None
    assert await pages.find(newest) is not None
    assert len(rows(path)) == MAX_PAGES


@pytest.mark.parametrize("token", ["tok_greedy", None])
async def test_the_logins_of_one_token_drive_out_only_each_other(
    pages: Pages, path: Path, token: str | None
) -> None:
    other = await pages.open("tok_other")
    put(path, [(digest(f"login {n}"), token, START, END) for n in range(MAX_PAGES_OF_TOKEN)])
    newest = await pages.open(token)
    assert await pages.find(other) is not None
    assert [await pages.find(f"login {n}") is not None for n in (0, 1)] == [False, True]
    assert await pages.find(newest) is not None
    assert len(rows(path)) == MAX_PAGES_OF_TOKEN + 1


async def test_of_too_many_the_one_that_came_first_goes_though_the_clock_was_set_back(
    pages: Pages, path: Path
) -> None:
    put(path, [(digest(f"login {n}"), None, START - n, END) for n in range(MAX_PAGES_OF_TOKEN + 1)])
    assert rows(path)[0] == digest("login 1")
    assert rows(path)[-1] == digest(f"login {MAX_PAGES_OF_TOKEN}")


async def test_ended_logins_leave_with_the_next_login(pages: Pages, clock: Hands, path: Path) -> None:
    await pages.open(None)
    clock.move(DAY)
    await pages.open(None)
    clock.move(PAGE_SECONDS - DAY)
    await pages.open("tok_a")
    assert rows(path, "SELECT token FROM logins ORDER BY number") == [None, "tok_a"]


async def test_a_clock_that_is_set_back_revives_no_login(pages: Pages, clock: Hands, path: Path) -> None:
    secret = await pages.open(None)
    clock.move(PAGE_SECONDS)
    assert await pages.find(secret) is None
    assert rows(path) == []
    clock.move(-DAY)
    assert await pages.find(secret) is None


async def test_an_ended_login_is_over_though_it_cannot_be_removed(
    tokens: TokenStore, pages: Pages, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = await pages.open(None)
    assert await pages.find(secret) is not None
    clock.move(PAGE_SECONDS)
    monkeypatch.setattr(tokens.kept, "write", refuse)
    assert await pages.find(secret) is None


async def test_a_clock_that_is_put_right_by_less_than_a_day_logs_nobody_out(
    pages: Pages, clock: Hands
) -> None:
    secret = await pages.open(None)
    clock.time -= AHEAD
    assert await pages.find(secret) is not None


async def test_a_login_made_while_the_clock_ran_ahead_holds_when_that_time_has_come(
    pages: Pages, clock: Hands
) -> None:
    secret = await pages.open(None)
    clock.time -= AHEAD + 1
    assert await pages.find(secret) is None
    clock.time += 1
    assert await pages.find(secret) is not None


async def test_a_code_is_not_used_up_by_a_login_that_could_not_be_kept(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = server.door.codes.new()
    with monkeypatch.context() as patch:
        patch.setattr(server.door.tokens.kept, "write", refuse)
        assert await server.log_in(code=code) == 503
    assert (await server.ask())[0] == 401
    assert await server.log_in(code=code) == 200


async def test_a_log_out_that_could_not_be_kept_says_so(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    await server.log_in(code=server.door.codes.new())
    with monkeypatch.context() as patch:
        patch.setattr(server.door.tokens.kept, "write", refuse)
        assert (await server.ask("/logout", "POST", {"Origin": server.origin}))[0] == 503
    assert (await server.ask())[0] == 200


async def test_a_file_of_the_first_form_keeps_its_tokens_and_takes_logins(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(FIRST_FORM)
    for _ in range(2):
        tokens = await TokenStore.open(path)
        phone, desk = await tokens.list()
        assert (phone.name, phone.logs, phone.revoked) == ("phone", None, None)
        assert (desk.name, desk.logs, desk.revoked) == ("desk", ("park",), 3)
        await Pages(tokens.kept).open("tok_a")
        await tokens.close()
    assert rows(path, "SELECT token FROM logins") == ["tok_a", "tok_a"]
    assert rows(path, "PRAGMA user_version") == [3]


async def test_a_file_that_cannot_be_migrated_stays_as_it_was(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(FIRST_FORM)
        database.executescript("CREATE TRIGGER logins_are_bounded AFTER DELETE ON tokens BEGIN SELECT 1; END")
    before = content(path)
    with pytest.raises(PlayheadError, match="cannot be used: trigger logins_are_bounded already exists"):
        await TokenStore.open(path)
    assert content(path) == before


async def refuse(*_: object) -> None:
    """As the file does on a disk that is full."""
    raise Unavailable("the tokens cannot be read or written now: database or disk is full")
