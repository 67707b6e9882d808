"""What is special about a sound over HTTP.

Rule: a file that can be asked for in parts must not change between two parts. So the sound of a session that is
live is another file for each position, and `replay.wav`, `.flac`, `.mp3` and `.opus` lead to the newest.
"""

from __future__ import annotations

from aiohttp import hdrs, web

from server.api.call import Call
from server.exports.table import Export
from server.http.replies import with_query
from server.questions.parameters import query_items
from server.questions.read import READ
from server.questions.sessions import ReplayQuestion, SessionQuestion
from server.reads import replays, sessions


async def settle(call: Call[ReplayQuestion], row: Export) -> None:
    """Lead who asks for the sound of a live session to that as of now (302), which stays as it is."""
    if not row.sound or call.query.as_of is not None:
        return
    question = call.query
    session = SessionQuestion(log=question.log, min_position=question.min_position, wait=question.wait)
    found = await sessions.session(call.services, call.identity, call.id, session)
    if found.document["state"] != "live":
        return
    told = await replays.told(call.services, call.identity, call.id, question, lambda _: None)
    items = [item for item in query_items(call.request.rel_url.raw_query_string) if item[0] not in READ]
    target = with_query(f"replay.{row.extension}", [*items, ("as_of", told.newest)])
    raise web.HTTPFound(target, headers={hdrs.CACHE_CONTROL: "no-store"})
