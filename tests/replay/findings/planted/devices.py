"""Further devices of a session, which tell nothing but that they are alive, by clocks of their own."""

from __future__ import annotations

from collections.abc import Callable

from tests.replay.findings.planted.telling import SECOND, Telling, Told, moments

EVERY = 20 * SECOND
Wall = Callable[[int], int]
"""What the device's clock shows at a moment of the server's."""


def beats(
    story: Telling, span: tuple[int, int], wall: Wall, *, sent: bool = True, counts: bool = False
) -> list[Told]:
    """A heartbeat every twenty seconds, between two moments."""
    device = story.name("tag")
    told = []
    for moment in range(*span, EVERY):
        shown = wall(moment)
        one = story.tell(shown, "heartbeat", device=device)
        one.happened = moment
        one.senttime = shown + 10_000 if sent else None
        one.monotonic = (moment - span[0]) / SECOND if counts else None
        told.append(one)
    return told


def offset(story: Telling, span: tuple[int, int]) -> None:
    """A clock that is seconds off; without `senttime` only one that is ahead can be told."""
    sent = story.chance.random() < 0.7
    by = story.between(3.5, 20) * (story.chance.choice((1, -1)) if sent else 1)
    told = beats(story, span, lambda moment: moment + by, sent=sent)
    story.expect("clock-offset", *moments(told), among=told[0].device)


def rate(story: Telling, span: tuple[int, int]) -> None:
    """A clock that goes too fast or too slow, over more than an hour; in the middle it is right."""
    ppm, middle = story.chance.randint(350, 1500) * story.chance.choice((1, -1)), sum(span) // 2
    told = beats(story, span, lambda moment: moment + (moment - middle) * ppm // 1_000_000)
    story.expect("rate-error", *moments(told), among=told[0].device)


def step(story: Telling, span: tuple[int, int]) -> None:
    """A clock that was set by more than a second, though by less than an offset of two."""
    by = story.between(1.1, 1.9) * story.chance.choice((1, -1))
    middle = sum(span) // 2
    told = beats(story, span, lambda moment: moment + (by if moment > middle else 0), counts=True)
    before = max(one for one in range(len(told)) if (told[one].happened or 0) <= middle)
    around = told[before : before + 2]
    story.expect("clock-step", *moments(around), *around)


def right(story: Telling, span: tuple[int, int]) -> None:
    """A clock that is right enough: a second off, a hundred ppm, or set by less than a second."""
    middle = sum(span) // 2
    walls: tuple[Wall, ...] = (
        lambda moment: moment + SECOND,
        lambda moment: moment + (moment - middle) // 10_000,
        lambda moment: moment + (800_000 if moment > middle else 0),
    )
    beats(story, span, story.chance.choice(walls), counts=True)


def fast_for_a_while(story: Telling, span: tuple[int, int]) -> None:
    """A clock that is a thousand ppm too fast, over less than an hour."""
    stop = min(span[1], span[0] + 3000 * SECOND)
    middle = (span[0] + stop) // 2
    beats(story, (span[0], stop), lambda moment: moment + (moment - middle) // 1000)


def counts_again(story: Telling, span: tuple[int, int]) -> None:
    """A device that was started again, and counts from 1."""
    told = beats(story, span, lambda moment: moment)
    half = len(told) // 2
    for index, one in enumerate(told):
        one.number = 1 + (index if index < half else index - half)


WRONG = (offset, rate, step)
RIGHT = (right, fast_for_a_while, counts_again)
