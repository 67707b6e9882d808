"""`POST /api/2/users/`: signing up, which lets anyone in. It is off unless the setting `sign_up` is on.

Rule 1: who signs up gets a token that may only send events, and only to the log `default`.
Rule 2: the same device is the same user with the same token, always: its secret is derived from the device's id by
        a key of this data folder (`sign-up.key`, readable by its owner alone), and only its hash is kept, as of all
        tokens. One that was revoked is not given again.
Rule 3: a user is an event of the log (`user-signed-up`), whose id is the user's: microseconds of the clock, or the
        next one that is free. It goes when the device's events are erased; the token's name has only a hash of it.
Rule 4: one address makes so many users a minute and no more.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

import msgspec
from aiohttp import web

from replay.clock import format_time
from replay.envelope import DEFAULT_LOG, parse_event
from replay.errors import Conflict, Unavailable
from replay.ids import derived_id
from server.access import ACCESS, Forbidden, Identity, Token, TokenStore
from server.access.attempts import Attempts
from server.access.secret import derive_secret
from server.api.call import SERVICES
from server.http.replies import reply
from server.roundware.posted import read_posted
from server.roundware.writing import store
from server.services import Services

SOURCE = "/api/2/users/"
SIGNED_UP = "user-signed-up"
KEY_FILE = "sign-up.key"
KEY_BYTES = 32
MAX_TEXT = 254
MOST = 60
"""How many new users one address makes in a minute."""
TRIES = 1000

_NAME = re.compile(r"roundware user (?P<id>\d+) (?P<device>[0-9a-f]{32})")


class User(msgspec.Struct, frozen=True):
    """Someone who signed up. `device` and `client_type` are None where the event that told them is gone."""

    id: str
    device: str | None = None
    client_type: str | None = None


class SignUp:
    """Signs users up, one at a time. Its key is made when the first one comes."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._attempts = Attempts(services.clock, most=MOST)
        self._lock = asyncio.Lock()

    async def user(
        self, tokens: TokenStore, device: str, client_type: str | None, address: str
    ) -> tuple[str, str]:
        """The id and the token of a device's user, who is made when there is none.

        Raises `Forbidden` when the token was revoked, `TooManyAttempts`, `Unavailable`.
        """
        secret = derive_secret(_key(self._services.settings.data / KEY_FILE), device)
        hashed = derived_id("roundware", device)
        async with self._lock:
            known = _known(await tokens.list(), hashed)
            if known is not None:
                id, token = known
                if token.revoked is not None:
                    raise Forbidden("this user's token was revoked")
                return id, secret
            self._attempts.check(address)
            self._attempts.count(address)
            id = await _make_user(self._services, device, client_type)
            await tokens.create(f"roundware user {id} {hashed}", ["ingest"], [DEFAULT_LOG], secret=secret)
        return id, secret


SIGN_UP = web.AppKey("roundware-sign-up", SignUp)


async def post(request: web.Request) -> web.Response:
    """`POST`: sign a device up. Raises `Forbidden` while the setting is off."""
    services = request.app[SERVICES]
    if not services.settings.sign_up:
        raise Forbidden("signing up is off on this server: see the setting `sign_up`")
    posted = await read_posted(services, request)
    device = posted.needed_id("device_id")
    client_type = posted.text("client_type", MAX_TEXT)
    posted.check()
    sign_up, tokens = request.app[SIGN_UP], request.app[ACCESS].tokens
    id, token = await sign_up.user(tokens, device, client_type, request.remote or "")
    document = {
        "id": int(id),
        "username": id,
        "token": token,
        "device_id": device,
        "client_type": client_type,
    }
    return reply(document, status=HTTPStatus.OK)


async def user_of(services: Services, identity: Identity) -> User | None:
    """The user who signed up for a token, or None for a token that was made otherwise."""
    named = _NAME.fullmatch(identity.name)
    if named is None:
        return None
    for record in await services.log.find(DEFAULT_LOG, named["id"]):
        event = record.event()
        if event.source == SOURCE and event.type == SIGNED_UP:
            return User(named["id"], event.device, event.data.get("client_type"))
    return User(named["id"])


def _known(tokens: Iterable[Token], hashed: str) -> tuple[str, Token] | None:
    for token in tokens:
        named = _NAME.fullmatch(token.name)
        if named is not None and named["device"] == hashed:
            return named["id"], token
    return None


async def _make_user(services: Services, device: str, client_type: str | None) -> str:
    """Append the event that makes a user, under the first free id."""
    now = services.clock()
    for number in range(now, now + TRIES):
        fields = {
            "id": str(number),
            "source": SOURCE,
            "type": SIGNED_UP,
            "time": format_time(now),
            "device": device,
            "user": str(number),
            "data": {} if client_type is None else {"client_type": client_type},
        }
        with suppress(Conflict):
            [receipt] = await store(services, [parse_event(fields)])
            if receipt.status == "stored":
                return str(number)
    raise Unavailable("no user id is free now")


def _key(path: Path) -> bytes:
    """The key of a data folder, made when it is missing."""
    with suppress(FileExistsError):
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with open(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(handle)
    return path.read_bytes()
