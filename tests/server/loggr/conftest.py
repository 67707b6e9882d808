from __future__ import annotations

import pytest

from tests.server.exchange import Hands


@pytest.fixture
def clock() -> Hands:
    """The server's clock, which stands until a test moves it."""
    return Hands()
