"""The view of devices: read `schema`, then `fold` (how its rows come to be), then `questions` and `pages`."""

from __future__ import annotations

from projections.feeds.devices import DeviceFilter, DevicePage, DeviceRow
from projections.feeds.pages import FeedPage, Moment
from projections.feeds.questions import Feeds

__all__ = ["DeviceFilter", "DevicePage", "DeviceRow", "FeedPage", "Feeds", "Moment"]
