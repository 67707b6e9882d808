"""Read models folded from the log: keys and positions, disposable, rebuilt at any time.

Start with `projections.view` (what a view is), then `projections.feeds.fold` (one of them).
"""

from __future__ import annotations

from projections.feeds import DeviceFilter, DevicePage, DeviceRow, FeedPage, Feeds, Moment
from projections.listens import ListenFilter, ListenPage, ListenRow, Listens
from projections.logbook import Bounds, Expression, LineFilter, LinePage, Logbook, LogPage, LogRow
from projections.runner import Projections
from projections.status import Building, Parked, ViewStatus
from projections.timelines import (
    AssetFilter,
    AssetPage,
    AssetRow,
    Assets,
    SessionFilter,
    SessionPage,
    SessionRow,
    State,
    Timelines,
)

__all__ = [
    "AssetFilter",
    "AssetPage",
    "AssetRow",
    "Assets",
    "Bounds",
    "Building",
    "DeviceFilter",
    "DevicePage",
    "DeviceRow",
    "Expression",
    "FeedPage",
    "Feeds",
    "LineFilter",
    "LinePage",
    "ListenFilter",
    "ListenPage",
    "ListenRow",
    "Listens",
    "LogPage",
    "LogRow",
    "Logbook",
    "Moment",
    "Parked",
    "Projections",
    "SessionFilter",
    "SessionPage",
    "SessionRow",
    "State",
    "Timelines",
    "ViewStatus",
]
