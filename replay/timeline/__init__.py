"""The fold: evidence of one session -> its timeline. Pure, by the rules of `docs/fold.md`."""

from replay.timeline.evidence import Description, Evidence, Placed, place
from replay.timeline.fold import fold
from replay.timeline.model import Change, Clip, Hold, Listen, Mark, Stretch, Timeline, Totals

__all__ = [
    "Change",
    "Clip",
    "Description",
    "Evidence",
    "Hold",
    "Listen",
    "Mark",
    "Placed",
    "Stretch",
    "Timeline",
    "Totals",
    "fold",
    "place",
]
