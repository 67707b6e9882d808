"""Where the log stands, and whether all is well."""

from __future__ import annotations

from typing import Any

from replay.errors import Unavailable
from server.questions.read import Read
from server.reads.answers import Answer
from server.reads.standing import view_position
from server.services import Services


async def head(services: Services, question: Read) -> Answer:
    """The newest position of the log, its chain hash, and the epoch they are of."""
    position = await view_position(services, question)
    newest = await services.log.head()
    document = {"position": newest.position, "hash": newest.hash, "epoch": services.log.epoch}
    return Answer(document, position)


async def readiness(services: Services) -> Answer:
    """Whether the log takes events and the views can be read, and how each of them stands."""
    log = await _log_status(services)
    views = await services.projections.status() if log["position"] is not None else []
    folding = all(view.building is None and view.error is None for view in views)
    stopping = services.stopping.is_set()
    ready = log["error"] is None and folding and not stopping
    trailing = await services.projections.trailing_status() if views else []
    document = {"ready": ready, "stopping": stopping, "log": log, "views": views, "trailing": trailing}
    return Answer(document, services.projections.position)


async def _log_status(services: Services) -> dict[str, Any]:
    try:
        newest = await services.log.head()
    except Unavailable as error:
        return {"position": None, "error": error.message}
    return {"position": newest.position, "error": services.trouble.recent()}
