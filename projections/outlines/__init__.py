"""The view `outlines`: each session in brief, folded at a distance."""

from projections.outlines.outliner import Outliner
from projections.outlines.questions import Fresh, Outlines

__all__ = ["Fresh", "Outliner", "Outlines"]
