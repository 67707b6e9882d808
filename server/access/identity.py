"""Who asks: a token's roles and logs, and the rule that gives a request its one log.

Rule 1: roles are `read`, `ingest` and `admin`; admin implies both others.
Rule 2: a token is limited to some logs, or to none (`logs` is None: every log).
Rule 3: the log of a request that is about one log is the one it names, else the token's only log, else
        `default`.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from replay.envelope import DEFAULT_LOG, check_name
from server.access.errors import Forbidden

Role = Literal["read", "ingest", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)


class Identity(msgspec.Struct, frozen=True):
    """Who asks. `token` is the token's public id, never its secret."""

    token: str
    name: str
    roles: frozenset[Role]
    logs: frozenset[str] | None = None

    def allows(self, role: Role) -> bool:
        """Whether it holds a role, or the one that implies it."""
        return role in self.roles or "admin" in self.roles

    def may(self, log: str) -> bool:
        """Whether it may use a log."""
        return self.logs is None or log in self.logs

    @property
    def only_log(self) -> str | None:
        """The log of a token that has exactly one."""
        if self.logs is None or len(self.logs) != 1:
            return None
        return next(iter(self.logs))

    def check(self, log: str, *, index: int | None = None) -> str:
        """Return a log that may be used. Raises `Forbidden`, naming the event of a batch by `index`."""
        if not self.may(log):
            message = f"the token {self.name!r} may not use the log {log!r}"
            raise Forbidden(message, field="log", index=index)
        return log

    def one_log(self, asked: str | None = None) -> str:
        """The one log of a request that asks for `asked` (blank: for none). Raises `Invalid`, `Forbidden`."""
        if asked:
            return self.check(check_name(asked, "log"))
        log = self.only_log or DEFAULT_LOG
        if not self.may(log):
            raise Forbidden(f"the token {self.name!r} is for several logs: name one with ?log=", field="log")
        return log

    def all_logs(self, asked: str | None = None) -> frozenset[str] | None:
        """The logs of a request that covers all it may read, or `asked` alone; None: every log."""
        return frozenset({self.one_log(asked)}) if asked else self.logs


def in_order(roles: frozenset[Role]) -> list[Role]:
    """Roles as they are shown: the weakest first."""
    return [role for role in ROLES if role in roles]
