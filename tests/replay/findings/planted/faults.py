"""The faults: each is a scene in which something goes wrong, and says what must be found of it."""

from __future__ import annotations

from typing import Any

from replay.clock import format_time, to_nanoseconds
from replay.recordings.known import MISSING, Known
from tests.replay.findings.planted.telling import SECOND, Telling


def gap(story: Telling) -> None:
    """Nothing sounds between two listens of a lane."""
    before, ended = story.play()
    story.now += story.between(0.051, 20)
    after, _ = story.play()
    story.expect("gap", ended.time, after.time, before, ended, after)


def overlap(story: Telling) -> None:
    """A listen begins before the one before it has ended; or by more than the fades declare."""
    declared = story.chance.choice((0, 0, 3 * SECOND))
    both = declared + story.between(0.051, 10)
    before, ended = story.play(60.0, fade_out=declared / SECOND)
    story.now -= both
    after, stopped = story.play(60.0, fade_in=declared / SECOND)
    story.expect("overlap", after.time, ended.time, before, ended, after, stopped)


def truncated(story: Telling) -> None:
    """A recording breaks off."""
    seconds = story.between(40, 300)
    start = story.start(story.now, story.recording(seconds / SECOND))
    story.now += seconds - story.between(1.001, 30)
    reason = story.chance.choice(("finished", "failed", "interrupted", None))
    end = story.end(story.now, start, reason)
    story.expect("truncated", story.now, story.now, start, end)


def skipped(story: Telling) -> None:
    """The listener has had enough."""
    reason = story.chance.choice(("skipped", "stopped"))
    start = story.start(story.now, story.recording(100.0))
    story.now += story.between(2, 98.9)
    end = story.end(story.now, start, reason)
    story.expect("skipped", story.now, story.now, start, end)


def skipped_in_silence(story: Telling) -> None:
    """Nobody tells an end; the next recording starts long before the expected one."""
    start = story.start(story.now, story.recording(100.0))
    expected = story.now + 100 * SECOND
    story.now += story.between(5, 69.9)
    after, _ = story.play(200.0)
    story.expect("skipped", after.time, after.time, start, after)
    story.expect("never-ended", start.time, expected, start)


