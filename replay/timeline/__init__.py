"""The fold: evidence of one session -> its timeline. Pure, by the rules of `docs/fold.md`."""

from replay.timeline.evidence import Description, Evidence, Placed, by_device, in_fold_order, place
from replay.timeline.fold import fold
from replay.timeline.model import Change, Clip, Hold, Hole, Listen, Mark, Stretch, Timeline, Totals

__all__ = [
    "Change",
    "Clip",
    "Description",
    "Evidence",
    "Hold",
    "Hole",
    "Listen",
    "Mark",
    "Placed",
    "Stretch",
    "Timeline",
    "Totals",
    "by_device",
    "fold",
    "in_fold_order",
    "place",
]
