"""The demo day in a log in memory, and what any moment of it knew. Recordings are only named, not made."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from replay.clock import parse_time
from replay.document import sequence
from replay.events import AssetDescribed
from replay.log.contract import Record
from replay.log.memory import MemoryLog
from replay.session import Session, reconstruct
from replay.timeline import Description, Evidence, Placed
from replay.timeline.evidence import place
from server.demo.append import StoryClock, append_story
from server.demo.catalogue import RECORDINGS
from server.demo.story import story

FILES = {recording.asset: hashlib.sha256(recording.asset.encode()).hexdigest() for recording in RECORDINGS}

Document = dict[str, Any]
Span = tuple[float, float]


async def demo_log() -> MemoryLog:
    """A log with the whole day in it."""
    clock = StoryClock()
    log = MemoryLog(clock=clock)
    await append_story(log, clock, story(FILES))
    return log


async def demo_records() -> list[Record]:
    """The whole day, in the order it arrived."""
    return await (await demo_log()).read(0, 10_000)


def known_at(records: Sequence[Record], moment: str) -> list[Record]:
    """The records that the log had at a recorded time."""
    return [record for record in records if record.recordedtime <= parse_time(moment)]


def replay(records: Sequence[Record], session: str) -> Document:
    """A session's replay as those records know it."""
    return sequence(session_of(records, session))


def session_of(records: Sequence[Record], session: str) -> Session:
    """A session as those records know it."""
    placed = [place(record) for record in records]
    mine = tuple(one for one in placed if one.event.session == session)
    log = mine[0].event.log
    near = [one for one in placed if one.event.log == log]
    played = {one.event.data["asset"] for one in mine if one.event.type == "listen-started"}
    return reconstruct(
        Evidence(
            log=log,
            session=session,
            records=mine,
            descriptions=_descriptions(near, played),
            sequences=_sequences(near, mine, session),
        )
    )


def _descriptions(near: Sequence[Placed], assets: set[str]) -> dict[str, Description]:
    found: dict[str, Description] = {}
    for one in near:
        data = one.event.typed_data()
        if isinstance(data, AssetDescribed) and data.asset in assets:
            found[data.asset] = Description(one.position, data)
    return found


def _sequences(near: Sequence[Placed], mine: Sequence[Placed], session: str) -> dict[str, dict[int, int]]:
    devices = {one.event.device for one in mine}
    found: dict[str, dict[int, int]] = {}
    for one in near:
        event = one.event
        if event.session != session and event.device in devices and event.sequence is not None:
            found.setdefault(event.device or "", {})[event.sequence] = one.position
    return found


def spans(stretches: Sequence[Document]) -> list[Span]:
    """Stretches as (from, to), in seconds from the session's zero."""
    return [(one["offset"], round(one["offset"] + one["duration"], 9)) for one in stretches]
