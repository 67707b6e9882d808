"""Where an answer stands: waiting for a position, and finding the prefix that `as_of` means.

Rule 1: a read of the views waits for them, a read of the log only for the log.
Rule 2: `as_of` in digits is a position, in RFC 3339 a recorded time: the prefix before the first record later
        than it. Beyond the head is refused; up to it the views are waited for.
"""

from __future__ import annotations

import msgspec

from replay.errors import Invalid, Rebuilding, Unavailable
from server.questions.read import Read
from server.questions.sessions import AsOf, ReplayQuestion
from server.services import Services


class Prefix(msgspec.Struct, frozen=True):
    """A session of a log as of a position (None: as far as the views stand, which is `position`)."""

    log: str
    session: str
    as_of: int | None
    position: int


async def find_prefix(
    services: Services, log: str, session: str, question: ReplayQuestion, field: str = "as_of"
) -> Prefix:
    """The prefix that is asked for, once the views have passed it.

    Raises `Invalid`, naming the `field` that asks for it, beyond the head.
    """
    as_of, position = await find_position(services, question, question.as_of, field)
    return Prefix(log, session, as_of, position)


async def find_position(
    services: Services, question: Read, as_of: AsOf | None, field: str = "as_of"
) -> tuple[int | None, int]:
    """The position that `as_of` means, and where the views stand once they have passed it.

    Raises `Invalid`, naming the `field` that asks for it, beyond the head.
    """
    found = None if as_of is None else await _position_of(services, as_of, field)
    return found, await view_position(services, question, found)


async def view_position(services: Services, question: Read, least: int | None = None) -> int:
    """Where the views stand, once they have passed `least` and what the question asks for.

    Raises `Unavailable` when that takes longer than the question waits.
    """
    projections = services.projections
    least = max(least or 0, question.min_position or 0)
    seconds = services.settings.wait if question.wait is None else question.wait
    if least > projections.position and not await projections.wait_for(least, seconds):
        building = (await projections.status())[0].building
        if building is not None:
            raise Rebuilding(building.done, building.total)
        raise Unavailable(f"the read models have not passed position {least} yet")
    return projections.position


async def log_position(services: Services, question: Read) -> int:
    """Where the log stands, once it has reached what the question asks for. Raises `Unavailable`."""
    position = (await services.log.head()).position
    if question.min_position is not None and question.min_position > position:
        await view_position(services, question)
        position = (await services.log.head()).position
    return position


async def _position_of(services: Services, as_of: AsOf, field: str) -> int:
    head = (await services.log.head()).position
    if as_of.position is None:
        return await services.log.position_at(as_of.recordedtime)
    if as_of.position > head:
        raise Invalid(field, f"{field} is beyond the head of the log, which is at {head}")
    return as_of.position
