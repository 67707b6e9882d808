"""A server to which recordings are sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.server.api import Api, Reply

Put = Callable[..., Awaitable[Reply]]


@pytest.fixture
def put(api: Api) -> Put:
    """Send a recording."""

    async def send(asset: str, body: Any, log: str | None = None, **more: Any) -> Reply:
        path = f"/api/v1/assets/{asset}/audio"
        return await api.ask("PUT", path, {"log": log} if log else None, body=body, **more)

    return send


def left(api: Api) -> list[str]:
    """Every file below the media folder, those on their way in too."""
    media: Path = api.services.media.recordings.media
    return sorted(path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file())
