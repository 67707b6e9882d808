"""The view of sessions: read `schema`, then `fold` (how its rows come to be), then `questions`."""

from __future__ import annotations

from projections.timelines.assets import AssetFilter, AssetPage, AssetRow, Assets
from projections.timelines.questions import Timelines
from projections.timelines.sessions import SessionFilter, SessionPage, SessionRow, State
from projections.timelines.stamp import Needs, Stamp, needs_of

__all__ = [
    "AssetFilter",
    "AssetPage",
    "AssetRow",
    "Assets",
    "Needs",
    "SessionFilter",
    "SessionPage",
    "SessionRow",
    "Stamp",
    "State",
    "Timelines",
    "needs_of",
]
