"""Causes where nothing was under way: held, silent, outside the session, or unknown."""

from __future__ import annotations

from collections.abc import Iterable

from replay.explain import words
from replay.explain.found import Found
from replay.explain.model import Edge
from replay.explain.scene import NS, Scene
from replay.timeline import Hold, Hole
from replay.words import lasting

ENDED_BY = {
    "playback-resumed": "it was resumed",
    "playback-recovered": "it recovered",
    "playback-paused": "it was paused",
    "listen-started": "the next start",
    "session-ended": "the session ended",
}
"""How the record that ended a pause or a stall is told."""


def stalled(scene: Scene) -> Found | None:
    """A stall lies over the moment."""
    return _held(scene, "stalled", "had stalled")


def paused(scene: Scene) -> Found | None:
    """A pause lies over the moment."""
    return _held(scene, "paused", "was paused")


def gap(scene: Scene) -> Found | None:
    """A silence lies over the moment: both its edges are known."""
    before, after = scene.before, scene.after
    if scene.silence is None or before is None or after is None:
        return None
    sentence = (
        f"Nothing played for {lasting(after.at - before.at)}: {words.ended(before, scene.at)} and "
        f"{words.began(after, scene.at)}; nothing was paused or stalled in between."
    )
    return _between(scene, before, after, sentence)


def before_start(scene: Scene) -> Found | None:
    """Before all that is known of the session."""
    first = scene.timeline.start
    if scene.at >= first:
        return None
    start = scene.session_start
    if start is not None and start.time * NS == first:
        sentence = f"The session had not begun: it began at {words.clock(first, scene.at)}."
        return Found(sentence, None, first, (start.position,))
    sentence = f"Nothing is known of the session before {words.clock(first, scene.at)}."
    return _between(scene, None, scene.after, sentence)


def after_end(scene: Scene) -> Found | None:
    """After the session's end, with nothing that went on."""
    end = scene.session_end
    if end is None or scene.at < end.time * NS:
        return None
    ended = end.time * NS
    start = ended if scene.before is None else max(ended, scene.before.at)
    stop = None if scene.after is None else scene.after.at
    return Found(f"The session had ended at {words.clock(ended, scene.at)}.", start, stop, (end.position,))


def sequence_hole(scene: Scene) -> Found | None:
    """Events that a device counted were never received."""
    if not scene.holes:
        return None
    told = [_hole(scene, hole) for hole in scene.holes[: words.MOST_NAMED]]
    more = len(scene.holes) - len(told)
    missing = sum(hole.missing for hole in scene.holes)
    sentence = (
        f"Nobody knows: {'; '.join(told)}{f'; and {more} more' if more else ''} "
        f"{'was' if missing == 1 else 'were'} never received."
    )
    positions = {position for hole in scene.holes for position in hole.positions}
    return _between(scene, scene.before, scene.after, sentence, positions)


def not_told(scene: Scene) -> Found | None:
    """Nothing tells what happened: the last row, which always holds."""
    before, after = scene.before, scene.after
    if after is None:
        newest = words.clock(scene.newest.time * NS, scene.at)
        sentence = f"Nobody knows: the session never told its end, and its newest event is of {newest}."
        return _between(scene, before, None, sentence, (scene.newest.position,))
    beginning = "nothing is told of before" if before is None else words.ended(before, scene.at)
    sentence = (
        f"Nobody knows: {beginning} and {words.began(after, scene.at)}; nothing tells what was between."
    )
    return _between(scene, before, after, sentence)


def _hole(scene: Scene, hole: Hole) -> str:
    """`event 5 of radio, between 08:05:02 and 08:05:32`."""
    which = f"event {hole.first}" if hole.first == hole.last else f"events {hole.first} to {hole.last}"
    if hole.missing < hole.last - hole.first + 1:
        which = f"{hole.missing} of the {which}"
    start, stop = words.clock(hole.start, scene.at), words.clock(hole.stop, scene.at)
    return f"{which} of {hole.device}, between {start} and {stop},"


def _held(scene: Scene, kind: str, began: str) -> Found | None:
    holds = [hold for hold in scene.holds if hold.kind == kind]
    if not holds:
        return None
    # the whole session's says more than one listen's; of several, that which lasts longest
    hold = max(holds, key=lambda hold: (hold.listen is None, hold.stop - hold.start))
    whose = "Playback" if hold.listen is None else _name(scene, hold)
    start, stop = words.clock(hold.start, scene.at), words.clock(hold.stop, scene.at)
    over = _ended_by(scene, hold)
    if over is None:
        sentence = (
            f"{whose} {began} at {start}; nothing tells that this ended before {stop}, the newest event."
        )
    else:
        lasted = lasting(hold.stop - hold.start)
        sentence = f"{whose} {began} for {lasted}: from {start} until {over} at {stop}."
    return Found(sentence, hold.start, hold.stop, hold.positions)


def _ended_by(scene: Scene, hold: Hold) -> str | None:
    """What ended a pause or stall, in words; None when nothing is known to have."""
    if len(hold.positions) > 1:
        last = scene.records(hold.positions[-1:])
        return ENDED_BY.get(last[0].event.type if last else "", "it ended")
    listen = next((one for one in scene.timeline.listens if one.listen == hold.listen), None)
    return "the listen ended" if listen is not None and listen.end == "observed" else None


def _name(scene: Scene, hold: Hold) -> str:
    """The listen that was held, by what it played."""
    assets = (listen.asset for listen in scene.timeline.listens if listen.listen == hold.listen)
    asset = next(assets, None)
    return words.name(scene.title(asset), asset, hold.listen)


def _between(
    scene: Scene, before: Edge | None, after: Edge | None, sentence: str, more: Iterable[int] = ()
) -> Found:
    """What holds between two edges; plays of no length in between are told of, too."""
    start, stop = None if before is None else before.at, None if after is None else after.at
    positions = {position for edge in (before, after) if edge is not None for position in edge.positions}
    for clip in scene.momentary(start, stop):
        what = words.name(scene.title(clip.asset), clip.asset, clip.listen)
        sentence += f" {what} was told to play at {words.clock(clip.start, scene.at)}, for no time at all."
        positions.update(clip.positions)
    return Found(sentence, start, stop, tuple(sorted(positions | set(more))))