def overrun(story: Telling) -> None:
    """A listen is told to last longer than its recording, and its pause."""
    seconds, rate = story.between(20, 300), story.chance.choice((1.0, 1.0, 2.0, 0.5))
    natural = round(seconds / rate)
    over = max(2 * SECOND, natural // 50) + story.between(0.1, 600)
    start = story.start(story.now, story.recording(seconds / SECOND), rate=rate)
    paused = story.between(1, 30) if story.chance.random() < 0.5 else 0
    if paused:
        story.tell(story.now + 5 * SECOND, "playback-paused", listen=start.data["listen"])
        story.tell(story.now + 5 * SECOND + paused, "playback-resumed", listen=start.data["listen"])
        over += natural // 50 + paused // 50
    story.now += natural + paused + over
    end = story.end(story.now, start)
    story.expect("overrun", story.now - over, story.now, start, end)


def never_ended(story: Telling) -> None:
    """Nobody tells an end, and the next recording starts when it should, or in its last half minute."""
    start = story.start(story.now, story.recording(100.0))
    expected = story.now + 100 * SECOND
    story.now = expected - story.chance.choice((0, 0, 30 * SECOND, 12 * SECOND))
    story.play(60.0)
    story.expect("never-ended", start.time, expected, start)


def never_ended_stream(story: Telling) -> None:
    """A live stream has no length and no end: it lasts until the next start on its lane."""
    start = story.start(story.now, story.recording(None))
    story.now += story.between(20, 100)
    story.expect("never-ended", start.time, story.now, start)
    story.play()


def wrong_recording(story: Telling) -> None:
    """Another recording plays than the one that was scheduled for this listen, or for this moment."""
    story.play(10.0)
    meant, played = story.recording(30.0), story.recording(40.0)
    name = {"listen": story.name("planned")} if story.chance.random() < 0.5 else {}
    due = story.now + story.between(-1.9, 1.9)
    plan = story.tell(story.now, "listen-scheduled", asset=meant, at=format_time(due), **name)
    start = story.start(story.now, played)
    start.data.update(name)
    story.now += 40 * SECOND
    story.end(story.now, start)
    story.expect("wrong-recording", start.time, story.now, plan, start)


def missing_audio(story: Telling) -> None:
    """The recording is not there, or it is not whole."""
    start, end = story.play(50.0)
    lacking = story.between(0.501, 30)
    gone = Known(None, MISSING, None, "there is no such recording")
    short = Known(None, "short", to_nanoseconds(50.0) - lacking * 1000, None)
    whole = story.chance.random() < 0.5
    story.recordings[start.data["asset"]] = gone if whole else short
    story.expect("missing-audio", start.time if whole else end.time - lacking, end.time, start, end)


def late(story: Telling) -> None:
    """Some events are held back for minutes, and then come together."""
    start, _ = story.play(90.0)
    held = [
        story.tell(start.time + (20 + n) * SECOND, "heartbeat") for n in range(story.chance.randint(1, 4))
    ]
    story.play(400.0)
    for seconds in (30, 300):
        story.tell(start.time + seconds * SECOND, "heartbeat")
    moment = held[-1].time + story.between(65, 250)
    for told in held:
        told.held = moment
    for rule in ("late-arrival", "out-of-order"):
        story.expect(rule, held[0].time, held[-1].time, *held, count=len(held))


def out_of_order(story: Telling) -> None:
    """An event is overtaken by later ones."""
    start, _ = story.play(60.0)
    told = story.tell(start.time + 20 * SECOND, "heartbeat")
    overtaking = story.tell(start.time + 21 * SECOND, "heartbeat")
    story.tell(start.time + 50 * SECOND, "heartbeat")
    told.held = overtaking.time + story.between(1.5, 20)
    story.expect("out-of-order", told.time, told.time, told)


def hole(story: Telling) -> None:
    """Events are lost."""
    start, _ = story.play(60.0)
    before = story.tell(start.time + 20 * SECOND, "heartbeat")
    missing = story.chance.randint(1, 5)
    for number in range(missing):
        story.tell(start.time + (21 + number) * SECOND, "heartbeat").lost = True
    after = story.tell(start.time + 30 * SECOND, "heartbeat")
    story.expect("sequence-hole", before.time, after.time, before, after, count=missing)


def duplicate(story: Telling) -> None:
    """An event is sent again under another id."""
    start, _ = story.play(60.0)
    told = story.tell(start.time + 20 * SECOND, "heartbeat")
    times = story.chance.randint(1, 3)
    again = [story.tell(told.time, "heartbeat") for _ in range(times)]
    for one in again:
        one.again = told
    story.expect("duplicate", told.time, told.time, told, *again, count=times)


def suspected(story: Telling) -> None:
    """A start is told twice, by two parts of a player, with two names."""
    start, _ = story.play(60.0)
    after = start.time + story.chance.choice((0, 500_000, 2 * SECOND))
    twin = story.start(after, start.data["asset"], lane=story.name("lane"))
    story.end(after + 60 * SECOND, twin)
    story.expect("suspected-duplicate", start.time, after, start, twin)


def played_while_paused(story: Telling) -> None:
    """A listen starts while everything is paused."""
    story.play()
    paused = story.tell(story.now, "playback-paused")
    story.now += story.between(1, 20)
    start, _ = story.play(60.0)
    resumed = story.tell(start.time + story.between(1, 30), "playback-resumed")
    story.expect("played-while-paused", start.time, start.time, paused, start, resumed)


def finished_while_paused(story: Telling) -> None:
    """A listen finishes while it is paused, with half of it left: cut off, by what was told."""
    start = story.start(story.now, story.recording(80.0))
    story.tell(story.now + 40 * SECOND, "playback-paused", listen=start.data["listen"])
    story.now += 60 * SECOND
    end = story.end(story.now, start)
    for rule in ("played-while-paused", "truncated"):
        story.expect(rule, story.now, story.now, start, end)


def end_without_start(story: Telling) -> None:
    """The end of a listen that nobody started; it may tell how long it was."""
    start, _ = story.play(80.0)
    moment = start.time + 60 * SECOND
    lasts = story.chance.choice((None, 20))
    more: dict[str, Any] = {} if lasts is None else {"duration": float(lasts)}
    end = story.tell(moment, "listen-ended", listen=story.name("unheard"), **more)
    story.expect("ended-before-start", moment - (lasts or 0) * SECOND, moment, end)


def end_before_start(story: Telling) -> None:
    """An end whose time lies before its start, and a duration that counts."""
    story.play(60.0)
    ahead = story.between(1, 20)
    start = story.start(story.now, story.recording(50.0))
    end = story.end(story.now - ahead, start, duration=50.0)
    story.now += 50 * SECOND
    story.expect("ended-before-start", end.time, start.time, start, end)
    story.expect("duration-disagrees", start.time, story.now, start, end)


def duration_disagrees(story: Telling) -> None:
    """An end's time is later or earlier than its duration says."""
    start = story.start(story.now, story.recording(50.0))
    story.now += 50 * SECOND
    off = story.between(0.501, 8) * story.chance.choice((1, -1))
    end = story.end(story.now + off, start, duration=50.0)
    story.expect("duration-disagrees", start.time, story.now, start, end)


FAULTS = (
    gap, overlap, truncated, skipped, skipped_in_silence, overrun, never_ended, never_ended_stream,
    wrong_recording, missing_audio, late, out_of_order, hole, duplicate, suspected, played_while_paused,
    finished_while_paused, end_without_start, end_before_start, duration_disagrees,
)  # fmt: skip
