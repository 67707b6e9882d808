from __future__ import annotations

from pathlib import Path

import pytest

from server.settings import Settings
from tests.server.conftest import patient
from tests.server.exchange import Hands


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A server that also goes by the name in the document's links."""
    return patient(tmp_path, hosts=("events.vin.li",))


@pytest.fixture
def clock() -> Hands:
    """The server's clock, which stands until a test moves it."""
    return Hands()
