"""A little language for telling a session's history in tests: `history.add(seconds, type, **data)`."""

from __future__ import annotations

from typing import Any

import msgspec

from replay.clock import format_time, parse_time
from replay.document import sequence
from replay.envelope import parse_event
from replay.events import AssetDescribed
from replay.log.contract import Record
from replay.session import Session, reconstruct
from replay.timeline import Description, Evidence, Placed, Timeline, fold
from replay.timeline.evidence import place

ZERO = parse_time("2026-05-14T14:00:00Z")


class History:
    """Events of one session, appended in order; seconds count from 14:00:00."""

    def __init__(self) -> None:
        self.records: list[Placed] = []
        self.descriptions: dict[str, Description] = {}
        self.sequences: dict[str, dict[int, int]] = {}

    def add(
        self,
        seconds: float,
        type_: str,
        *,
        device: str = "phone",
        user: str | None = None,
        sequence: int | None = None,
        id_: str | None = None,
        recorded: float | None = None,
        **data: Any,
    ) -> int:
        """Append an event; return its position. `in_` stands for the key `in`.

        It is recorded at once (a fifth of a second after the newest so far happened), unless `recorded` tells when.
        """
        position = len(self.records) + len(self.descriptions) + 1
        if "in_" in data:
            data["in"] = data.pop("in_")
        time = format_time(ZERO + round(seconds * 1_000_000))
        event = parse_event(
            {
                "id": id_ or f"e{position}",
                "source": "test",
                "type": type_,
                "time": time,
                "session": "s",
                "device": device,
                "user": user,
                "sequence": sequence,
                "data": data,
            }
        )
        latest = self.records[-1].recordedtime if self.records else 0
        arrival = seconds + 0.2 if recorded is None else recorded
        recordedtime = max(latest, ZERO + round(arrival * 1_000_000))
        self.records.append(place(Record(position, recordedtime, event.body)))
        return position

    def describe(self, asset: str, **data: Any) -> None:
        """Describe an asset, outside the session."""
        position = len(self.records) + len(self.descriptions) + 1
        described = msgspec.convert({"asset": asset, **data}, AssetDescribed)
        self.descriptions[asset] = Description(position, described)

    def evidence(self) -> Evidence:
        return Evidence(
            log="default",
            session="s",
            records=tuple(self.records),
            descriptions=self.descriptions,
            sequences=self.sequences,
        )

    def timeline(self) -> Timeline:
        return fold(self.evidence())

    def session(self) -> Session:
        return reconstruct(self.evidence())

    def replay(self) -> dict[str, Any]:
        return sequence(self.session())

    def found(self, *rules: str) -> list[dict[str, Any]]:
        """The findings of the replay: of some rules, or all but that nobody told an end."""
        findings = self.replay()["findings"]
        return [f for f in findings if (f["rule"] in rules if rules else f["rule"] != "never-ended")]


def spans(items: list[dict[str, Any]]) -> list[tuple[float, float]]:
    """(offset, end) of documents that have an offset and a duration."""
    return [(item["offset"], round(item["offset"] + item["duration"], 9)) for item in items]
