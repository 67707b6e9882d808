"""What `outlines` answers: the outlines of some sessions, and how far they go.

Rule: an outline is at hand when nothing that the other views know has changed its session since. They are asked
      after the outlines were read, so that an answer may join the two.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from projections.outlines.changes import Changes, Key, Seen
from projections.readers import Readers
from projections.view import as_json, fields
from replay.errors import Unavailable
from replay.outline import Outline


class Outlines:
    """The questions. A file that is not there, or cannot be read, has no outline at hand: they can be made anew.

    `readers` read the outlines, `views` what they are made from.
    """

    def __init__(self, readers: Readers, views: Readers) -> None:
        self._readers = readers
        self._changes = Changes(views)

    async def of(self, keys: Iterable[Key]) -> dict[Key, Outline]:
        """The outlines of these sessions that are at hand."""
        sql = f"""SELECT o.log, o.session, o.body, (SELECT position FROM checkpoint),
                (SELECT min(position) FROM described),
                (SELECT json_group_array(device) FROM lacking AS l INDEXED BY lacking_by_session
                    WHERE (l.log, l.session) = (o.log, o.session)) || ''
            FROM json_each(?) AS wanted CROSS JOIN outlines AS o
                ON (o.log, o.session) = ({fields(2, "wanted.value")})
            WHERE NOT EXISTS (SELECT 1 FROM stale AS s WHERE (s.log, s.session) = (o.log, o.session))"""
        try:
            rows = await self._readers.fetch_many(6, sql, (as_json(list(keys)),))
        except Unavailable:
            return {}
        if not rows:
            return {}
        *_, through, pending, _ = rows[0]
        lacking = {(log, session): _decode_names(names) for log, session, *_, names in rows}
        seen = Seen(through, through if pending is None else pending - 1, lacking)
        changed = await self._changes.since(seen)
        return {
            (log, session): _decode(body) for log, session, body, *_ in rows if (log, session) not in changed
        }

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
_decode_names = msgspec.json.Decoder(tuple[str, ...]).decode
