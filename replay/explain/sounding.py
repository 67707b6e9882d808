"""Causes where something was under way: it sounded, or could not be heard.

Rule: what can be heard counts. Only where nothing can, the reason is asked for; a cause speaks of those clips alone
      that it explains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from replay.explain import words
from replay.explain.found import Found
from replay.explain.model import Playing
from replay.explain.scene import INAUDIBLE, Scene
from replay.timeline import Change
from replay.words import lasting


def playing(scene: Scene) -> Found | None:
    """Something sounds, and what ends it is known."""
    heard = [one for one in _heard(scene) if not _is_open(one)]
    if not heard:
        return None
    into = f", {lasting(heard[0].media)} into the recording" if len(heard) == 1 else ""
    return _found(heard, f"{words.names(heard)} {words.was(heard)} playing{into}.")


def open_(scene: Scene) -> Found | None:
    """Something sounds, as far as is known."""
    heard = _heard(scene)
    if not heard:
        return None
    last = heard[-1].clip
    sentence = (
        f"{words.names(heard)} {words.was(heard)} playing as far as is known: it began at "
        f"{words.clock(last.start, scene.at)} and nothing tells when it ended; the session's newest event is of "
        f"{words.clock(last.stop, scene.at)}."
    )
    return _found(heard, sentence)


def missing(scene: Scene) -> Found | None:
    """The recordings of what is under way are not there, or broken."""
    lost = [one for one in scene.playing if scene.fault(one)]
    if not lost:
        return None
    faults = "; ".join(dict.fromkeys((scene.fault(one) or "").rstrip(".") for one in lost))
    sentence = (
        f"{words.names(lost)} {words.was(lost)} told to play, and the recording is not to be had "
        f"({faults}): the replay is silent here, and nobody knows what was heard."
    )
    return _found(lost, sentence, _descriptions(scene, lost))


def over(scene: Scene) -> Found | None:
    """The listen went on, and its recording was over."""
    past = [one for one in scene.playing if scene.is_over(one)]
    if not past:
        return None
    length = scene.length(past[-1]) or 0
    sentence = (
        f"{words.names(past)} {words.was(past)} told to play on, but the recording is only "
        f"{lasting(length)} long: by then it was over for {lasting(past[-1].media - length)}."
    )
    return _found(past, sentence, _descriptions(scene, past))


def muted(scene: Scene) -> Found | None:
    """The gain of what is under way is 0, from the start or since it was set."""
    quiet = [(one, by) for one, by in _inaudible(scene) if by is None or not by.ramp]
    if not quiet:
        return None
    by = quiet[-1][1]
    whose = "the session's gain" if by is not None and by.kind == "session-gain" else "its gain"
    since = "from the start" if by is None else f"from {words.clock(by.at, scene.at)} on"
    return _silenced(scene, quiet, f"could not be heard: {whose} was 0 {since}")


def faded(scene: Scene) -> Found | None:
    """A ramp brought the gain of what is under way to 0."""
    quiet = [(one, by) for one, by in _inaudible(scene) if by is not None and by.ramp]
    if not quiet:
        return None
    by = quiet[-1][1]
    since = words.clock(by.at, scene.at) if by is not None else ""
    ramp = lasting(by.ramp) if by is not None else ""
    return _silenced(scene, quiet, f"could not be heard: it was faded out at {since} within {ramp}")


def _silenced(scene: Scene, quiet: Sequence[tuple[Playing, Change | None]], how: str) -> Found:
    those = [one for one, _ in quiet]
    turned = [by.position for _, by in quiet if by is not None]
    sentence = f"{words.names(those)} {words.was(those)} playing, and {how}."
    return _found(those, sentence, (*turned, *_descriptions(scene, those)))


def _inaudible(scene: Scene) -> list[tuple[Playing, Change | None]]:
    """The clips under way at no gain, each with the change that brought it there; None: it began so."""
    return [(one, _turned_down(one, scene.at)) for one in scene.playing if one.level < INAUDIBLE]


def _turned_down(one: Playing, at: int) -> Change | None:
    """The last change that brought a gain to 0."""
    down = [change for change in one.clip.changes if change.kind != "pan" and change.value < INAUDIBLE]
    return max((change for change in down if change.at <= at), key=lambda change: change.at, default=None)


def _heard(scene: Scene) -> list[Playing]:
    return [
        one
        for one in scene.playing
        if one.level >= INAUDIBLE and not scene.fault(one) and not scene.is_over(one)
    ]


def _is_open(one: Playing) -> bool:
    return one.clip.end == "open" and one.clip.cut is None


def _descriptions(scene: Scene, those: Iterable[Playing]) -> tuple[int, ...]:
    found = (scene.description(one.clip.asset) for one in those)
    return tuple(known.position for known in found if known is not None)


def _found(those: Sequence[Playing], sentence: str, more: Iterable[int] = ()) -> Found:
    """What holds of clips together: as long as all of them last."""
    positions = {position for one in those for position in one.clip.positions} | set(more)
    start, stop = max(one.clip.start for one in those), min(one.clip.stop for one in those)
    return Found(sentence, start, stop, tuple(sorted(positions)))
