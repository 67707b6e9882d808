"""Rows: where clips are drawn, so that nothing lies over anything else.

Rule: a listen keeps one row; a lane's rows lie together, lanes in the order they first appear. A row means nothing
      else: overlap and gap are judged on the lane.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

from replay.timeline.model import Listen


def assign_rows(listens: Sequence[Listen]) -> list[int]:
    """A row for each listen, in the order given."""
    lanes: dict[str, list[int]] = {}
    for index, listen in enumerate(listens):
        lanes.setdefault(listen.lane, []).append(index)
    rows = [0] * len(listens)
    base = 0
    for members in lanes.values():
        base += _fill(listens, members, rows, base)
    return rows


def _fill(listens: Sequence[Listen], members: list[int], rows: list[int], base: int) -> int:
    """Give one lane's listens rows from `base` on; return how many rows it took."""
    taken = 0
    free: list[int] = []
    busy: list[tuple[int, int]] = []
    for index in sorted(members, key=lambda i: (listens[i].start, listens[i].position)):
        while busy and busy[0][0] <= listens[index].start:
            heappush(free, heappop(busy)[1])
        if not free:
            heappush(free, taken)
            taken += 1
        row = heappop(free)
        rows[index] = base + row
        heappush(busy, (max(listens[index].stop, listens[index].start + 1), row))
    return taken
