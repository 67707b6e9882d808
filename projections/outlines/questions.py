"""What `outlines` answers: the outlines of some sessions, and how far they go."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from projections.readers import Readers
from projections.view import as_json, fields
from replay.errors import Unavailable
from replay.outline import Outline

Key = tuple[str, str]
"""A session: its log and its id."""


class Fresh(msgspec.Struct, frozen=True):
    """Outlines that nothing has changed since, as of the position `through`; other sessions have none at hand."""

    through: int
    outlines: dict[Key, Outline]


class Outlines:
    """The questions. A file that is not there, or cannot be read, has no outline at hand: they can be made anew."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def of(self, keys: Iterable[Key]) -> Fresh:
        """The outlines of these sessions."""
        sql = f"""SELECT o.log, o.session, o.body, (SELECT position FROM checkpoint)
            FROM json_each(?) AS wanted CROSS JOIN outlines AS o
                ON (o.log, o.session) = ({fields(2, "wanted.value")})
            WHERE NOT EXISTS (SELECT 1 FROM stale AS s WHERE (s.log, s.session) = (o.log, o.session))"""
        try:
            rows = await self._readers.fetch_many(4, sql, (as_json(list(keys)),))
        except Unavailable:
            return Fresh(0, {})
        found = {(log, session): _decode(body) for log, session, body, _ in rows}
        return Fresh(max((position for *_, position in rows), default=0), found)

    async def outlined(self) -> int:
        """The position up to which every session has its outline."""
        sql = """SELECT min(position, coalesce((SELECT min(position) FROM stale) - 1, position),
            coalesce((SELECT min(position) FROM described) - 1, position)) FROM checkpoint"""
        try:
            [(position,)] = await self._readers.fetch(sql)
        except Unavailable:
            return 0
        return int(position)


_decode = msgspec.json.Decoder(Outline).decode
