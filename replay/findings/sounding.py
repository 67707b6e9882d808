"""Whether sound follows sound: gaps, overlaps.

Rule 1: both are judged on one lane of one device. A lane that rests while another sounds is no gap: a
        crossfade's two lanes, the turns of a call, a background under a guide.
Rule 2: what is only inferred proves nothing: a gap is a known silence, and an overlap needs an end that was
        observed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from replay.findings.model import Case, Found
from replay.findings.words import titled
from replay.timeline import Clip, Listen, Stretch
from replay.words import lasting

Lane = tuple[str | None, str]


def gap(case: Case) -> Iterable[Found]:
    """A silence between a listen and the next on the same lane. A pause or stall that was told is no silence."""
    limit = case.ns("gap")
    silences = [silence for silence in case.timeline.silences if silence.stop - silence.start > limit]
    neighbours = _Neighbours(case.timeline.listens if silences else ())
    for silence in silences:
        pair = neighbours.of(silence)
        if pair is not None:
            yield _gap(case, silence, *pair)


def _gap(case: Case, silence: Stretch, before: Listen, after: Listen) -> Found:
    message = (
        f"{lasting(silence.stop - silence.start)} of silence: nothing played between "
        f"{titled(case.timeline, before.asset)} and {titled(case.timeline, after.asset)}, "
        "and nobody paused it"
    )
    ended = before.position if before.ended_by is None else before.ended_by
    return Found(silence.start, silence.stop, message, (before.position, ended, after.position))


class _Neighbours:
    """The listens on either side of a silence: the last to stop before it and the first to start after it."""

    def __init__(self, listens: Sequence[Listen]) -> None:
        self._by_stop = sorted(listens, key=lambda listen: listen.stop)
        self._by_start = sorted(listens, key=lambda listen: listen.start)
        self._stops = [listen.stop for listen in self._by_stop]
        self._starts = [listen.start for listen in self._by_start]
        self._found: dict[tuple[int, int], tuple[Listen, Listen] | None] = {}

    def of(self, silence: Stretch) -> tuple[Listen, Listen] | None:
        """A pair on one lane of one device; None where the sound goes from one lane to another."""
        end = bisect_right(self._stops, silence.start)
        begin = bisect_left(self._starts, silence.stop)
        if end == 0 or begin == len(self._starts):
            return None
        if (end, begin) not in self._found:
            self._found[end, begin] = self._pair(end, begin)
        return self._found[end, begin]

    def _pair(self, end: int, begin: int) -> tuple[Listen, Listen] | None:
        """The listens that stop last before `end`, and those that start first from `begin` on, on a shared lane."""
        first = bisect_left(self._stops, self._stops[end - 1])
        last = bisect_right(self._starts, self._starts[begin])
        before = {_lane(listen): listen for listen in self._by_stop[first:end]}
        after = (listen for listen in self._by_start[begin:last] if _lane(listen) in before)
        following = next(after, None)
        return None if following is None else (before[_lane(following)], following)


def overlap(case: Case) -> Iterable[Found]:
    """A clip that begins while its lane still sounds: beyond the crossfade that both have declared."""
    limit = case.ns("overlap")
    lanes: dict[Lane, list[Clip]] = defaultdict(list)
    for clip in case.timeline.clips:
        lanes[clip.device, clip.lane].append(clip)
    for clips in lanes.values():
        reaching: Clip | None = None
        for clip in clips:
            if reaching is not None and reaching.stop > clip.start:
                both = min(reaching.stop, clip.stop) - clip.start
                if both - min(reaching.fade_out, clip.fade_in) > limit:
                    yield _overlap(case, reaching, clip, both)
            if clip.end == "observed" and (reaching is None or clip.stop > reaching.stop):
                reaching = clip


def _overlap(case: Case, before: Clip, after: Clip, both: int) -> Found:
    message = (
        f"{titled(case.timeline, after.asset)} began {lasting(before.stop - after.start)} before "
        f"{titled(case.timeline, before.asset)} had ended, on the same lane: "
        f"both sounded for {lasting(both)}"
    )
    return Found(after.start, after.start + both, message, (*before.positions, *after.positions))


def _lane(listen: Listen) -> Lane:
    return listen.device, listen.lane
