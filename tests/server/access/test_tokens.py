"""The token store: made, listed, revoked, kept secret, and seen across processes at once."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from replay.errors import Conflict, Invalid, NotFound, PlayheadError, Unavailable
from server.access import Identity, Role, TokenStore
from server.access.rows import SELECT_CHANGES, SELECT_LOGINS, SELECT_TOKENS
from tests.server.access.conftest import START, Hands

ANOTHER_PROCESS = """
import asyncio, sys
from pathlib import Path
from server.access import TokenStore

async def main():
    tokens = await TokenStore.open(Path(sys.argv[1]))
    print("open", flush=True)
    for line in sys.stdin:
        command, name = line.split()
        if command == "create":
            print((await tokens.create(name, ["read"])).token, flush=True)
        elif command == "revoke":
            print((await tokens.revoke(name))[0].id, flush=True)
        else:
            print(await tokens.authenticate(name) is not None, flush=True)
    await tokens.close()

asyncio.run(main())
"""


class Another:
    """Another process with the same token file open, as the command line has beside the server."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.stdin, self.stdout = process.stdin, process.stdout

    async def answer(self) -> str:
        return (await self.stdout.readline()).decode().strip()

    async def tell(self, command: str, name: str) -> str:
        self.stdin.write(f"{command} {name}\n".encode())
        return await self.answer()


@asynccontextmanager
async def another_process(path: Path) -> AsyncIterator[Another]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        ANOTHER_PROCESS,
        str(path),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    another = Another(process)
    assert await another.answer() == "open"
    yield another
    another.stdin.close()
    assert await process.wait() == 0


async def test_a_token_lets_in_whom_it_was_made_for(tokens: TokenStore) -> None:
    new = await tokens.create("phone", ["ingest", "read"], ["park"])
    assert await tokens.authenticate(new.token) == Identity(
        new.id, "phone", frozenset(("read", "ingest")), frozenset(("park",))
    )
    assert await tokens.identity(new.id) == await tokens.authenticate(new.token)


async def test_a_token_is_known_in_any_case_and_with_blanks_around_it(tokens: TokenStore) -> None:
    new = await tokens.create("phone", ["read"])
    assert await tokens.authenticate(f" {new.token.upper()}\n") is not None


@pytest.mark.parametrize(
    "secret", ["", "ph_", "ph_" + "a" * 39, "x" * 5000, "\udcff", "'; DROP TABLE tokens"]
)
async def test_an_unknown_secret_lets_nobody_in(tokens: TokenStore, secret: str) -> None:
    await tokens.create("phone", ["read"])
    assert await tokens.authenticate(secret) is None


async def test_a_public_id_lets_nobody_in(tokens: TokenStore) -> None:
    new = await tokens.create("phone", ["read"])
    assert await tokens.authenticate(new.id) is None


async def test_only_the_hash_of_a_secret_is_in_the_file(tokens: TokenStore, tmp_path: Path) -> None:
    new = await tokens.create("phone", ["read"])
    content = (tmp_path / "tokens.db").read_bytes()
    assert b"phone" in content
    assert new.token.encode() not in content
    assert new.token[3:35].encode() not in content


async def test_the_file_is_its_owners_alone(tokens: TokenStore, tmp_path: Path) -> None:
    assert (tmp_path / "tokens.db").stat().st_mode & 0o777 == 0o600


async def test_a_file_that_others_could_read_is_closed_to_them(tokens: TokenStore, tmp_path: Path) -> None:
    path = tmp_path / "tokens.db"
    path.chmod(0o644)
    await (await TokenStore.open(path)).close()
    assert path.stat().st_mode & 0o777 == 0o600


