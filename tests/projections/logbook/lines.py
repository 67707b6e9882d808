"""Log lines as tests tell them, and which of them a filter should find: the model the view is held to."""

from __future__ import annotations

import re
from typing import Any

from projections import Expression, LineFilter
from replay.envelope import Event
from replay.log.contract import Record
from tests.projections.house import ZERO, event

ZERO_MS = ZERO // 1000


def line(text: str | None = None, *, at: float | None = 0, log: str = "default", **data: Any) -> Event:
    """A log line; `class_` is its class."""
    values = {"text": text, **{name.rstrip("_"): value for name, value in data.items()}}
    told = {name: value for name, value in values.items() if value is not None}
    return event("log-line", at=at, log=log, session=None, device=None, data=told)


def wanted(log: str = "default", *, text: str | None = None, **more: Any) -> LineFilter:
    """A filter; `tags` may be one text."""
    tags = more.pop("tags", ())
    words = tuple(tags.split()) if isinstance(tags, str) else tags
    return LineFilter(log=log, tags=words, text=None if text is None else Expression(text), **more)


def expected(records: list[Record], sought: LineFilter) -> list[int]:
    """The positions of the lines that a filter lets through, in its order, found the slow way."""
    found = [record.position for record in records if not record.erased and fits(record, sought)]
    return found if sought.ascending else found[::-1]


def fits(record: Record, sought: LineFilter) -> bool:
    told = record.event()
    created = (record.recordedtime if told.time is None else told.time) // 1000
    data = told.data
    tags = data.get("tags", [])
    words = {word for tag in ([tags] if isinstance(tags, str) else tags) for word in tag.lower().split()}
    return (
        told.type != "event-erased"
        and told.log == sought.log
        and sought.after < record.position < sought.before
        and (sought.since is None or created >= sought.since)
        and (sought.until is None or created <= sought.until)
        and set(sought.tags) <= words
        and sought.source in (None, data.get("source"))
        and sought.user in (None, data.get("user") or told.user)
        and sought.class_ in (None, data.get("class"))
        and (sought.text is None or re.search(sought.text.source, data.get("text", "")) is not None)
    )
