"""A whole session: its beginning, its scenes in random order, its devices, its end."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from replay.recordings.known import Known
from replay.timeline import Evidence
from tests.replay.findings.planted.devices import RIGHT, WRONG
from tests.replay.findings.planted.faults import FAULTS
from tests.replay.findings.planted.healthy import HEALTHY, NEAR
from tests.replay.findings.planted.telling import SECOND, ZERO, Expected, Telling, Told

HOUR = 3600 * SECOND


@dataclass(frozen=True)
class History:
    """What the log knows, which recordings are there, what must be found, and the device of each position."""

    evidence: Evidence
    recordings: Mapping[str, Known]
    expected: list[Expected]
    devices: Mapping[int, str]


def history(seed: int, scenes: int = 12) -> History:
    """The history of a seed: so many scenes, about half of them with a fault."""
    story = Telling(random.Random(seed))
    began = _begin(story)
    for _ in range(scenes):
        kind = story.chance.choice((FAULTS, FAULTS, NEAR, HEALTHY))
        story.chance.choice(kind)(story)
    long = story.chance.random() < 0.5
    story.play(4500.0 if long else 60.0)
    _attend(story, long)
    if story.chance.random() < 0.7:
        _end(story)
    else:
        _leave_open(story, began)
    evidence = story.evidence()
    devices = {one.position: one.device for one in story.events if one.position}
    return History(evidence, story.recordings, story.expected, devices)


def _begin(story: Telling) -> Told:
    began = story.tell(ZERO, "session-started")
    if story.chance.random() < 0.3:
        before, lasts = story.between(0.001, 30), story.between(0.5, 5)
        early = story.start(ZERO - before, story.recording(lasts / SECOND), lane="early")
        stop = early.time + lasts
        story.end(stop, early)
        story.expect("started-before-session", early.time, min(stop, ZERO), early, began)
    return began


def _attend(story: Telling, long: bool) -> None:
    """Devices beside the phone; a rate can be told over an hour only."""
    span = (ZERO + 30 * SECOND, story.now - 30 * SECOND)
    for _ in range(story.chance.randint(0, 3)):
        kind = story.chance.choice((*WRONG, *RIGHT))
        if kind.__name__ != "rate" or span[1] - span[0] > 1.1 * HOUR:
            kind(story, span)


def _end(story: Telling) -> None:
    _claim(story)
    ended = story.tell(story.now + 30 * SECOND, "session-ended")
    if story.chance.random() < 0.3:
        late = story.tell(story.now + 20 * SECOND, "heartbeat")
        late.held = ended.time + story.between(2, 40)
        for rule in ("late-arrival", "out-of-order"):
            story.expect(rule, late.time, late.time, late)


def _claim(story: Telling) -> None:
    """A listen that tells a duration beyond its device's clock, or just within it."""
    start = story.start(story.now - 50 * SECOND, story.recording(None), lane="claims")
    beyond = story.chance.choice((0, 10 * SECOND, story.between(10.001, 100_000)))
    if beyond:
        lasts = 60 * SECOND + beyond
        end = story.end(start.time + 60 * SECOND, start, duration=lasts / SECOND)
        if beyond > 10 * SECOND:
            story.expect("impossible-time", start.time, start.time + lasts, start, end)
        story.expect("duration-disagrees", start.time, start.time + lasts, start, end)
    else:
        story.end(start.time + 60 * SECOND, start)


def _leave_open(story: Telling, began: Told) -> None:
    """Nobody ends the session. What nobody ended is told five minutes later only."""
    begun = story.now
    story.play(400.0)
    story.start(begun + 250 * SECOND, story.recording(100.0), lane="near")
    story.tell(begun + 420 * SECOND, "heartbeat")
    story.expect("never-ended", began.time, began.time, began)
