"""Whether the recordings are there that the timeline says were heard.

Rule 1: a recording that nobody has looked for is not missing. What was looked for is in the case (`Known`).
Rule 2: `promises` and `undescribed` tell from a timeline alone what `missing_audio` finds, once it is known what is
        there: for who has looked at the recordings, and not at the session.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from replay.findings.model import Case, Found
from replay.findings.words import titled
from replay.recordings.known import Known
from replay.timeline import Clip, Timeline
from replay.timeline.ratio import media_of, wall_of
from replay.words import lasting


def missing_audio(case: Case) -> Iterable[Found]:
    """Clips whose recording is not there or cannot be decoded, or is over before the clip is."""
    if case.recordings is None:
        return
    limit = case.ns("missing_audio")
    lengths = _lengths(case.timeline)
    for clip in case.timeline.clips:
        known = case.recordings.get(clip.asset or "")
        if known is None:
            continue
        title = titled(case.timeline, clip.asset)
        if known.fault is not None:
            yield Found(clip.start, clip.stop, f"{title} cannot be heard: {known.fault}", clip.positions)
        elif known.duration is not None and not clip.loop:
            lacking = _claimed(clip, lengths.get((clip.listen, clip.asset))) - max(
                known.duration, clip.media_in
            )
            if lacking > limit:
                message = (
                    f"the recording of {title} is only {lasting(known.duration)} long: the last {lasting(lacking)} "
                    "that were told to play of it are not there"
                )
                start = max(clip.stop - wall_of(lacking, clip.rate), clip.start)
                yield Found(start, clip.stop, message, clip.positions)


class Promise(msgspec.Struct, frozen=True, array_like=True):
    """A recording that a description promised (a `url`), and what clips are told to have sounded of it.

    `position` is the description's. `reaches` tells how far into the recording (ns) clips came, and how many so
    far: of those that a recording can be too short for.
    """

    position: int
    clips: int
    reaches: tuple[tuple[int, int], ...]

    def missing(self, known: Known, limit: int) -> int:
        """How many findings *missing-audio* there are, given what is there; `limit` (ns) is what they exceed."""
        if known.fault is not None:
            return self.clips
        if known.duration is None:
            return 0
        return sum(clips for reach, clips in self.reaches if reach - known.duration > limit)

    def in_brief(self, most: int) -> Promise:
        """The same in so many reaches at most (1 or more): it tells of something missing whenever this one does.

        The furthest stays as it is. Of those before it, some together count as the nearest of them, so that what is
        missing is never told to be more than it is, and less only where a recording ends among them.
        """
        if len(self.reaches) <= most:
            return self
        *nearer, furthest = self.reaches
        size = -(-len(nearer) // (most - 1)) if most > 1 else 0
        together = [nearer[at : at + size] for at in range(0, len(nearer), size)] if size else []
        counted = [(some[0][0], sum(clips for _, clips in some)) for some in together]
        return Promise(self.position, self.clips, (*counted, furthest))


def promises(timeline: Timeline, limit: int) -> list[Promise]:
    """The recordings that a timeline's clips were promised; `limit` (ns) is what *missing-audio* must exceed."""
    lengths = _lengths(timeline)
    clips: Counter[str] = Counter()
    reaches: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for clip in timeline.clips:
        described = timeline.descriptions.get(clip.asset or "")
        if clip.asset is None or described is None or described.data.url is None:
            continue
        clips[clip.asset] += 1
        reach = _claimed(clip, lengths.get((clip.listen, clip.asset)))
        if not clip.loop and reach - clip.media_in > limit:
            reaches[clip.asset][reach] += 1
    found = (
        Promise(timeline.descriptions[asset].position, count, tuple(sorted(reaches[asset].items())))
        for asset, count in clips.items()
    )
    return sorted(found, key=lambda promise: promise.position)


def undescribed(timeline: Timeline) -> int:
    """How many clips play an asset that nobody has described."""
    return sum(clip.asset is not None and clip.asset not in timeline.descriptions for clip in timeline.clips)


def _lengths(timeline: Timeline) -> dict[tuple[str, str | None], int | None]:
    return {(one.listen, one.asset): one.media_out for one in timeline.listens}


def _claimed(clip: Clip, length: int | None) -> int:
    """How far into its recording (ns) a clip says it came; what is beyond the told length is an overrun."""
    reached = clip.media_in + media_of(clip.stop - clip.start, clip.rate)
    return reached if length is None else min(reached, length)
