"""The views there are, in one table. The views file is named for them and their versions."""

from __future__ import annotations

from projections.feeds.fold import FeedsView
from projections.listens.fold import ListensView
from projections.logbook.fold import LogbookView
from projections.logbook.trigrams import TextView
from projections.outlines.fold import OutlinesView
from projections.timelines.fold import TimelinesView
from projections.view import View

VIEWS: tuple[View, ...] = (TimelinesView(), FeedsView(), ListensView(), LogbookView())

TEXT: tuple[View, ...] = (TextView(),)
OUTLINES: tuple[View, ...] = (OutlinesView(),)
"""Those that follow at a distance, each in a file of its own."""
