"""Sessions with their outlines, and lists narrowed by what was found."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from replay.clock import NANOSECONDS
from replay.findings import Thresholds
from replay.log import EventLog
from replay.outline import Outline
from server.services import Services
from server.settings import Settings
from tests.replay.recordings.making import wav
from tests.server.api import Api, event
from tests.server.conftest import open_over, serve
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


async def test_a_page_is_short_rather_than_fold_for_long(
    api: Api, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Leaping:
        """A clock on which every fold takes a second."""

        time = 0

        def now(self) -> int:
            self.time += NANOSECONDS
            return self.time

        async def sleep(self, nanoseconds: int) -> None:
            raise NotImplementedError

    async def at_hand(_: object) -> dict[tuple[str, str], Outline]:
        return {}

    monkeypatch.setattr(services, "ticker", Leaping())
    monkeypatch.setattr(services.projections.outlines, "of", at_hand)
    for number in range(5):
        await api.send(*told(f"s{number}", faulty=True))
    query = f"{PATH}?finding=ended-before-start"
    assert names(await api.get(query)) == ["s4", "s3"]
    assert await pages(api, query) == ["s4", "s3", "s2", "s1", "s0"]


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


def described(asset: str, **data: object) -> dict[str, Any]:
    return event(f"about-{asset}", "asset-described", data={"asset": asset, "url": f"{asset}.wav", **data})


async def found_missing(api: Api) -> dict[str, int]:
    """How often `missing-audio` was found in each session that the list gives, as its findings say too."""
    following: str | None = f"{PATH}?finding=missing-audio&limit=2"
    found: dict[str, int] = {}
    while following:
        answer = (await api.get(following)).document
        for session in answer["sessions"]:
            found[session["session"]] = session["outline"]["findings"]["missing-audio"]
            findings = await api.get(f"{PATH}/{session['session']}/findings", {"rule": "missing-audio"})
            assert findings.document["counts"]["error"] == found[session["session"]]
            alone = (await api.get(f"{PATH}/{session['session']}")).document["outline"]
            assert alone is None or alone == session["outline"]
        following = answer["next"]
    return found


def put_by_hand(services: Services, asset: str, seconds: float) -> None:
    folder = services.media.recordings.folder("default")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{asset}.wav").write_bytes(wav(seconds))


@pytest.mark.parametrize("outlined", [True, False], ids=["outlines at hand", "folded on the spot"])
async def test_a_list_is_narrowed_by_recordings_that_are_missing_now(
    api: Api, services: Services, outlined: bool
) -> None:
    for number in range(3):
        await api.send(*told(f"s{number}", faulty=False))
    of: dict[str, Any] = {"session": "s1", "device": "phone-s1"}
    await api.send(
        event("n-1", "listen-started", time="2026-05-01T12:00:12Z", data={"asset": "a"}, **of),
        event("n-2", "listen-ended", time="2026-05-01T12:00:18Z", data={"asset": "a"}, **of),
    )
    if outlined:
        await services.projections.outlining.catch_up()
    assert await found_missing(api) == {}
    await api.send(described("a"))
    if outlined:
        await services.projections.outlining.catch_up()
    assert await found_missing(api) == {"s2": 1, "s1": 2, "s0": 1}
    put_by_hand(services, "a", 8)
    assert await found_missing(api) == {}, "nobody has looked into the recording"
    assert (await api.get("/api/v1/assets/a/peaks")).status == 200
    assert await found_missing(api) == {"s2": 1, "s1": 1, "s0": 1}
    assert await pages(api, f"{PATH}?severity=error") == ["s2", "s1", "s0"]
    put_by_hand(services, "a", 10)
    assert await found_missing(api) == {}
    assert await pages(api, f"{PATH}?severity=error") == []


@pytest.mark.parametrize("outlined", [True, False], ids=["outlines at hand", "folded on the spot"])
async def test_what_nobody_has_described_is_missing_in_a_list_where_its_log_is_used_with_sound(
    api: Api, services: Services, outlined: bool
) -> None:
    promised = event("p", "listen-started", time="2026-05-01T12:00:05Z", session="s0", data={"asset": "b"})
    await api.send(*told("s0", faulty=False), *told("s1", faulty=False), promised)
    if outlined:
        await services.projections.outlining.catch_up()
    assert await found_missing(api) == {}
    await api.send(described("b"))
    if outlined:
        await services.projections.outlining.catch_up()
    assert await found_missing(api) == {"s0": 2}, "one is not there, the other was never described"
    put_by_hand(services, "b", 5)
    assert await found_missing(api) == {"s1": 1, "s0": 1}
    assert await pages(api, f"{PATH}?finding=ended-before-start") == []


async def test_a_page_is_short_rather_than_look_for_too_many_recordings(
    api: Api, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.reads.promised.LOOKED_FOR", 2)
    for number in range(5):
        await api.send(*told(f"s{number}", faulty=False), described(f"b{number}"))
        of: dict[str, Any] = {"session": f"s{number}", "device": f"phone-s{number}"}
        at = "2026-05-01T12:00:05Z"
        await api.send(event(f"n{number}", "listen-started", time=at, data={"asset": f"b{number}"}, **of))
    await services.projections.outlining.catch_up()
    every = [f"s{number}" for number in (4, 3, 2, 1, 0)]
    for query in ("limit=50", "finding=missing-audio"):
        assert names(await api.get(f"{PATH}?{query}")) == ["s4", "s3"]
        assert await pages(api, f"{PATH}?{query}") == every


async def test_a_session_that_was_promised_too_much_tells_the_least_that_is_missing(
    api: Api, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is folded on the spot only where that decides whether a narrowed list has it."""
    monkeypatch.setattr("replay.outline.MOST_PROMISED", 1)
    monkeypatch.setattr("server.reads.outlined.FOLDED", 1)
    for number in range(3):
        at = f"2026-05-01T12:00:0{number}Z"
        more = event(f"{number}-b", "listen-started", time=at, session=f"s{number}", data={"asset": "b"})
        await api.send(*told(f"s{number}", faulty=False), more)
    await api.send(described("a"), described("b"))
    await services.projections.outlining.catch_up()

    async def listed() -> list[int | None]:
        return [
            one["outline"]["findings"].get("missing-audio")
            for one in (await api.get(PATH)).document["sessions"]
        ]

    narrowed = f"{PATH}?finding=missing-audio"
    assert await listed() == [1, 1, 1], "and one more each, that the outline does not know of"
    assert names(await api.get(narrowed)) == ["s2", "s1", "s0"], "no fold needed"
    put_by_hand(services, "a", 10)
    assert await listed() == [None, None, None]
    assert names(await api.get(narrowed)) == ["s2"], "the next one would have to be folded"
    assert await pages(api, narrowed) == ["s2", "s1", "s0"]
    put_by_hand(services, "b", 10)
    assert await pages(api, narrowed) == []
    assert await pages(api, f"{PATH}?finding=ended-before-start") == []


