"""A history that has begun, with recordings of known length."""

from __future__ import annotations

import pytest

from tests.replay.history import History


@pytest.fixture
def history() -> History:
    """A session that started at 0 s; `bell` lasts 60 s, `rain` 600 s."""
    history = History()
    history.add(0, "session-started")
    history.describe("bell", title="Bell", duration=60)
    history.describe("rain", title="Rain", duration=600)
    return history