async def test_tokens_outlive_the_store(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "tokens.db"
    first = await TokenStore.open(path)
    new = await first.create("phone", ["read"])
    await first.close()
    second = await TokenStore.open(path, create=False)
    assert await second.authenticate(new.token) is not None
    await second.close()


async def test_the_list_has_every_token_and_no_secret(tokens: TokenStore, clock: Hands) -> None:
    first = await tokens.create("phone", ["read", "ingest"], ["b", "a"])
    clock.move(1)
    second = await tokens.create("desk", ["admin"])
    clock.move(1)
    await tokens.revoke(first.id)
    phone, desk = await tokens.list()
    assert (phone.id, phone.name, phone.roles, phone.logs) == (
        first.id,
        "phone",
        ("read", "ingest"),
        ("a", "b"),
    )
    assert (phone.created, phone.revoked) == (START, START + 2_000_000)
    assert (desk.id, desk.logs, desk.revoked) == (second.id, None, None)
    assert second.token not in repr(await tokens.list())
    assert await tokens.count() == 1


@pytest.mark.parametrize("by", ["id", "name"])
async def test_a_revoked_token_lets_nobody_in(tokens: TokenStore, by: str) -> None:
    new = await tokens.create("phone", ["read"])
    other = await tokens.create("desk", ["read"])
    assert await tokens.authenticate(new.token) is not None
    (revoked,) = await tokens.revoke(new.id if by == "id" else "phone")
    assert revoked.id == new.id
    assert await tokens.authenticate(new.token) is None
    assert await tokens.identity(new.id) is None
    assert await tokens.authenticate(other.token) is not None


async def test_revoking_again_keeps_the_first_time(tokens: TokenStore, clock: Hands) -> None:
    new = await tokens.create("phone", ["read"])
    (first,) = await tokens.revoke(new.id)
    clock.move(60)
    assert await tokens.revoke(new.id) == (first,)


async def test_a_name_may_be_borne_again_and_then_means_the_live_one(tokens: TokenStore) -> None:
    await tokens.create("phone", ["read"])
    await tokens.revoke("phone")
    second = await tokens.create("phone", ["read"])
    (revoked,) = await tokens.revoke("phone")
    assert revoked.id == second.id


async def test_a_name_of_several_is_not_revoked(tokens: TokenStore) -> None:
    new = [await tokens.create("phone", ["read"]) for _ in range(2)]
    with pytest.raises(Conflict, match=new[0].id):
        await tokens.revoke("phone")
    assert await tokens.count() == 2


async def test_several_are_revoked_all_or_none(tokens: TokenStore) -> None:
    for name in ("phone", "desk"):
        await tokens.create(name, ["read"])
    with pytest.raises(NotFound, match="'car'"):
        await tokens.revoke("phone", "car")
    assert await tokens.count() == 2
    assert len(await tokens.revoke("phone", "desk")) == 2
    assert await tokens.count() == 0


@pytest.mark.parametrize(
    ("name", "roles", "logs", "field"),
    [
        ("", ["read"], None, "name"),
        ("a\nb", ["read"], None, "name"),
        ("n" * 257, ["read"], None, "name"),
        ("tok_phone", ["read"], None, "name"),
        ("phone", [], None, "role"),
        ("phone", ["owner"], None, "role"),
        ("phone", ["read"], [], "log"),
        ("phone", ["read"], [".."], "log"),
        ("phone", ["read"], [f"log{n}" for n in range(1001)], "log"),
    ],
)
async def test_a_token_that_cannot_be_is_refused_by_field(
    tokens: TokenStore, name: str, roles: list[Role], logs: list[str] | None, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        await tokens.create(name, roles, logs)
    assert caught.value.field == field
    assert await tokens.list() == ()


async def test_what_another_process_does_counts_from_its_commit_on(
    tokens: TokenStore, tmp_path: Path
) -> None:
    """Faster than any time stamp ticks, forth and back, without a token seen late a single time."""
    assert await tokens.count() == 0
    async with another_process(tmp_path / "tokens.db") as another:
        for turn in range(100):
            theirs = await another.tell("create", f"theirs{turn}")
            assert await tokens.authenticate(theirs) is not None
            await another.tell("revoke", f"theirs{turn}")
            assert await tokens.authenticate(theirs) is None
            ours = await tokens.create(f"ours{turn}", ["read"])
            assert await another.tell("authenticate", ours.token) == "True"
            await tokens.revoke(ours.id)
            assert await another.tell("authenticate", ours.token) == "False"
    assert len(await tokens.list()) == 200


async def test_a_change_is_seen_though_the_files_time_stands_still(
    tokens: TokenStore, tmp_path: Path
) -> None:
    path = tmp_path / "tokens.db"
    new = await tokens.create("phone", ["read"])
    assert await tokens.authenticate(new.token) is not None
    before = path.stat()
    beside = await TokenStore.open(path)
    await beside.revoke("phone")
    await beside.close()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert await tokens.authenticate(new.token) is None


async def test_two_that_make_the_file_at_once_share_it(tmp_path: Path) -> None:
    stores = await asyncio.gather(*(TokenStore.open(tmp_path / "tokens.db") for _ in range(4)))
    new = await asyncio.gather(*(store.create(f"n{n}", ["read"]) for n, store in enumerate(stores)))
    for store in stores:
        assert await store.count() == 4
        assert all([await store.authenticate(one.token) for one in new])
    for store in stores:
        await store.close()


async def test_while_nothing_changes_no_look_up_reads_the_tokens_again(
    tokens: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = await tokens.create("phone", ["read"])
    assert await tokens.authenticate(new.token) is not None

    async def refuse(*_: object) -> None:
        raise sqlite3.OperationalError("read again")

    monkeypatch.setattr(tokens.kept._database, "execute_fetchall", refuse)
    assert await tokens.authenticate(new.token) is not None
    assert await tokens.authenticate("ph_unknown") is None


async def test_nobody_is_let_in_while_the_tokens_cannot_be_read(
    tokens: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = await tokens.create("phone", ["read"])

    async def fail(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(tokens.kept._database, "execute_fetchall", fail)
        with pytest.raises(Unavailable, match="disk I/O error"):
            await tokens.authenticate(new.token)
        with pytest.raises(Unavailable):
            await tokens.create("desk", ["read"])
    assert await tokens.authenticate(new.token) is not None


async def test_a_reading_that_a_writer_overtakes_is_not_kept_for_the_later_state(
    tokens: TokenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = await tokens.create("phone", ["read"])
    beside = await TokenStore.open(tmp_path / "tokens.db")
    read = tokens.kept._database.execute_fetchall
    readings = []

    async def overtaken(sql: str) -> object:
        rows = await read(sql)
        readings.append(sql)
        if readings == [SELECT_CHANGES, SELECT_TOKENS]:
            await beside.revoke("phone")
        return rows

    monkeypatch.setattr(tokens.kept._database, "execute_fetchall", overtaken)
    assert await tokens.authenticate(new.token) is None
    assert readings == [SELECT_CHANGES, SELECT_TOKENS, SELECT_LOGINS] * 2
    await beside.close()


async def test_a_missing_file_is_not_made_unless_asked_for(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        await TokenStore.open(tmp_path / "typo" / "tokens.db", create=False)
    assert not (tmp_path / "typo").exists()


async def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tokens.db"
    path.write_text("not a database, and long enough to be looked at" * 100)
    with pytest.raises(PlayheadError, match="cannot be used: file is not a database"):
        await TokenStore.open(path)


async def test_a_file_of_another_version_is_refused(tokens: TokenStore, tmp_path: Path) -> None:
    path = tmp_path / "tokens.db"
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 7")
    database.close()
    with pytest.raises(PlayheadError, match="version 7"):
        await TokenStore.open(path)


async def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlayheadError, match="cannot be used"):
        await TokenStore.open(tmp_path)


@pytest.mark.parametrize("damage", ["roles = 'king'", "logs = '['", "logs = '[7]'"])
async def test_nobody_is_let_in_while_a_row_cannot_be_read(
    tokens: TokenStore, tmp_path: Path, damage: str
) -> None:
    def change(values: str) -> None:
        with closing(sqlite3.connect(tmp_path / "tokens.db")) as database, database:
            database.execute(f"UPDATE tokens SET {values}")

    new = await tokens.create("phone", ["read"], ["park"])
    change(damage)
    with pytest.raises(Unavailable, match="cannot be read"):
        await tokens.authenticate(new.token)
    change("roles = 'read', logs = NULL")
    assert await tokens.authenticate(new.token) is not None
