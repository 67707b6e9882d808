"""The sample requests get the sample answers. `tests.server.exchange` tells how the files are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.api import Api
from tests.server.exchange import Hands, Player, samples_beside

SAMPLES = samples_beside(__file__)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
async def test_a_sample_goes_as_its_file_says(api: Api, clock: Hands, path: Path) -> None:
    assert await Player(api, clock).play(path) >= 4


def test_there_are_samples_of_each_part_of_the_surface() -> None:
    assert {path.stem for path in SAMPLES} == {"bounds", "events", "filters", "keys", "refusals", "seed"}
