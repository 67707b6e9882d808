"""A device on a server and the same as a plain list, and a reader who follows the links of its feed.

The reader knows from the list what every page must be, to the event: what is there when the page is asked for,
beyond the event that the last page ended with. So it sees whatever is lost, comes twice or is counted wrongly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from replay.clock import format_time, parse_time
from tests.server.api import Api, event

NOON = parse_time("2026-05-14T12:00:00Z")
FEED = "/api/v1/devices/car/events"
TYPES = ("a", "ab", "b")
USERS = 30


class Known(NamedTuple):
    """An event as the test knows it, in the order of the feed. `ms` counts from noon."""

    ms: int
    position: int
    number: int

    @property
    def id(self) -> str:
        return f"e{self.number}"

    @property
    def type(self) -> str:
        return TYPES[self.number % len(TYPES)]

    @property
    def user(self) -> str:
        return f"u{self.number % USERS}"


class Asked(NamedTuple):
    """What pages are of. Bounds are milliseconds after noon."""

    type: str | None = None
    since: int | None = None
    until: int | None = None

    def lets_through(self, known: Known) -> bool:
        wanted = self.type or "*"
        fits = known.type.startswith(wanted[:-1]) if wanted.endswith("*") else known.type == wanted
        above = self.since is None or known.ms > self.since
        return fits and above and (self.until is None or known.ms <= self.until)

    def parameters(self) -> dict[str, object]:
        told = {"type": self.type, "since": _at(self.since), "until": _at(self.until)}
        return {name: value for name, value in told.items() if value is not None}


class Device:
    """A device's events on a server, and in a list. `position` is that of the last write."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.told = 0
        self.there: list[Known] = []
        self.position = 0

    async def tell(self, moments: Sequence[int]) -> None:
        """Events of these milliseconds arrive."""
        numbers = range(self.told, self.told + len(moments))
        new = [Known(ms, 0, number) for ms, number in zip(moments, numbers, strict=True)]
        answer = await self.api.send(
            *(event(one.id, one.type, device="car", user=one.user, time=_at(one.ms)) for one in new)
        )
        self._written(answer.document["position"])
        receipts = answer.document["receipts"]
        self.there += [
            one._replace(position=receipt["position"]) for one, receipt in zip(new, receipts, strict=True)
        ]
        self.there.sort()
        self.told += len(moments)

    async def erase(self, chosen: Known) -> None:
        """One event is erased."""
        answer = await self.api.ask("DELETE", f"/api/v1/events/{chosen.id}")
        self._written(answer.document["position"])
        self.there.remove(chosen)

    async def erase_user(self, user: str) -> None:
        """All events of a user are erased, if there are any."""
        left = [known for known in self.there if known.user != user]
        if len(left) < len(self.there):
            answer = await self.api.ask("DELETE", f"/api/v1/users/{user}")
            self._written(answer.document["position"])
            self.there = left

    def _written(self, position: int) -> None:
        assert position > self.position
        self.position = position


class Reader:
    """Follows the links of a feed in one direction."""

    def __init__(self, device: Device, asked: Asked, *, ascending: bool) -> None:
        self.device = device
        self.asked = asked
        self.ascending = ascending
        self.seen: list[Known] = []
        self.finished = False
        self._parameters = {**asked.parameters(), "sortDir": "asc" if ascending else "desc"}
        self._bound: tuple[int, int] | None = None

    async def read(self, limit: int) -> None:
        """Read the next page, and hold it against the list."""
        ahead = self._ahead()
        page = await self._page(limit)
        assert [shown["id"] for shown in page["events"]] == [known.id for known in ahead[:limit]]
        assert page["meta"]["pagination"]["remaining"] == len(ahead[limit:])
        self.seen += ahead[:limit]
        link = page["meta"]["pagination"]["links"].get("next" if self.ascending else "prior")
        assert (link is None) == (len(ahead) <= limit)
        if link is None:
            self.finished = True
            return
        self._parameters = dict(parse_qsl(urlsplit(link).query))
        self._bound = ahead[limit - 1 if self.ascending else limit][:2]

    def _ahead(self) -> list[Known]:
        """What the pages to come must hold, in their order."""
        found = [known for known in self.device.there if self.asked.lets_through(known)]
        if self._bound is None:
            return found if self.ascending else found[::-1]
        if self.ascending:
            return [known for known in found if known[:2] > self._bound]
        return [known for known in reversed(found) if known[:2] <= self._bound]

    async def _page(self, limit: int) -> Any:
        """A page of the state after the last write."""
        asked = {**self._parameters, "limit": limit, "min_position": self.device.position, "wait": 30}
        answer = await self.device.api.get(FEED, asked)
        assert answer.status == 200, answer.body
        return answer.document


def _at(ms: int | None) -> str | None:
    return None if ms is None else format_time(NOON + ms * 1000)
