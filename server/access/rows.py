"""What `tokens.db` keeps of a token and of a page's login, and how a row of each is written and read.

Rule 1: of a secret, a token's or a cookie's, there is the SHA-256 alone: whoever steals the file can log in
        with nothing in it.
Rule 2: times are microseconds UTC.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

from replay.envelope import check_name
from replay.errors import Invalid
from server.access.identity import ROLES, Role, in_order

MAX_LOGS = 1000
"""The most logs that one token may be limited to."""

Values = tuple[str | int | bytes | None, ...]

SELECT_TOKENS = "SELECT id, name, roles, logs, created, revoked, digest FROM tokens ORDER BY created, id"
INSERT_INTO_TOKENS = "INSERT INTO tokens (id, name, roles, logs, created, digest) VALUES (?, ?, ?, ?, ?, ?)"
SELECT_CHANGES = "SELECT count FROM token_changes"
SELECT_LOGINS = "SELECT digest, token, created, ends FROM logins"
INSERT_INTO_LOGINS = "INSERT INTO logins (digest, token, created, ends) VALUES (?, ?, ?, ?)"


class Token(msgspec.Struct, frozen=True):
    """What is kept of a token. `logs` None: every log; `revoked` None: live."""

    id: str
    name: str
    roles: tuple[Role, ...]
    logs: tuple[str, ...] | None
    created: int
    revoked: int | None = None


class Page(msgspec.Struct, frozen=True):
    """A page's login. `key` is the hash of its cookie, `token` the id of the token it came by, None for a code."""

    key: bytes
    token: str | None
    created: int
    ends: int


def write_token(token: Token, digest: bytes) -> Values:
    """The values of `INSERT_INTO_TOKENS`. Raises `Invalid` naming what a token may not have."""
    return (
        token.id,
        check_name(token.name, "name"),
        _write_roles(token.roles),
        _write_logs(token.logs),
        token.created,
        digest,
    )


def read_token(row: sqlite3.Row) -> tuple[Token, bytes]:
    """The token and the digest of a row of `SELECT_TOKENS`."""
    id, name, roles, logs, created, revoked, digest = row
    held = msgspec.convert(tuple(roles.split()), tuple[Role, ...])
    limits = None if logs is None else msgspec.json.decode(logs, type=tuple[str, ...])
    return Token(id, name, held, limits, created, revoked), digest


def write_page(page: Page) -> Values:
    """The values of `INSERT_INTO_LOGINS`."""
    return (page.key, page.token, page.created, page.ends)


def read_page(row: sqlite3.Row) -> Page:
    """The login of a row of `SELECT_LOGINS`."""
    return Page(*msgspec.convert(tuple(row), tuple[bytes, str | None, int, int]))


def _write_roles(roles: Iterable[Role]) -> str:
    given = frozenset(roles)
    if not given or given - set(ROLES):
        raise Invalid("role", f"a token needs one or more of the roles {', '.join(ROLES)}")
    return " ".join(in_order(given))


def _write_logs(logs: Iterable[str] | None) -> str | None:
    if logs is None:
        return None
    given = sorted({check_name(log, "log") for log in logs})
    if not 0 < len(given) <= MAX_LOGS:
        raise Invalid("log", f"a token is for every log, or for 1 to {MAX_LOGS} of them")
    return msgspec.json.encode(given).decode()
