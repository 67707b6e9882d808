"""Why was it silent here? A session and a moment -> what was playing, or why nothing was. Pure."""

from replay.explain.causes import CAUSES, Cause, explain
from replay.explain.document import explanation_document
from replay.explain.model import Explanation
from replay.explain.moment import At, moment_of, read_at

__all__ = [
    "CAUSES",
    "At",
    "Cause",
    "Explanation",
    "explain",
    "explanation_document",
    "moment_of",
    "read_at",
]
