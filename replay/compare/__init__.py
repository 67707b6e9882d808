"""Two sessions, or one session at two positions: what differs, by how much, and which record changed it. Pure."""

from replay.compare.change import Change
from replay.compare.changes import changes
from replay.compare.document import positions_document, sessions_document
from replay.compare.sessions import TOLERANCE, Comparison, compare_sessions
from replay.compare.steps import Known, Search, Step

__all__ = [
    "TOLERANCE",
    "Change",
    "Comparison",
    "Known",
    "Search",
    "Step",
    "changes",
    "compare_sessions",
    "positions_document",
    "sessions_document",
]