@pytest.mark.parametrize("outlined", [True, False], ids=["outlines at hand", "folded on the spot"])
async def test_the_thresholds_that_are_set_hold_for_the_list(
    engine: EventLog, settings: Settings, outlined: bool
) -> None:
    seen = []
    for gap in (0.05, 20.0):
        changed = msgspec.structs.replace(settings, thresholds=Thresholds(gap=gap, missing_audio=11))
        async with open_over(engine, changed) as services, serve(services) as api:
            put_by_hand(services, "a", 0.1)
            await api.send(*told("a", faulty=False), *gapped("b"), described("a", duration=10))
            assert (await api.get("/api/v1/assets/a/peaks")).status == 200
            if outlined:
                await services.projections.outlining.catch_up()
            assert await pages(api, f"{PATH}?finding=missing-audio") == []
            seen.append(await pages(api, f"{PATH}?finding=gap"))
            replay = (await api.get(f"{PATH}/b/findings", {"rule": "gap"})).document
            assert bool(replay["findings"]) == bool(seen[-1])
    assert seen == [["b"], []]


def gapped(session: str) -> list[dict[str, Any]]:
    """A session of two listens, with ten seconds of silence between them."""
    kinds = ("started", "ended", "started", "ended")
    return [
        event(
            f"{session}-{number}",
            f"listen-{kind}",
            time=f"2026-05-01T12:00:{number}0Z",
            session=session,
            data={"asset": "a", "listen": f"{number // 2}"},
        )
        for number, kind in enumerate(kinds)
    ]
