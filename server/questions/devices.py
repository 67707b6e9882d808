"""What can be asked of devices, and of one: its feed."""

from __future__ import annotations

from typing import Literal

from projections.feeds import Moment
from server.questions.bounds import read_bound
from server.questions.parameters import Parameters, integer, name, one_of, text
from server.questions.read import MAX_POSITION, READ, Read, position

MAX_DEVICES = 500


class DeviceQuestion(Read, frozen=True, kw_only=True):
    """One device of one log."""

    log: str | None = None


DEVICE = Parameters(DeviceQuestion, log=name, **READ)


class DevicesQuestion(Read, frozen=True, kw_only=True):
    """Devices, newest first. `text` is looked for in their ids."""

    log: str | None = None
    text: str | None = None
    limit: int = 50
    before: int | None = None


DEVICES = Parameters(
    DevicesQuestion, log=name, text=text(256), limit=integer(1, MAX_DEVICES), before=position, **READ
)


class FeedQuestion(Read, frozen=True, kw_only=True):
    """A device's feed, in Vinli's words: bounds, a type or a wildcard (`rule-*`), an object, a direction."""

    log: str | None = None
    limit: int | None = None
    since: Moment | None = None
    until: Moment | None = None
    type: str | None = None
    object_id: str | None = None
    sort_dir: Literal["asc", "desc"] | None = None


FEED = Parameters(
    FeedQuestion,
    log=name,
    limit=integer(0, MAX_POSITION),
    since=read_bound,
    until=read_bound,
    type=name,
    objectId=name,
    sortDir=one_of("asc", "desc"),
    **READ,
)
