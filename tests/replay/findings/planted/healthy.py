"""Scenes with nothing wrong, and scenes that stop just short of a threshold; each begins where the story stands."""

from __future__ import annotations

from replay.clock import format_time, to_nanoseconds
from replay.recordings.known import Known
from tests.replay.findings.planted.telling import SECOND, Telling


def plain(story: Telling) -> None:
    """Recordings, one after the other."""
    for _ in range(story.chance.randint(1, 3)):
        story.play()


def pauses_and_stalls(story: Telling) -> None:
    """A recording is paused or stalls; it ends so much later."""
    for held, released in (
        ("playback-paused", "playback-resumed"),
        ("playback-stalled", "playback-recovered"),
    ):
        begun, seconds, lasts = story.now, story.between(30, 90), story.between(0.5, 40)
        start = story.start(begun, story.recording(seconds / SECOND))
        own = {"listen": start.data["listen"]} if story.chance.random() < 0.5 else {}
        story.tell(begun + seconds // 3, held, **own)
        story.tell(begun + seconds // 3 + lasts, released, **own)
        story.now += seconds + lasts
        story.end(story.now, start)


def faster(story: Telling) -> None:
    """At twice the speed it lasts half as long; a seek back plays a part of it again."""
    start = story.start(story.now, story.recording(100.0), rate=2.0)
    story.tell(story.now + 20 * SECOND, "playback-seeked", listen=start.data["listen"], to=10.0)
    story.now += 65 * SECOND
    story.end(story.now, start)


def loop(story: Telling) -> None:
    """A loop goes on for longer than its recording, until somebody stops it."""
    start = story.start(story.now, story.recording(8.0), loop=True)
    story.now += story.between(20, 60)
    story.end(story.now, start, "stopped")


def crossfade(story: Telling) -> None:
    """Two recordings of one lane fade into each other."""
    fade = story.between(2, 5)
    first = story.start(story.now, story.recording(60.0), fade_out=fade / SECOND)
    second = story.start(story.now + 60 * SECOND - fade, story.recording(40.0), fade_in=fade / SECOND)
    story.end(story.now + 60 * SECOND, first)
    story.now += 100 * SECOND - fade
    story.end(story.now, second)


def background(story: Telling) -> None:
    """A voice rests while a background goes on, on a lane of its own."""
    begun = story.now
    hall = story.start(begun, story.recording(8.0), lane="background", loop=True)
    story.play(30.0)
    story.now += story.between(1, 20)
    story.play(30.0)
    story.end(story.now, hall, "stopped")


def turns(story: Telling) -> None:
    """Two sides of a call, cut from two long recordings, with silences between them."""
    sides = [(lane, story.recording(600.0)) for lane in ("agent", "caller")]
    for number in range(6):
        lane, asset = sides[number % 2]
        start = story.start(story.now, asset, lane=lane, in_=number * 50.0)
        story.now += story.between(4, 20)
        story.end(story.now, start)
        story.now += story.between(0.2, 3) if number < 5 else 0


def as_scheduled(story: Telling) -> None:
    """What is scheduled plays, named or not."""
    asset = story.recording(40.0)
    named = {"listen": story.name()} if story.chance.random() < 0.5 else {}
    due = story.now + story.between(-1.5, 1.5)
    story.tell(story.now, "listen-scheduled", asset=asset, at=format_time(due), **named)
    start = story.start(story.now, asset)
    start.data.update(named)
    story.now += 40 * SECOND
    story.end(story.now, start)


def pause_at_the_end(story: Telling) -> None:
    """A browser pauses its media element at the end of the media, then says that it has ended."""
    start = story.start(story.now, story.recording(40.0))
    story.tell(story.now + 40 * SECOND - 5000, "playback-paused", listen=start.data["listen"])
    story.now += 40 * SECOND
    story.end(story.now, start)


def gap_of_the_tolerance(story: Telling) -> None:
    """Silence of 50 ms, or a little less."""
    story.play()
    story.now += story.chance.choice((50_000, 49_000, 20_000))
    story.play()


def overlap_of_the_tolerance(story: Telling) -> None:
    """Two recordings of a lane overlap by 50 ms, or a little less."""
    story.play()
    story.now -= story.chance.choice((50_000, 49_000, 20_000))
    story.play()


def a_second_left(story: Telling) -> None:
    """A recording ends with a second of it left, or a little less."""
    start = story.start(story.now, story.recording(40.0))
    story.now += 40 * SECOND - story.chance.choice((SECOND, 900_000, 300_000))
    story.end(story.now, start, story.chance.choice(("finished", "failed", "stopped", None)))


def within_the_overrun(story: Telling) -> None:
    """Two seconds too long; or more, but less than two percent."""
    seconds, over = story.chance.choice(((60.0, 2.0), (60.0, 1.9), (600.0, 12.0), (600.0, 11.9), (40.0, 2.0)))
    start = story.start(story.now, story.recording(seconds))
    story.now += round((seconds + over) * SECOND)
    story.end(story.now, start)


def within_the_step_of_duration(story: Telling) -> None:
    """An end's time is half a second off its duration, or a little less."""
    start = story.start(story.now, story.recording(40.0))
    story.now += 40 * SECOND
    story.end(story.now + story.chance.choice((500_000, 400_000, -500_000)), start, duration=40.0)


def starts_apart(story: Telling) -> None:
    """A recording starts again a little more than two seconds later."""
    asset = story.recording(2.1)
    for _ in range(2):
        start = story.start(story.now, asset)
        story.now += 2_100_000
        story.end(story.now, start)


def scheduled_elsewhere(story: Telling) -> None:
    """What starts more than two seconds from a schedule's time is not what was meant."""
    story.play(10.0)
    due = story.now + 2_100_000 + 4 * SECOND
    story.tell(story.now, "listen-scheduled", asset=story.recording(20.0), at=format_time(due))
    story.play(40.0)


def almost_whole(story: Telling) -> None:
    """The recording is half a second short, or a little less; or only a part of it was told to play."""
    start, _ = story.play(50.0)
    lacking = story.chance.choice((0.5, 0.4, 0.1))
    story.recordings[start.data["asset"]] = Known(None, "k", to_nanoseconds(50.0 - lacking), None)


def counted_elsewhere(story: Telling) -> None:
    """A number that the session does not have is another session's."""
    start, _ = story.play(40.0)
    for seconds in (10, 15, 20):
        told = story.tell(start.time + seconds * SECOND, "heartbeat")
        told.elsewhere = seconds == 15


def within_a_minute(story: Telling) -> None:
    """Something is held for most of a minute, and comes in time; out of order, though, which is told."""
    start, _ = story.play(90.0)
    held = story.tell(start.time + 20 * SECOND, "heartbeat")
    story.tell(start.time + 50 * SECOND, "heartbeat")
    held.held = held.time + story.between(40, 59)
    story.expect("out-of-order", held.time, held.time, held)


HEALTHY = (
    plain, pauses_and_stalls, faster, loop, crossfade, background, turns, as_scheduled, pause_at_the_end,
)  # fmt: skip
NEAR = (
    gap_of_the_tolerance, overlap_of_the_tolerance, a_second_left, within_the_overrun,
    within_the_step_of_duration, starts_apart, scheduled_elsewhere, almost_whole, counted_elsewhere,
    within_a_minute,
)  # fmt: skip
