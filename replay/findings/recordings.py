"""Whether the recordings are there that the timeline says were heard.

Rule: a recording that nobody has looked for is not missing. What was looked for is in the case (`Known`).
"""

from __future__ import annotations

from collections.abc import Iterable

from replay.findings.model import Case, Found
from replay.findings.words import titled
from replay.timeline import Clip
from replay.timeline.ratio import media_of, wall_of
from replay.words import lasting


def missing_audio(case: Case) -> Iterable[Found]:
    """Clips whose recording is not there or cannot be decoded, or is over before the clip is."""
    if case.recordings is None:
        return
    limit = case.ns("missing_audio")
    lengths = {(one.listen, one.asset): one.media_out for one in case.timeline.listens}
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


def _claimed(clip: Clip, length: int | None) -> int:
    """How far into its recording (ns) a clip says it came; what is beyond the told length is an overrun."""
    reached = clip.media_in + media_of(clip.stop - clip.start, clip.rate)
    return reached if length is None else min(reached, length)
