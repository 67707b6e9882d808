"""A page of a device's feed in Vinli's envelope.

Rule 1: a link is absolute, carries the caller's own parameters and one new bound, and holds no credential.
Rule 2: `remaining` is exact. With `objectId` it is counted event by event, for the views hold no objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from projections.feeds import FeedPage, Feeds, Moment
from replay.clock import EARLIEST
from replay.envelope import DEFAULT_LOG
from replay.log.contract import EventLog, Record
from server.access import Identity
from server.http.replies import with_query
from server.questions.bounds import MILLISECOND, format_bound
from server.questions.devices import FeedQuestion
from server.reads.documents import item_path
from server.reads.standing import view_position
from server.services import Services
from server.vinli.events import object_of, vinli_event

DEFAULT_LIMIT = 20
MOST = 100
"""The longest page: who asks for more gets this many, and `meta` says so."""
STEP = 500
"""Events read at once to find those of an object."""


class Feed(msgspec.Struct, frozen=True):
    """The envelope, and where the view stood that it was read from."""

    document: dict[str, Any]
    position: int


class _Page(msgspec.Struct, frozen=True):
    records: Sequence[Record]
    next: Moment | None
    remaining: int


class _Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a page is of: `feeds.page` takes all but `object_id`."""

    log: str
    device: str
    type: str | None
    since: Moment | None
    until: Moment
    limit: int
    ascending: bool
    object_id: str | None


async def read_feed(
    services: Services, identity: Identity, device: str, question: FeedQuestion, base: str
) -> Feed:
    """A page of a device's feed. `base` begins its links. Raises `NotFound` for an unknown device."""
    log = identity.one_log(question.log)
    position = await view_position(services, question)
    feeds = services.projections.feeds
    newest = (await feeds.device(log, device)).last_time
    wanted = _Wanted(
        log=log,
        device=device,
        type=question.type,
        since=question.since,
        until=question.until or Moment(max(services.clock(), newest) // MILLISECOND),
        limit=DEFAULT_LIMIT if question.limit is None else min(question.limit, MOST),
        ascending=question.sort_dir == "asc",
        object_id=question.object_id,
    )
    read = _page if wanted.object_id is None else _page_of_object
    page = await read(feeds, services.log, wanted)
    path = base + item_path("devices", device, "events")
    only_log = identity.only_log or DEFAULT_LOG
    events = [vinli_event(record, base, only_log) for record in page.records if not record.erased]
    return Feed(
        {"events": events, "meta": {"pagination": _pagination(page, wanted, question, path)}}, position
    )


async def _page(feeds: Feeds, log: EventLog, wanted: _Wanted) -> _Page:
    found = await _some(feeds, wanted, wanted.limit)
    return _Page(await log.get(found.positions), found.next, found.remaining)


async def _page_of_object(feeds: Feeds, log: EventLog, wanted: _Wanted) -> _Page:
    """A page of the events of one object: the first few are kept, all others counted."""
    records: list[Record] = []
    following: Moment | None = None
    remaining = 0
    while True:
        some = await _some(feeds, wanted, STEP)
        for index, record in enumerate(await log.get(some.positions)):
            if record.erased or not _is_of(record, wanted.object_id):
                continue
            if len(records) < wanted.limit:
                records.append(record)
                continue
            remaining += 1
            following = following or (await _some(feeds, wanted, index)).next
        if some.next is None:
            return _Page(records, following, remaining)
        wanted = _beyond(wanted, some.next)


async def _some(feeds: Feeds, wanted: _Wanted, limit: int) -> FeedPage:
    return await feeds.page(
        wanted.log,
        wanted.device,
        type=wanted.type,
        since=wanted.since,
        until=wanted.until,
        limit=limit,
        ascending=wanted.ascending,
    )


def _beyond(wanted: _Wanted, bound: Moment) -> _Wanted:
    if wanted.ascending:
        return msgspec.structs.replace(wanted, since=bound)
    return msgspec.structs.replace(wanted, until=bound)


def _is_of(record: Record, object_id: str | None) -> bool:
    found = object_of(record.event())
    return isinstance(found, dict) and found.get("id") == object_id


def _pagination(page: _Page, wanted: _Wanted, question: FeedQuestion, path: str) -> dict[str, Any]:
    links = {}
    if page.next is not None:
        name, parameter = ("next", "since") if wanted.ascending else ("prior", "until")
        links[name] = with_query(path, {**_asked(question), parameter: _cursor(page.next)}.items())
    return {
        "remaining": page.remaining,
        "limit": wanted.limit,
        "until": format_bound(wanted.until),
        "since": None if wanted.since is None else format_bound(wanted.since),
        "sortDir": "asc" if wanted.ascending else "desc",
        "links": links,
    }


def _cursor(bound: Moment) -> str | None:
    """A bound as a link carries it; None for one before the first of all times, which leaves nothing out."""
    return format_bound(bound) if bound.ms * MILLISECOND >= EARLIEST else None


def _asked(question: FeedQuestion) -> dict[str, str]:
    """The caller's own parameters, as Vinli spells them."""
    given = {
        "limit": None if question.limit is None else str(question.limit),
        "since": None if question.since is None else format_bound(question.since),
        "until": None if question.until is None else format_bound(question.until),
        "type": question.type,
        "objectId": question.object_id,
        "sortDir": question.sort_dir,
        "log": question.log,
    }
    return {name: value for name, value in given.items() if value is not None}
