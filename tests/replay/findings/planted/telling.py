"""A session as it is told, event by event, and how its events reach the log.

Rule 1: times are microseconds since the epoch; `now` is where the story stands.
Rule 2: a device counts its events in the order of their times, those that are lost too.
Rule 3: an event is recorded soon after it happened, in order, unless it is held back.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from replay.clock import format_time, parse_time, to_nanoseconds
from replay.envelope import parse_event
from replay.events import AssetDescribed
from replay.log.contract import Record
from replay.recordings.known import Known
from replay.timeline import Description, Evidence
from replay.timeline.evidence import place

ZERO = parse_time("2026-05-14T09:00:00Z")
SECOND = 1_000_000
PHONE = "phone"


@dataclass(eq=False)
class Told:
    """One event. `held` is when it is recorded, where that is not at once; `again` is what it repeats."""

    time: int
    type: str
    data: dict[str, Any]
    device: str = PHONE
    lost: bool = False
    elsewhere: bool = False
    held: int | None = None
    again: Told | None = None
    number: int | None = None
    senttime: int | None = None
    monotonic: float | None = None
    happened: int | None = None
    position: int = 0


@dataclass
class Expected:
    """What must be found: by which rule, from when to when (nanoseconds), shown by these events among others.

    `among`: of nothing but events of this device.
    """

    rule: str
    start: int
    stop: int
    told: tuple[Told, ...]
    count: int = 1
    among: str | None = None

    @property
    def records(self) -> set[int]:
        """The positions that must show it."""
        return {one.position for one in self.told}


@dataclass
class Telling:
    """A story in the making."""

    chance: random.Random
    now: int = ZERO
    events: list[Told] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)
    lengths: dict[str, float] = field(default_factory=dict)
    recordings: dict[str, Known] = field(default_factory=dict)
    ended: Told | None = None
    counting: bool = True

    def tell(self, at: int, type_: str, /, device: str = PHONE, **data: Any) -> Told:
        """Something happens at a moment. `in_` stands for the key `in`."""
        told = Told(at, type_, {key.rstrip("_"): value for key, value in data.items()}, device)
        self.events.append(told)
        return told

    def expect(
        self, rule: str, start: int, stop: int, *told: Told, count: int = 1, among: str | None = None
    ) -> None:
        """Say what must be found; moments in microseconds."""
        self.expected.append(Expected(rule, start * 1000, stop * 1000, told, count, among))

    def recording(self, seconds: float | None) -> str:
        """A new recording: of a length that is described and there, or of none (a live stream)."""
        name = f"asset-{len(self.lengths)}"
        self.lengths[name] = -1.0 if seconds is None else seconds
        if seconds is not None:
            self.recordings[name] = Known(None, name, to_nanoseconds(seconds), None)
        return name

    def name(self, kind: str = "listen") -> str:
        """A new id."""
        return f"{kind}-{len(self.events)}"

    def between(self, low: float, high: float) -> int:
        """So many microseconds, drawn between two numbers of seconds, to the millisecond."""
        return self.chance.randint(round(low * 1000), round(high * 1000)) * 1000

    def start(self, at: int, asset: str, lane: str = "main", **data: Any) -> Told:
        """A listen starts."""
        return self.tell(at, "listen-started", asset=asset, listen=self.name(), lane=lane, **data)

    def end(self, at: int, start: Told, reason: str | None = "finished", **data: Any) -> Told:
        """A listen ends, by its own word at this moment."""
        more = {} if reason is None else {"reason": reason}
        return self.tell(at, "listen-ended", listen=start.data["listen"], **more, **data)

    def play(self, seconds: float | None = None, **data: Any) -> tuple[Told, Told]:
        """A whole recording plays from now to its end, and the story goes on there."""
        seconds = self.between(20, 90) / SECOND if seconds is None else seconds
        start = self.start(self.now, self.recording(seconds), **data)
        self.now += round(seconds * SECOND)
        return start, self.end(self.now, start)

    def evidence(self) -> Evidence:
        """What the log knows in the end. Gives every event its position."""
        self._count()
        arrived = self._arrive()
        records = []
        for position, (recordedtime, told) in enumerate(arrived, start=1):
            told.position = position
            records.append(place(Record(position, recordedtime, parse_event(_fields(told, position)).body)))
        described = {
            name: Description(10**6 + index, AssetDescribed(asset=name, duration=seconds))
            for index, (name, seconds) in enumerate(self.lengths.items())
            if seconds >= 0
        }
        outside: dict[str, dict[int, int]] = defaultdict(dict)
        for told in self.events:
            if told.elsewhere and told.number is not None:
                outside[told.device][told.number] = 10**7 + told.number
        return Evidence(
            log="default", session="s", records=tuple(records), descriptions=described, sequences=outside
        )

    def _count(self) -> None:
        if not self.counting:
            return
        counters: dict[str, int] = defaultdict(int)
        for told in sorted(self.events, key=lambda told: told.time):
            if told.again is None and told.number is None:
                counters[told.device] += 1
                told.number = counters[told.device]
        for told in self.events:
            if told.again is not None:
                told.number = told.again.number

    def _arrive(self) -> list[tuple[int, Told]]:
        """Every event that arrives in the session, with when, in the order of arrival."""
        arriving = [told for told in self.events if not told.lost and not told.elsewhere]
        live = sorted((one for one in arriving if one.held is None), key=lambda one: one.happened or one.time)
        arrived: list[tuple[int, Told]] = []
        latest = 0
        for told in live:
            latency = 50_000 + round(min(self.chance.expovariate(12.0), 0.5) * SECOND)
            latest = max(latest, (told.happened or told.time) + latency)
            arrived.append((latest, told))
        arrived += [(one.held, one) for one in arriving if one.held is not None]
        return sorted(arrived, key=lambda pair: pair[0])


def _fields(told: Told, position: int) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": f"e{position}",
        "source": told.device,
        "type": told.type,
        "time": format_time(told.time),
        "session": "s",
        "device": told.device,
        "sequence": told.number,
        "senttime": None if told.senttime is None else format_time(told.senttime),
        "monotonic": told.monotonic,
        "data": told.data,
    }
    return {key: value for key, value in fields.items() if value is not None}


def moments(told: Iterable[Told]) -> tuple[int, int]:
    """The first and the last time of some events."""
    times = [one.time for one in told]
    return min(times), max(times)
