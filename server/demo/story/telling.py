"""How the demo's stories are told: lines in, events that arrive out.

Rule 1: everything is fixed: the day, the times, the ids, the delays. Telling twice gives the same events.
Rule 2: a line says when something happened, by the clock of the device it happened on; an arrival says when the
        log hears of it, by the server's.
Rule 3: a device counts its events (`sequence`) in the order of their times, the lost ones too.
Rule 4: `monotonic` is the device's monotonic clock at the event's time, and so part of its content: a retry
        repeats it. `senttime` is the device's wall clock when it sent, and differs in a retry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from replay.clock import MICROSECONDS, format_time, parse_time

DAY = "2026-05-14"
"""The demo's day, for ever: a Thursday in spring."""

Fields = dict[str, Any]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened: `at` is the time of day there. A `lost` event never arrives anywhere."""

    at: str
    type: str
    data: Fields
    session: str | None = None
    attributes: Fields = {}
    lost: bool = False


class Arrival(msgspec.Struct, frozen=True):
    """An event as it is sent, and the moment (microseconds UTC) at which the log hears of it."""

    at: int
    fields: Fields


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """A device, or a server, that tells what happened.

    `zone` is the UTC offset that it writes its times in, `ahead` how many seconds its clock is ahead of the
    server's, `latency` how many seconds an event is on its way. One with `booted` (a time of day) sends
    `senttime` and `monotonic`; one that does not count sends no `sequence`.
    """

    prefix: str
    source: str
    device: str | None = None
    user: str | None = None
    log: str | None = None
    zone: str = "Z"
    ahead: float = 0.0
    latency: float = 0.21
    counts: bool = True
    booted: str | None = None


def line(at: str, type: str, /, **data: object) -> Line:
    """One line; a data key that is a word of Python's carries an underscore: `in_`."""
    return Line(at=at, type=type, data={key.rstrip("_"): value for key, value in data.items()})


def listen(name: str, asset: str, start: str, stop: str, reason: str, /, **data: object) -> list[Line]:
    """A listen whose start and end are both told; the end tells its duration too."""
    lasted = (_micros(stop) - _micros(start)) / MICROSECONDS
    return [
        line(start, "listen-started", asset=asset, listen=name, **data),
        line(stop, "listen-ended", listen=name, duration=lasted, reason=reason),
    ]


def stroll(points: Sequence[tuple[str, float, float]], every: int) -> Iterator[Line]:
    """A walk from point to point (a time, a latitude, a longitude), told every so many seconds."""
    for (start, *here), (stop, *there) in pairwise(points):
        begin, end = _micros(start), _micros(stop)
        for now in range(begin, end, every * MICROSECONDS):
            along = (now - begin) / (end - begin)
            lat, lon = (round(a + (b - a) * along, 6) for a, b in zip(here, there, strict=True))
            yield line(_time_of_day(now), "location-changed", lat=lat, lon=lon)


def heartbeats(first: str, last: str, every: int) -> Iterator[Line]:
    """A heartbeat every so many seconds, the first and the last included."""
    for now in range(_micros(first), _micros(last) + 1, every * MICROSECONDS):
        yield line(_time_of_day(now), "heartbeat")


def within(session: str, *parts: Iterable[Line]) -> list[Line]:
    """Lines as those of a session."""
    return [msgspec.structs.replace(one, session=session) for part in parts for one in part]


def tell(sender: Sender, lines: Iterable[Line]) -> list[Arrival]:
    """What arrives of a sender's lines, live, in the order of their times."""
    ordered = sorted(lines, key=lambda one: _micros(one.at))
    heard: list[Arrival] = []
    for number, one in enumerate(ordered, 1):
        if not one.lost:
            arrival = _arrival(sender, one, number)
            latest = heard[-1].at if heard else 0
            heard.append(msgspec.structs.replace(arrival, at=max(arrival.at, latest)))
    return heard


def postponed(sender: Sender, arrival: Arrival, until: str) -> Arrival:
    """The same event, arriving at another moment (RFC 3339): sent again, or only then."""
    moment = parse_time(until)
    fields = dict(arrival.fields)
    if "senttime" in fields:
        fields["senttime"] = format_time(moment + round((sender.ahead - sender.latency) * MICROSECONDS))
    return Arrival(moment, fields)


def on_the_day(at: str, zone: str = "Z") -> str:
    """A time of day as the RFC 3339 text of the demo's day."""
    return f"{DAY}T{at}{zone}"


def _arrival(sender: Sender, one: Line, number: int) -> Arrival:
    time = on_the_day(one.at, sender.zone)
    delay = sender.latency + 0.13 * (number * 0.618 % 1)
    at = parse_time(time) + round((delay - sender.ahead) * MICROSECONDS)
    named = {
        "session": one.session,
        "device": sender.device,
        "user": sender.user,
        "log": sender.log,
        "sequence": number if sender.counts else None,
        **(_clocks(sender, time) if sender.booted else {}),
    }
    fields: Fields = {
        "id": f"{sender.prefix}-{number:03d}",
        "source": sender.source,
        "type": one.type,
        "time": time,
        **{name: value for name, value in named.items() if value is not None},
        **one.attributes,
        "data": one.data,
    }
    return Arrival(at, fields)


def _clocks(sender: Sender, time: str) -> Fields:
    happened = parse_time(time)
    booted = parse_time(on_the_day(sender.booted or "00:00:00", sender.zone))
    return {
        "senttime": format_time(happened + 40_000),
        "monotonic": (happened - booted) / MICROSECONDS,
    }


def _micros(at: str) -> int:
    return parse_time(on_the_day(at))


def _time_of_day(micros: int) -> str:
    return format_time(micros).partition("T")[2].removesuffix("Z")
