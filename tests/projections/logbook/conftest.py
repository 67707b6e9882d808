from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from projections import Projections
from tests.projections.house import Clock, House
from tests.projections.logbook.sparse import SparseLog


@pytest.fixture
async def wide(tmp_path: Path) -> AsyncIterator[House]:
    """A house whose log has gaps: its lines span many blocks and shelves."""
    clock = Clock()
    log = SparseLog(clock=clock)
    projections = await Projections.open(tmp_path, log, clock=clock)
    await projections.catch_up()
    yield House(log, clock, projections)
    await projections.close()
