"""The plays of a session, each summed up in one row: what two sessions are compared by.

Rule 1: a play is a listen with its clips taken together; `heard` is how long it sounded, `held` how long it was
        paused or stalled (nanoseconds of the wall clock).
Rule 2: a level that moves is the row of its values in time; how fast it moved is not compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import msgspec

from replay.document import title_of
from replay.timeline import Clip, Listen, Timeline
from replay.timeline.model import End
from replay.timeline.plays import Plays


class Play(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One play of one recording. `start` and `stop` are nanoseconds since the epoch, `offset` from zero.

    `rates`, `gains` and `pans` are the values that it had, in their order. `positions` are the records that
    show it.
    """

    listen: str
    asset: str | None
    title: str | None
    offset: int
    start: int
    stop: int
    heard: int
    end: End
    lane: str
    media_in: int
    rates: tuple[float, ...]
    gains: tuple[float, ...]
    pans: tuple[float, ...]
    positions: tuple[int, ...]

    @property
    def held(self) -> int:
        """How long it was paused or stalled."""
        return self.stop - self.start - self.heard

    @property
    def name(self) -> str:
        """What a sentence calls its recording."""
        return self.title or self.asset or "an unknown recording"


def plays_of(timeline: Timeline) -> list[Play]:
    """The plays of a session, in the order they begin."""
    plays = Plays(timeline.listens)
    clips: dict[int | None, list[Clip]] = {}
    for clip in timeline.clips:
        clips.setdefault(plays.of_clip(clip), []).append(clip)
    ordered = sorted(timeline.listens, key=lambda listen: (listen.start, listen.position))
    return [_play(timeline, listen, clips.get(listen.position, [])) for listen in ordered]


def _play(timeline: Timeline, listen: Listen, clips: Sequence[Clip]) -> Play:
    return Play(
        listen=listen.listen,
        asset=listen.asset,
        title=title_of(timeline, listen.asset),
        offset=listen.start - timeline.zero,
        start=listen.start,
        stop=listen.stop,
        heard=sum(clip.stop - clip.start for clip in clips),
        end=listen.end,
        lane=listen.lane,
        media_in=clips[0].media_in if clips else 0,
        rates=_values(clip.rate for clip in clips),
        gains=_values(level for clip in clips for level in _gains(clip)),
        pans=_values(level for clip in clips for level in _pans(clip)),
        positions=tuple(sorted({position for clip in clips for position in clip.positions})),
    )


def _values(levels: Iterable[float]) -> tuple[float, ...]:
    """Values in their order, each as often as it is come to."""
    return tuple(value for value, _ in groupby(levels))


def _gains(clip: Clip) -> Iterator[float]:
    """The gains of a clip: its own times the session's."""
    own, wide = clip.gain, clip.session_gain
    yield own * wide
    for change in clip.changes:
        own = change.value if change.kind == "gain" else own
        wide = change.value if change.kind == "session-gain" else wide
        yield own * wide


def _pans(clip: Clip) -> Iterator[float]:
    yield clip.pan
    yield from (change.value for change in clip.changes if change.kind == "pan")
