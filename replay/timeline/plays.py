"""Which play a clip or a hold is of, where a listen's id was used more than once.

Rule: a play is named by the position of its listen; None is the whole session.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from replay.timeline.model import Clip, Hold, Listen


class Plays:
    """The plays of a session."""

    def __init__(self, listens: Iterable[Listen]) -> None:
        self._starts = {listen.position: (listen.start, listen.position) for listen in listens}
        self._named: dict[str, list[tuple[int, int]]] = {}
        for listen in sorted(listens, key=lambda listen: self._starts[listen.position]):
            self._named.setdefault(listen.listen, []).append(self._starts[listen.position])

    def of_clip(self, clip: Clip) -> int | None:
        """The first in fold order of the starts that show it: a later one is that which ended it."""
        shown = [self._starts[position] for position in clip.positions if position in self._starts]
        return min(shown)[1] if shown else None

    def of_hold(self, hold: Hold) -> int | None:
        """The newest of the plays of its name when it began, as what held it acted on that."""
        starts = self._named.get(hold.listen or "")
        if not starts:
            return None
        newest = bisect_right(starts, (hold.start, hold.positions[0])) - 1
        return starts[max(newest, 0)][1]
