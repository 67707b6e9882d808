"""Signing up: off unless it is on, the same user for the same device, and a token that can do little."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from server.access.secret import fault
from server.roundware import users
from server.settings import Settings
from tests.server.api import Api, Reply
from tests.server.conftest import open_over, patient, serve
from tests.server.roundware.test_writing import post


async def sign_up(api: Api, device: str = "phone", **more: Any) -> Reply:
    return await post(api, "users/", token=None, device_id=device, **more)


class TestOff:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return patient(tmp_path)

    async def test_nobody_signs_up_where_it_is_off(self, api: Api) -> None:
        for token in (None, "admin"):
            answer = await post(api, "users/", token=token, device_id="phone")
            assert (answer.status, answer.document) == (
                403, {"detail": "You do not have permission to perform this action."}
            )  # fmt: skip
        assert not (api.services.settings.data / users.KEY_FILE).exists()
        assert (await api.services.log.head()).position == 0


async def test_the_same_device_gets_the_same_user_and_token_at_once_and_after_a_restart(api: Api) -> None:
    answers = await asyncio.gather(*(sign_up(api) for _ in range(10)))
    first = answers[0].document
    assert all(answer.document == first for answer in answers)
    assert (await api.services.log.head()).position == 1
    services = api.services
    async with (
        open_over(services.log, services.settings, services.clock) as again,
        serve(again) as restarted,
    ):
        assert (await sign_up(restarted)).document == first
        assert (await sign_up(restarted, "another")).document["token"] != first["token"]


async def test_the_key_and_the_tokens_stay_private(api: Api) -> None:
    token = (await sign_up(api)).document["token"]
    assert fault(token) is None
    data = api.services.settings.data
    assert (data / users.KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert len((data / users.KEY_FILE).read_bytes()) == users.KEY_BYTES
    assert token.encode() not in (data / "tokens.db").read_bytes()
    assert all(b"phone" not in path.read_bytes() for path in data.glob("tokens.db*"))


async def test_another_data_folder_gives_another_token(api: Api, tmp_path: Path) -> None:
    token = (await sign_up(api)).document["token"]
    (api.services.settings.data / users.KEY_FILE).write_bytes(b"another key of another data folder")
    api.services.settings.data.joinpath("tokens.db").chmod(0o600)
    assert (await sign_up(api, "phone-2")).document["token"] != token


async def test_a_token_that_was_revoked_is_not_given_again(api: Api) -> None:
    assert api.services.access is not None
    signed = (await sign_up(api)).document
    tokens = api.services.access.tokens
    [made] = [token for token in await tokens.list() if token.name.startswith("roundware user")]
    assert (made.roles, made.logs) == (("ingest",), ("default",))
    await tokens.revoke(made.id)
    assert (await sign_up(api)).status == 403
    api.tokens["hers"] = signed["token"]
    assert (await post(api, "sessions/", token="hers")).document == {"detail": "Invalid token."}


async def test_one_address_makes_so_many_users_a_minute(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    clock: Any = api.services.clock
    for number in range(users.MOST):
        assert (await sign_up(api, f"phone-{number}")).status == 200
    answer = await sign_up(api, "one-too-many")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
    assert answer.document == {"detail": "Request was throttled. Expected available in 60 seconds."}
    assert (await sign_up(api, "phone-3")).status == 200
    clock.time += 60_000_000
    assert (await sign_up(api, "one-too-many")).status == 200


async def test_a_users_events_name_device_and_user(api: Api) -> None:
    signed = (await sign_up(api, client_type="web")).document
    api.tokens["hers"] = signed["token"]
    session = (await post(api, "sessions/", token="hers")).document
    assert (session["device_id"], session["client_type"]) == ("phone", "web")
    await post(api, "listenevents/", token="hers", session=session["id"], asset=1, starttime="2017-04-21")
    events = (await api.get("/api/v1/events")).document["events"]
    assert [(one["type"], one["device"], one["user"]) for one in events] == [
        (kind, "phone", signed["username"])
        for kind in ("user-signed-up", "session-started", "listen-started")
    ]


async def test_erasing_the_device_leaves_a_user_without_one(api: Api) -> None:
    signed = (await sign_up(api)).document
    assert (await api.ask("DELETE", "/api/v1/devices/phone")).status == 200
    api.tokens["hers"] = signed["token"]
    assert (await post(api, "sessions/", token="hers")).document["device_id"] is None
    assert (await sign_up(api)).document["id"] == signed["id"]


async def test_a_token_of_another_name_is_no_user(api: Api) -> None:
    assert (await post(api, "sessions/")).document["device_id"] is None
