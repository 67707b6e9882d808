"""A walk to be played, a clock that a test turns, and what a listener is told over a connection."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec
import pytest

import replay.playback
from replay.clock import format_time, parse_time
from replay.playback import Score
from replay.session import Session
from server.access import ROLES, Identity
from server.cli.places.sse import Message
from server.playing import desk
from server.playing.playing import Playing, open_playing
from server.playing.questions import PLAYBACK
from server.services import Services
from tests.server.api import Api, event
from tests.server.streams import Stream, open_stream

PATH = "/api/v1/sessions/walk/playback"
NOON = parse_time("2026-05-14T12:00:00Z")
SECOND = 1_000_000_000
LINES = {"Accept": "application/x-ndjson"}
ANYBODY = Identity("test", "a test", frozenset(ROLES))
Document = dict[str, Any]


class Turned:
    """A clock that stands still but while somebody sleeps by it; `stopped`, even then."""

    def __init__(self) -> None:
        self.time = 5 * SECOND
        self.stopped = False

    def now(self) -> int:
        return self.time

    async def sleep(self, nanoseconds: int) -> None:
        if self.stopped:
            await asyncio.sleep(0.01)
            return
        self.time += max(0, nanoseconds)
        await asyncio.sleep(0)


def of(id: str, type: str, seconds: float, **data: Any) -> dict[str, object]:
    time = format_time(NOON + int(seconds * 1_000_000))
    return event(id, type, time=time, session="walk", device="phone", data=data)


WALK = [
    of("1", "session-started", 0),
    of("2", "listen-started", 5, asset="bell", listen="bell"),
    of("3", "playback-paused", 10),
    of("4", "heartbeat", 15),
    of("5", "playback-resumed", 20),
    of("6", "listen-ended", 30, listen="bell"),
    of("7", "listen-started", 30, asset="rain", listen="rain"),
    of("8", "listen-ended", 38, listen="rain"),
    of("9", "session-ended", 40),
]
OFFSETS = [0, 0, 5, 5, 10, 10, 15, 20, 20, 30, 30, 38, 38, 40, 40]


stream = partial(open_stream, path=PATH)


async def play(api: Api, parameters: Mapping[str, object] | None = None, **more: Any) -> list[Message]:
    async with stream(api, parameters, **more) as opened:
        return await opened.rest()


def told(message: Message) -> Document:
    document: Document = msgspec.json.decode(message.data)
    return document


def steps(messages: list[Message]) -> list[Document]:
    """The steps that were told, late ones too; findings aside, which are not what this is about."""
    found: list[Document] = []
    for message in messages:
        found += [told(message)] if message.event == "step" else told(message).get("late", [])
    return [step for step in found if step["kind"] != "finding"]


async def hear(opened: Stream, count: int) -> list[Message]:
    """The next messages, up to so many steps that are no findings."""
    found: list[Message] = []
    while len(steps(found)) < count:
        found.append(await opened.next())
    return found


async def hear_news(opened: Stream) -> Document:
    """The next news, whatever is told before."""
    while (message := await opened.next()).event != "news":
        pass
    return told(message)


FOLLOW = {"follow": "true", "speed": "max"}


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list that grows by one each time a score is made."""
    made: list[int] = []

    def score_of(session: Session) -> Score:
        made.append(session.timeline.position)
        return replay.playback.score_of(session)

    monkeypatch.setattr(desk, "score_of", score_of)
    return made


async def listening(services: Services, query: str = "follow=true&speed=max") -> Playing:
    """A listener of the walk, without a connection."""
    playing = await open_playing(services, ANYBODY, "walk", PLAYBACK.parse(query), None, paced=True)
    assert playing is not None
    return playing


async def heard(services: Services, query: str) -> list[tuple[float, Document]]:
    """(seconds since it began, step) of each step as a listener is told it."""
    playing = await open_playing(services, ANYBODY, "walk", PLAYBACK.parse(query), None, paced=True)
    assert playing is not None
    began = services.ticker.now()
    found = []
    async for batch in playing.batches():
        at = (services.ticker.now() - began) / SECOND
        found += [(at, msgspec.json.decode(one.body)) for one in batch if one.name == "step"]
    return [(at, step) for at, step in found if step["kind"] != "finding"]
