from __future__ import annotations

from pathlib import Path

import pytest

from server.settings import Settings
from tests.server.exchange import Hands

ORIGIN = "https://walks.example"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, port=0, shutdown=1.0, sign_up=True, origins=(ORIGIN,))


@pytest.fixture
def clock() -> Hands:
    """The server's clock, which stands until a test moves it."""
    return Hands()
