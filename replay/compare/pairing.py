"""Which item of one moment is which of another, where items have no name of their own.

Rule: within a group the likest go together first: each stage pairs those that are equal by its key, in order;
      what no stage pairs stands alone. It takes linear time.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
Likeness = Callable[[T], Hashable]


def pair(
    before: Iterable[T], after: Iterable[T], *stages: Likeness[T]
) -> Iterator[tuple[T | None, T | None]]:
    """Each item of either side with its like of the other, or with None."""
    left, right = list(before), list(after)
    for likeness in stages:
        waiting: dict[Hashable, deque[T]] = defaultdict(deque)
        for item in right:
            waiting[likeness(item)].append(item)
        alone: list[T] = []
        taken: set[int] = set()
        for item in left:
            queue = waiting.get(likeness(item))
            if queue:
                found = queue.popleft()
                taken.add(id(found))
                yield item, found
            else:
                alone.append(item)
        left, right = alone, [item for item in right if id(item) not in taken]
    yield from ((item, None) for item in left)
    yield from ((None, item) for item in right)
