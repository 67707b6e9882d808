"""Lists of sessions: the filters, and the query each of them becomes."""

from __future__ import annotations

from typing import Literal

import msgspec

from projections.listing import Listing, among, holding, one_log
from projections.timelines.schema import DEVICE, USER
from projections.view import Row
from replay.clock import MICROSECONDS

LIVE = 5 * 60 * MICROSECONDS
"""A session is live while its last record is younger than this, in microseconds, and it has not ended."""

NAMES = 100
"""How many of its devices, and of its users, a session's row names."""

State = Literal["live", "open", "ended"]


class SessionFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which sessions to list; None means all.

    `logs`: those that may be read. `device` and `user`: who took part. `since` and `until`: sessions with any part
    in that time, both ends included, in microseconds UTC; where `reaching`, as far around its events as the longest
    duration that it was told may reach, too. `text`: part of an id of the session, its devices or its
    users, or of its client, in any case.
    """

    logs: frozenset[str] | None = None
    log: str | None = None
    device: str | None = None
    user: str | None = None
    since: int | None = None
    until: int | None = None
    reaching: bool = False
    state: State | None = None
    text: str | None = None


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a list shows of a session. Times are microseconds UTC.

    `first` and `last` are the positions of its oldest and newest record still there, `recorded` when the newest was
    recorded. `started` is the position of its session-started with the lowest position, which brings `client`;
    `ended` that of its session-ended with the highest. `longest` is the greatest duration that an end of a listen
    told, rounded up: nothing that was told to have lasted lies further than that from the session's events.
    `devices` and `users` are sorted, `NAMES` at most.
    """

    log: str
    session: str
    first: int
    last: int
    recorded: int
    events: int
    listens: int
    longest: int
    first_time: int
    last_time: int
    started: int | None
    started_time: int | None
    client: str | None
    ended: int | None
    ended_time: int | None
    state: State
    devices: tuple[str, ...]
    users: tuple[str, ...]


class SessionPage(msgspec.Struct, frozen=True):
    """Sessions, newest first; `next` is the `before` of the next page; `position` is where the view stands."""

    sessions: tuple[SessionRow, ...]
    next: int | None
    position: int


def _names(role: str) -> str:
    return f"""(SELECT json_group_array(name) FROM (SELECT name FROM members
        WHERE session = s.first AND role = '{role}' ORDER BY name LIMIT {NAMES})) || ''"""


COLUMNS = f"""s.first, s.log, s.session, s.last, s.recorded, s.events, s.listens, s.longest, s.first_time,
    s.last_time, s.started, s.started_time, s.client, s.ended, s.ended_time, {_names(DEVICE)}, {_names(USER)}"""
WIDTH = 17
"""How many `COLUMNS` there are."""

_decode_names = msgspec.json.Decoder(tuple[str, ...]).decode
_FIELDS = SessionRow.__struct_fields__


def session_row(row: Row, now: int) -> SessionRow:
    """The row of `COLUMNS` as a session, at a moment of the wall clock."""
    first, log, session, last, recorded, *rest, devices, users = row
    ended = rest[-2]
    state: State = "ended" if ended is not None else "live" if recorded > now - LIVE else "open"
    values = (log, session, first, last, recorded, *rest, state, _decode_names(devices), _decode_names(users))
    return SessionRow(**dict(zip(_FIELDS, values, strict=True)))


def list_sessions(wanted: SessionFilter, now: int) -> Listing:
    """The query for the sessions that a filter lets through."""
    listing = _in_order(wanted)
    if wanted.logs is not None:
        listing.only("s.log IN (SELECT value FROM json_each(:logs))", logs=among(wanted.logs))
    if wanted.user is not None and wanted.device is not None:
        condition = (
            f"EXISTS (SELECT 1 FROM members WHERE session = s.first AND role = '{USER}' AND name = :user)"
        )
        listing.only(condition, user=wanted.user)
    around = "s.longest" if wanted.reaching else "0"
    if wanted.since is not None:
        listing.only(f"s.last_time + {around} >= :since", since=wanted.since)
    if wanted.until is not None:
        listing.only(f"s.first_time - {around} <= :until", until=wanted.until)
    if wanted.state is not None:
        listing.only(_STATES[wanted.state], young=now - LIVE)
    if wanted.text:
        condition, parameters = holding(wanted.text, "s.session", "s.client")
        names, _ = holding(wanted.text, "name")
        members = f"EXISTS (SELECT 1 FROM members WHERE session = s.first AND ({names}))"
        listing.only(f"({condition} OR {members})", **parameters)
    return listing


_STATES: dict[State, str] = {
    "ended": "s.ended IS NOT NULL",
    "live": "s.ended IS NULL AND s.recorded > :young",
    "open": "s.ended IS NULL AND s.recorded <= :young",
}


def _in_order(wanted: SessionFilter) -> Listing:
    """The rows to look at, by the index that gives the fewest of them in the list's order."""
    log = one_log(wanted.logs, wanted.log)
    for role, name in ((DEVICE, wanted.device), (USER, wanted.user)):
        if name is not None:
            source = "members AS m INDEXED BY members_by_name CROSS JOIN sessions AS s ON s.first = m.session"
            listing = Listing(source, "m.session", COLUMNS, WIDTH, ["m.role = :role", "m.name = :name"])
            listing.parameters = {"role": role, "name": name}
            if log is not None:
                listing.only("s.log = :log", log=log)
            return listing
    if log is not None:
        source = "sessions AS s INDEXED BY sessions_by_log"
        return Listing(source, "s.first", COLUMNS, WIDTH, ["s.log = :log"], parameters={"log": log})
    return Listing("sessions AS s", "s.first", COLUMNS, WIDTH)
