"""Erasing a user: every event that is the user's own, wherever its data says it is from, and no other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import pytest

from projections.entries import Entry
from projections.logbook.fold import LogbookView
from projections.view import Database
from replay.events import ERASED
from replay.log.contract import EventLog
from tests.server.api import Api, event


async def left(api: Api, log: str | None = None) -> list[str]:
    """The ids of the events that are still there."""
    page = await api.get("/api/v1/events", {"limit": 100, **({"log": log} if log else {})})
    return [one["id"] for one in page.document["events"] if one.get("id") and one["type"] != ERASED]


def told(id: str, user: str | None, said: object = None, **more: Any) -> dict[str, object]:
    """An event of a user, whose data may name another."""
    return event(id, user=user, data={} if said is None else {"user": said}, **more)


@pytest.mark.parametrize("user", ["ann", "a" * 100, "zoë/ann #1"])
async def test_all_of_a_user_goes_and_nothing_of_another(api: Api, user: str) -> None:
    await api.send(
        told("1", user, session="s"),
        told("2", user, "bob"),
        told("3", user, 7),
        told("4", user, user),
        told("5", "bob", user),
        told("6", None, user),
        told("7", user + "x"),
    )
    await api.send(told("8", user, log="park"))
    erased = await api.ask("DELETE", f"/api/v1/users/{quote(user, safe='')}?log=default")
    assert (erased.status, erased.document["erased"]) == (200, 4)
    assert await left(api, "default") == ["5", "6", "7"]
    assert await left(api, "park") == ["8"]


async def test_an_event_that_no_view_could_fold_goes_too(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    apply = LogbookView.apply

    async def choke(self: LogbookView, db: Database, entries: Sequence[Entry], log: EventLog) -> None:
        if any(entry.type == "poison" for entry in entries):
            raise KeyError("cannot fold this")
        await apply(self, db, entries, log)

    monkeypatch.setattr(LogbookView, "apply", choke)
    await api.send(event("1", "poison", user="ann"), event("2", "poison", user="bob"), told("3", "ann"))
    erased = await api.ask("DELETE", "/api/v1/users/ann")
    assert (erased.status, erased.document["erased"]) == (200, 2)
    assert await left(api) == ["2"]


async def test_who_is_not_known_or_gone_is_not_found(api: Api) -> None:
    await api.send(told("1", "ann"), told("2", None, "bob"))
    assert (await api.ask("DELETE", "/api/v1/users/bob")).status == 404
    assert (await api.ask("DELETE", "/api/v1/users/ann")).status == 200
    assert (await api.ask("DELETE", "/api/v1/users/ann")).status == 404
