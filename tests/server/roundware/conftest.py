from __future__ import annotations

from pathlib import Path

import pytest

from server.settings import Settings
from tests.server.conftest import patient
from tests.server.exchange import Hands

ORIGIN = "https://walks.example"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return patient(tmp_path, sign_up=True, origins=(ORIGIN,))


@pytest.fixture
def clock() -> Hands:
    """The server's clock, which stands until a test moves it."""
    return Hands()
