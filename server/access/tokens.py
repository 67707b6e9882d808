"""The tokens of a data folder: made, listed and revoked by the server and the command line at once.

Rule 1: only the SHA-256 of a secret is kept; it is looked up by that and compared in constant time.
Rule 2: what another process makes or revokes counts from its commit on, and while the file cannot be read
        nobody is let in (`kept.py`).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from replay.clock import Clock, now
from replay.errors import Conflict, Invalid, NotFound
from server.access.identity import Identity, Role
from server.access.kept import Kept
from server.access.rows import INSERT_INTO_TOKENS, Token, write_token
from server.access.secret import digest, new_secret, normal, short_id

FILE = "tokens.db"
ID_PREFIX = "tok_"


class NewToken(msgspec.Struct, frozen=True):
    """A token just made: the only time that its secret (`token`) is seen."""

    id: str
    token: str


class TokenStore:
    """The tokens of one data folder. Make one with `await TokenStore.open(path)`."""

    def __init__(self, kept: Kept, clock: Clock) -> None:
        self.kept = kept
        self._clock = clock

    @classmethod
    async def open(cls, path: Path, *, create: bool = True, clock: Clock = now) -> TokenStore:
        """Open a token file, readable by its owner alone; make it when it is missing and `create` is set.

        Raises `NotFound` when it is missing otherwise, `PlayheadError` when it cannot be used.
        """
        return cls(await Kept.open(path, create=create), clock)

    async def close(self) -> None:
        """Let go of the file."""
        await self.kept.close()

    async def create(
        self,
        name: str,
        roles: Iterable[Role],
        logs: Iterable[str] | None = None,
        *,
        secret: str | None = None,
    ) -> NewToken:
        """Make a token and return its secret, which cannot be had again. `logs` None: for every log.

        `secret` is one that was derived (`derive_secret`) and that no token has. Names need not be unique.
        Raises `Invalid` naming what is wrong, `Unavailable` when it could not be written.
        """
        if name.startswith(ID_PREFIX):
            raise Invalid("name", f"name must not begin with {ID_PREFIX}, as the ids do")
        new = NewToken(short_id(ID_PREFIX, 8), secret or new_secret())
        limits = None if logs is None else tuple(logs)
        token = Token(new.id, name, tuple(roles), limits, self._clock())
        await self.kept.write(INSERT_INTO_TOKENS, write_token(token, digest(new.token)))
        return new

    async def list(self) -> Sequence[Token]:
        """Every token ever made, revoked ones too, the oldest first."""
        return (await self.kept.now()).tokens.all

    async def count(self) -> int:
        """How many tokens let somebody in."""
        return len((await self.kept.now()).tokens.by_id)

    async def revoke(self, *ids_or_names: str) -> Sequence[Token]:
        """Revoke tokens by id or by name, all or none, and return them as they are now. Their logins end.

        Revoking an id again changes nothing. Raises `NotFound` for an unknown one, `Conflict` for a name
        that several live tokens bear (revoke them by id), `Unavailable` when it could not be written.
        """
        tokens = (await self.kept.now()).tokens.all
        ids = {_find(tokens, wanted) for wanted in ids_or_names}
        marks = ", ".join("?" * len(ids))
        await self.kept.write(
            f"UPDATE tokens SET revoked = ? WHERE revoked IS NULL AND id IN ({marks})", (self._clock(), *ids)
        )
        return tuple(token for token in await self.list() if token.id in ids)

    async def authenticate(self, secret: str) -> Identity | None:
        """Whose secret this is; None when it is unknown or revoked. Raises `Unavailable`."""
        wanted = digest(normal(secret))
        live = (await self.kept.now()).tokens.by_digest.get(wanted)
        if live is None or not hmac.compare_digest(live.digest, wanted):
            return None
        return live.identity

    async def identity(self, id: str) -> Identity | None:
        """The bearer of the token with this public id; None when it is unknown or revoked."""
        live = (await self.kept.now()).tokens.by_id.get(id)
        return None if live is None else live.identity


def _find(tokens: Iterable[Token], wanted: str) -> str:
    """The id that an id or a name means."""
    tokens = tuple(tokens)
    found = [token.id for token in tokens if token.id == wanted]
    found = found or [token.id for token in tokens if token.name == wanted and token.revoked is None]
    if not found:
        raise NotFound(f"there is no token {wanted!r}")
    if len(found) > 1:
        raise Conflict(f"{len(found)} tokens bear the name {wanted!r}; name one by id: {', '.join(found)}")
    return found[0]
