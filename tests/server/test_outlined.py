"""Sessions with their outlines, and lists narrowed by what was found."""

from __future__ import annotations

from typing import Any

import pytest

from server.services import Services
from tests.server.api import Api, event
from tests.server.test_sessions import names, pages

PATH = "/api/v1/sessions"


def told(session: str, *, faulty: bool) -> list[dict[str, Any]]:
    """A session of one listen; a faulty one also ends what never began."""
    of: dict[str, Any] = {"session": session, "device": f"phone-{session}"}
    events = [
        event(f"{session}-1", "session-started", time="2026-05-01T12:00:00Z", **of),
        event(f"{session}-2", "listen-started", time="2026-05-01T12:00:00Z", data={"asset": "a"}, **of),
        event(f"{session}-3", "listen-ended", time="2026-05-01T12:00:10Z", data={"asset": "a"}, **of),
        event(f"{session}-4", "session-ended", time="2026-05-01T12:00:10Z", **of),
    ]
    if faulty:
        events.append(
            event(f"{session}-5", "listen-ended", time="2026-05-01T12:00:05Z", data={"listen": "x"}, **of)
        )
    return events


async def test_an_outline_is_shown_once_it_is_at_hand(api: Api, services: Services) -> None:
    await api.send(*told("a", faulty=True))
    await services.projections.outlining.catch_up()
    [listed] = (await api.get(PATH)).document["sessions"]
    assert listed["outline"] == {
        "duration": 10.0,
        "heard": 10.0,
        "clips": 1,
        "strip": 96 * "c",
        # All five events are told long after they happened, the last out of order.
        "severities": {"error": 0, "warning": 1, "info": 6},
        "findings": {"ended-before-start": 1, "late-arrival": 5, "out-of-order": 1},
        "fault": None,
        "position": 5,
    }
    assert (await api.get(f"{PATH}/a")).document["outline"] == listed["outline"]


@pytest.mark.parametrize("outlined", [True, False], ids=["outlines at hand", "folded on the spot"])
async def test_a_list_narrowed_by_what_was_found_is_exact(
    api: Api, services: Services, outlined: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.reads.outlined.FOLDED", 2)
    for number in range(7):
        await api.send(*told(f"s{number}", faulty=number % 3 == 0))
    if outlined:
        await services.projections.outlining.catch_up()
    for more in ("finding=ended-before-start", "severity=warning"):
        assert await pages(api, f"{PATH}?limit=2&{more}") == ["s6", "s3", "s0"]
    assert await pages(api, f"{PATH}?severity=error") == []
    assert await pages(api, f"{PATH}?finding=duration-disagrees") == []


async def test_what_changed_since_is_looked_at_again(api: Api, services: Services) -> None:
    await api.send(*told("a", faulty=False))
    await services.projections.outlining.catch_up()
    assert names(await api.get(PATH, {"severity": "warning"})) == []
    await api.send(told("a", faulty=True)[-1])
    assert names(await api.get(PATH, {"severity": "warning"})) == ["a"]


@pytest.mark.parametrize(("parameter", "value"), [("finding", "no-such-rule"), ("severity", "bad")])
async def test_only_known_rules_and_severities_are_asked_for(api: Api, parameter: str, value: str) -> None:
    answer = await api.get(PATH, {parameter: value})
    assert answer.status == 400
    assert parameter in answer.document["detail"]
