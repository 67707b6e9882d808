"""The view `outlines`: each session in brief, folded at a distance."""

from projections.outlines.outliner import Outliner
from projections.outlines.questions import Outlines

__all__ = ["Outliner", "Outlines"]
