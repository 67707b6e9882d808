"""Python's collector of cycles, held off while much is made that has none.

A long session is some hundred thousand values that live on and hold no cycle. The collector looks through all of
them again and again while they come to be, which takes a fifth of the time.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_holders = 0


@contextmanager
def collector_held_off() -> Iterator[None]:
    """Collect no cycles within the block, in any thread. Blocks may overlap."""
    _hold(1)
    try:
        yield
    finally:
        _hold(-1)


def _hold(change: int) -> None:
    global _holders
    with _lock:
        _holders += change
        (gc.disable if _holders else gc.enable)()
