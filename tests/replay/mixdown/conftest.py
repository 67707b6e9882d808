"""A studio to mix in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.replay.mixdown.studio import Studio


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """Recordings and a spool of their own."""
    made = Studio(tmp_path)
    yield made
    made.spool.close()
