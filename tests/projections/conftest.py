from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from projections import readers
from tests.projections.house import House, open_house


@pytest.fixture(autouse=True, scope="package")
def few_readers() -> Iterator[None]:
    """Two readers of each views file: laws open and close houses by the thousand, and each reader is a thread."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readers, "READERS", 2)
        yield


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house
