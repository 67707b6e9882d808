"""The filters of `GET /api/2/events/`, as tests that an event must pass.

Rule 1: `event_type` is a part of the type as it is shown, in any case; `tag_ids` are tags that are all there.
Rule 2: `server_time__gt` and `server_time__lt` exclude their bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from replay.log.contract import Record
from server.roundware.listen_filters import NOT_A_MOMENT, NOT_WHOLE, read_whole
from server.roundware.manner import Rejected
from server.roundware.values import read_moment

Document = dict[str, Any]
Test = Callable[[Document, Record], bool]


class EventsQuestion(msgspec.Struct, frozen=True):
    """The tests that an event must pass, and where to begin."""

    tests: tuple[Test, ...]
    since: int | None
    after: int
    limit: int | None


def events_question(parameters: Mapping[str, str]) -> EventsQuestion:
    """Read the filters. Raises `Rejected` naming all that are wrong."""
    readers = {
        "server_time__gt": (read_moment, NOT_A_MOMENT),
        "server_time__lt": (read_moment, NOT_A_MOMENT),
        "after": (read_whole, NOT_WHOLE),
        "limit": (read_whole, NOT_WHOLE),
    }
    values = {name: read(parameters[name]) for name, (read, _) in readers.items() if name in parameters}
    faults = {name: [readers[name][1]] for name, value in values.items() if value is None}
    if faults:
        raise Rejected(faults)
    tests: list[Test] = []
    since, until = values.get("server_time__gt"), values.get("server_time__lt")
    if since is not None:
        tests.append(lambda _, record: record.recordedtime > since)
    if until is not None:
        tests.append(lambda _, record: record.recordedtime < until)
    if "event_type" in parameters:
        part = parameters["event_type"].casefold()
        tests.append(lambda document, _: part in document["event_type"].casefold())
    if "tag_ids" in parameters:
        tags = _tag_set(parameters["tag_ids"])
        tests.append(lambda document, _: tags <= _tag_set(document["tag_ids"]))
    return EventsQuestion(tuple(tests), since, values.get("after") or 0, values.get("limit"))


def _tag_set(tags: object) -> set[str]:
    return {tag.strip() for tag in tags.split(",")} - {""} if isinstance(tags, str) else set()
