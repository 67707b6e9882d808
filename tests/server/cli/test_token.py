"""`playhead token`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from server.access import FILE, Identity, Pages, TokenStore
from tests.server.cli.run import document, failed, ok


async def authenticate(data: Path, secret: str) -> Identity | None:
    store = await TokenStore.open(data / FILE)
    try:
        return await store.authenticate(secret)
    finally:
        await store.close()


def test_a_token_made_with_json_opens_what_it_was_made_for(tmp_path: Path) -> None:
    made = document(
        *("token", "create", "--data", tmp_path, "--name", "ada"),
        *("--role", "read", "--role", "ingest", "--log", "museum", "--log", "park"),
    )
    assert list(made) == ["id", "token"]
    identity = asyncio.run(authenticate(tmp_path, made["token"]))
    assert identity is not None
    assert (identity.token, identity.name) == (made["id"], "ada")
    assert identity.roles == {"read", "ingest"}
    assert identity.logs == frozenset({"museum", "park"})


def test_without_json_stdout_has_the_secret_alone(tmp_path: Path) -> None:
    out = ok("token", "create", "--data", tmp_path, "--name", "ada", "--role", "admin")
    assert out.startswith("ph_")
    assert len(out.split()) == 1


def test_the_list_shows_who_has_a_token_and_no_secret(tmp_path: Path) -> None:
    secret = document("token", "create", "--data", tmp_path, "--name", "ada", "--role", "read")["token"]
    text = ok("token", "list", "--data", tmp_path)
    assert "ada" in text
    assert "live" in text
    assert secret not in text
    (one,) = document("token", "list", "--data", tmp_path)["tokens"]
    assert (one["name"], one["roles"], one["logs"], one["revoked"]) == ("ada", ["read"], None, None)


def test_a_revoked_token_is_shown_as_revoked(tmp_path: Path) -> None:
    document("token", "create", "--data", tmp_path, "--name", "ada", "--role", "read")
    assert "ada" in ok("token", "revoke", "ada", "--data", tmp_path)
    assert "revoked" in ok("token", "list", "--data", tmp_path)


def test_the_folder_may_come_from_the_environment(tmp_path: Path) -> None:
    ok("token", "create", "--name", "ada", "--role", "read", env={"PLAYHEAD_DATA": str(tmp_path)})
    assert (tmp_path / FILE).exists()


def test_unknown_tokens_and_folders_are_not_found(tmp_path: Path) -> None:
    assert "there are no tokens" in failed("token", "list", "--data", tmp_path / "none", code=4)
    document("token", "create", "--data", tmp_path, "--name", "ada", "--role", "read")
    assert "no token 'eve'" in failed("token", "revoke", "eve", "--data", tmp_path, code=4)


def test_a_role_that_is_none_is_refused(tmp_path: Path) -> None:
    assert "'king'" in failed("token", "create", "--data", tmp_path, "--name", "a", "--role", "king", code=2)


def test_a_bad_setting_names_where_it_came_from(tmp_path: Path) -> None:
    config = tmp_path / "playhead.toml"
    config.write_text("prot = 1\n")
    message = failed("token", "list", "--config", config, code=2)
    assert f"{config} has an unknown setting: prot; did you mean port?" in message


def test_every_page_is_logged_out_at_once(tmp_path: Path) -> None:
    async def log_in() -> None:
        store = await TokenStore.open(tmp_path / FILE)
        await Pages(store.kept).open(None)
        await store.close()

    asyncio.run(log_in())
    assert document("token", "logout", "--data", tmp_path) == {"ended": 1}
    assert "0 logins ended" in ok("token", "logout", "--data", tmp_path)
    assert "there are no tokens" in failed("token", "logout", "--data", tmp_path / "none", code=4)
