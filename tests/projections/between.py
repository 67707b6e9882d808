"""Something that happens between two steps of a reading: what races come down to, step by step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from projections.readers import Readers
from replay.log.contract import EventLog

Happening = Callable[[], Awaitable[object]]


class Steps:
    """The steps of a reading: each question to the views' readers, and each to the log.

    Right after the step number `when` something happens; what it reads itself is no step.
    """

    def __init__(self, when: int, happening: Happening) -> None:
        self.taken = 0
        self._when = when
        self._happening = happening
        self._busy = False

    @property
    def happened(self) -> bool:
        """Whether there were so many steps."""
        return self.taken >= self._when

    async def happen_now(self) -> None:
        """Have it happen now, if the reading takes fewer steps."""
        if not self.happened:
            self.taken = self._when
            await self._happening()

    def watched(self, step: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """A step that is counted."""

        async def take(*asked: Any, **more: Any) -> Any:
            answer = await step(*asked, **more)
            if not self._busy:
                self.taken += 1
                if self.taken == self._when:
                    self._busy = True
                    await self._happening()
                    self._busy = False
            return answer

        return take


@contextmanager
def between(when: int, happening: Happening, *read: Readers | EventLog) -> Iterator[Steps]:
    """Have something happen right after so many steps of what is read within the block.

    Who folds holds the views meanwhile: where that is within the block, and what happens is folded, the log's steps
    are not to be among them.
    """
    steps = Steps(when, happening)
    with pytest.MonkeyPatch.context() as patch:
        for one in read:
            for name in ("fetch", "fetch_many") if isinstance(one, Readers) else ("get", "read", "head"):
                patch.setattr(one, name, steps.watched(getattr(one, name)))
        yield steps
