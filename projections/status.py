"""How the views stand, for `playhead status` and `/readyz`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import msgspec

from projections.readers import Readers
from projections.view import View
from replay.errors import Unavailable

SHOWN = 20
"""How many parked records a view's status names, those at the lowest positions."""


class Building(msgspec.Struct, frozen=True):
    """How far a building of the views is: `done` of `total` positions."""

    done: int
    total: int


class Parked(msgspec.Struct, frozen=True):
    """A record that a view could not fold, and why."""

    position: int
    error: str


class ViewStatus(msgspec.Struct, frozen=True):
    """How a view stands: folded up to `position`, which is `lag` positions behind the log's head.

    `parked` counts the records it could not fold, `faults` names the first of them. `building` is how far a
    building is, while there is one; `error` is what the runner stumbled over, until it gets over it.
    """

    name: str
    version: int
    position: int
    lag: int
    parked: int
    faults: tuple[Parked, ...]
    building: Building | None
    error: str | None

    def moved_to(self, position: int) -> ViewStatus:
        """The same, standing at another position."""
        lag = max(0, self.lag + self.position - position)
        return msgspec.structs.replace(self, position=position, lag=lag)


class Standing(msgspec.Struct, frozen=True):
    """What all views of a file share."""

    head: int
    building: Building | None
    error: str | None


async def read_status(readers: Readers, views: Sequence[View], standing: Standing) -> list[ViewStatus]:
    """The status of each view, as its file tells it; without a file, at position 0."""
    position = 0
    faults: dict[str, tuple[int, tuple[Parked, ...]]] = {}
    with suppress(Unavailable):  # it may be given up, or swapped, at any moment
        [(position,)] = await readers.fetch("SELECT position FROM checkpoint")
        faults = {view.name: await _faults(readers, view) for view in views}
    return [
        ViewStatus(
            view.name,
            view.version,
            position,
            max(0, standing.head - position),
            *faults.get(view.name, (0, ())),
            standing.building,
            standing.error,
        )
        for view in views
    ]


async def _faults(readers: Readers, view: View) -> tuple[int, tuple[Parked, ...]]:
    [(count,)] = await readers.fetch("SELECT count(*) FROM parked WHERE view = ?", (view.name,))
    sql = f"SELECT position, error FROM parked WHERE view = ? ORDER BY position LIMIT {SHOWN}"
    return count, tuple(Parked(*row) for row in await readers.fetch(sql, (view.name,)))
