"""The view of logs, line by line: read `line` (what a line is), `schema`, then `fold`, then `pages` and `search`.

`trigrams` is a view of its own beside it: the text index.
"""

from __future__ import annotations

from projections.logbook.expression import Expression
from projections.logbook.lines import LineFilter, LinePage
from projections.logbook.questions import Logbook, LogPage, LogRow
from projections.logbook.search import Bounds

__all__ = ["Bounds", "Expression", "LineFilter", "LinePage", "LogPage", "LogRow", "Logbook"]
