"""One session at two positions: each kind of change, and the record that brought it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.compare import Known, Search, Step, changes, positions_document
from replay.compare.attribution import attribute
from replay.compare.change import KINDS
from replay.compare.states import became
from replay.session import Session, reconstruct
from replay.timeline import Evidence
from tests.replay.history import History

Fact = tuple[float, str, dict[str, Any]]
SECOND = 1_000_000_000


def told(*facts: Fact) -> History:
    """Events in the order they arrive; each position is its place, from 1."""
    history = History()
    for at, type_, data in facts:
        history.add(at, type_, **data)
    return history


def at_position(history: History, position: int) -> Session:
    """The session as it was known at a position."""
    evidence = history.evidence()
    known = Evidence(
        log=evidence.log,
        session=evidence.session,
        records=tuple(one for one in evidence.records if one.position <= position),
        descriptions={asset: one for asset, one in evidence.descriptions.items() if one.position <= position},
    )
    return reconstruct(known)


def search(
    history: History, low: int, high: int, **bounds: int
) -> tuple[list[Step], list[int], Known, Known]:
    """The steps between two positions, the positions that were looked at, and both ends."""
    before, after = (Known(position, at_position(history, position)) for position in (low, high))
    own = [one.position for one in history.records]
    looking = Search(before, after, own, **bounds)
    looked = []
    while looking.wanted is not None:
        looked.append(looking.wanted)
        looking.tell(at_position(history, looking.wanted))
    return looking.steps, looked, before, after


def between(history: History, low: int, high: int) -> dict[str, Any]:
    """The document of two positions, without events."""
    steps, _, before, after = search(history, low, high)
    found: dict[str, Any] = msgspec.json.decode(
        msgspec.json.encode(positions_document(before, after, steps, {}))
    )
    return found


STARTED: Fact = (0, "session-started", {})
BELL: Fact = (10, "listen-started", {"asset": "bell", "listen": "it", "duration": 60})
ENDED: Fact = (40, "listen-ended", {"listen": "it", "reason": "skipped"})
OVER: Fact = (100, "session-ended", {})
PAUSED: Fact = (20, "playback-paused", {"listen": "it"})
RESUMED: Fact = (25, "playback-resumed", {"listen": "it"})
STALLED: Fact = (20, "playback-stalled", {"listen": "it"})
PLACE: Fact = (15, "location-changed", {"lat": 1, "lon": 2})
LOUDER: Fact = (10, "gain-changed", {"listen": "it", "gain": 2})
RECOVERED: Fact = (25, "playback-recovered", {"listen": "it"})
UNSTARTED: Fact = (30, "listen-ended", {"listen": "other"})
ANOTHER_UNSTARTED: Fact = (35, "listen-ended", {"listen": "third"})
LATE_START: Fact = (20, "listen-started", {"asset": "x", "listen": "other"})
LOST: Fact = (30, "listen-ended", {"listen": "other", "duration": 10})
EARLY_START: Fact = (18, "listen-started", {"asset": "x", "listen": "other"})


def changes_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The changes; of the findings only those of the one rule that these tests are about."""
    return [
        change
        for change in document["changes"]
        if not change["kind"].startswith("finding")
        or (change["now"] or change["was"])["rule"] == "ended-before-start"
    ]


def kinds_of(document: dict[str, Any]) -> list[str]:
    return [change["kind"] for change in changes_of(document)]


@pytest.mark.parametrize(
    ("before", "arrives", "kinds"),
    [
        ([STARTED, OVER], BELL, ["clip-appeared", "became"]),
        ([STARTED, BELL, OVER], ENDED, ["clip-ended", "became"]),
        ([STARTED, OVER], PLACE, ["mark-appeared"]),
        ([STARTED, BELL], OVER, ["became", "session-ended", "mark-appeared"]),
        ([BELL, ENDED], STARTED, ["session-started", "zero-moved", "became", "mark-appeared"]),
        ([STARTED, BELL, ENDED, PAUSED], RESUMED, ["pause-moved", "clip-appeared", "became"]),
        ([STARTED, BELL, ENDED, STALLED], RECOVERED, ["stall-moved", "clip-appeared", "became"]),
        ([STARTED, BELL, ENDED], PAUSED, ["clip-ended", "pause-appeared", "became"]),
        ([STARTED, BELL, ENDED], STALLED, ["clip-ended", "stall-appeared", "became"]),
        ([STARTED, BELL, ENDED], LOUDER, ["clip-changed"]),
        ([STARTED, BELL, ENDED], UNSTARTED, ["finding-raised", "mark-appeared"]),
        (
            [STARTED, UNSTARTED],
            LATE_START,
            ["became", "clip-appeared", "became", "finding-cleared", "mark-vanished"],
        ),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_an_event_changes_what_it_is_about(before: list[Fact], arrives: Fact, kinds: list[str]) -> None:
    position = len(before) + 1
    document = between(told(*before, arrives), position - 1, position)
    assert kinds_of(document) == kinds
    assert all(change["positions"] == [position] for change in document["changes"])
    assert [step["position"] for step in document["steps"]] == [position]
    assert document["complete"]


@pytest.mark.parametrize(
    ("before", "arrives", "message", "amount"),
    [
        (
            [STARTED, BELL],
            ENDED,
            "bell ends 30 s earlier, at 40 s: skipped (before: inferred from its length)",
            -30,
        ),
        ([STARTED, BELL, ENDED, PAUSED], RESUMED, "it was paused from 20 s to 25 s, 15 s shorter", -15),
        ([STARTED, BELL, ENDED], LOUDER, "bell at 10 s: other moves of gain or pan", None),
        ([BELL, ENDED], STARTED, "offsets count from a moment 10 s earlier", -10),
        ([STARTED, BELL], OVER, "70 s to 100 s was outside and is silent", 30),
        ([STARTED, LOST], LATE_START, "x at 20 s: asset x, not unknown", None),
        ([STARTED, LOST], EARLY_START, "x begins 2 s earlier, at 18 s", -2),
    ],
)
def test_a_change_is_told_in_a_sentence_with_its_amount(
    before: list[Fact], arrives: Fact, message: str, amount: float | None
) -> None:
    document = between(told(*before, arrives), len(before), len(before) + 1)
    assert {change["message"]: change["amount"] for change in document["changes"]}.get(message, "") == amount


def test_one_position_of_a_session_differs_in_nothing() -> None:
    document = between(told(STARTED, BELL), 2, 2)
    assert document["same"]
    assert document["message"] == "it is one position, 2, of one session: nothing differs"
    assert (document["changes"], document["steps"], document["summary"]) == ([], [], {})


def test_a_change_names_every_record_that_brought_it_and_no_other() -> None:
    document = between(told(STARTED, OVER, BELL, PLACE, ENDED, PAUSED, RESUMED), 2, 7)
    brought = {(change["kind"], change["offset"]): change["positions"] for change in changes_of(document)}
    assert brought == {
        ("clip-appeared", 10): [3, 5, 6],
        ("became", 10): [3],
        ("mark-appeared", 15): [4],
        ("pause-appeared", 20): [6, 7],
        ("became", 20): [3, 6],
        ("clip-appeared", 25): [7],
        ("became", 25): [3, 6, 7],
    }


@pytest.mark.parametrize("probes", [0, 16])
def test_a_listen_of_many_pieces_names_no_record_for_each_that_brought_another(probes: int) -> None:
    """What is told grows with what changed, not with its square: a stranger may pause as often as he likes."""
    facts = [
        (10 + n, "playback-paused" if n % 2 else "playback-resumed", {"listen": "it"}) for n in range(600)
    ]
    history = told(STARTED, (1, "listen-started", {"asset": "bell", "listen": "it"}), *facts)
    steps, _, before, after = search(history, 2, 602, probes=probes)
    net = changes(before.session, after.session)
    brought = attribute(net, steps)
    assert len(net) > 600
    assert sum(map(len, brought)) < (3 + probes) * len(net)


def test_a_finding_names_the_record_that_raised_or_cleared_it_and_no_other() -> None:
    history = told(STARTED, UNSTARTED, ANOTHER_UNSTARTED, LATE_START)
    document = between(history, 1, 3)
    raised = [change["positions"] for change in changes_of(document) if change["kind"] == "finding-raised"]
    assert raised == [[2], [3]]
    found = [change for change in changes_of(between(history, 2, 4)) if change["kind"].startswith("finding")]
    assert {change["kind"]: change["positions"] for change in found} == {
        "finding-cleared": [4],
        "finding-raised": [3],
    }


def test_a_description_that_came_from_outside_the_session_is_found_where_it_is() -> None:
    history = told(STARTED, (0, "listen-started", {"asset": "bell", "listen": "it"}), OVER)
    history.describe("bell", duration=30)
    history.add(101, "heartbeat")
    document = between(history, 3, 5)
    assert [step["position"] for step in document["steps"]] == [4, 5]
    assert [step["records"] for step in document["steps"]] == [0, 1]
    assert kinds_of(document) == ["clip-ended", "asset-described", "became", "mark-appeared"]
    assert [change["positions"] for change in changes_of(document)] == [[4], [4], [4], [5]]


def heartbeats(count: int) -> History:
    """A session that hears a bell somewhere among heartbeats."""
    history = told(STARTED)
    for n in range(count):
        at, type_, data = BELL if n == count // 3 else (n / 10, "heartbeat", {})
        history.add(at, type_, **data)
    return history


def test_what_did_not_change_is_not_looked_into() -> None:
    _, looked, _, _ = search(told(STARTED, BELL, OVER), 3, 5000)
    assert looked == []


def test_as_many_positions_are_looked_at_as_may_be_and_the_rest_is_told_as_it_stands() -> None:
    history = heartbeats(300)
    steps, looked, before, after = search(history, 1, 301, probes=16)
    assert len(looked) == 16
    assert [step.after for step in steps] == [1, *(step.position for step in steps[:-1])]
    assert not all(step.exact for step in steps)
    net = changes(before.session, after.session)
    brought = attribute(net, steps)
    own = {change.kind: positions for change, positions in zip(net, brought, strict=True)}
    assert own["clip-appeared"] == (102,)
    assert own["became"] == (102,)
    assert own["mark-appeared"] in {(n,) for n in range(2, 302)}
    document = positions_document(before, after, steps, {})
    assert not document["complete"]


def test_no_more_records_are_read_than_may_be() -> None:
    history = heartbeats(300)
    _, looked, _, _ = search(history, 1, 301, records=700)
    assert sum(looked) <= 700
    assert search(history, 1, 301, records=0)[1] == []


FACTS = st.lists(
    st.one_of(
        st.tuples(
            st.integers(0, 60),
            st.just("listen-started"),
            st.sampled_from([{"asset": a, "listen": a} for a in "abc"]),
        ),
        st.tuples(
            st.integers(0, 60), st.just("listen-ended"), st.sampled_from([{"listen": a} for a in "abc"])
        ),
        st.tuples(
            st.integers(0, 60),
            st.sampled_from(["playback-paused", "playback-resumed", "heartbeat"]),
            st.just({}),
        ),
        st.tuples(st.integers(0, 60), st.sampled_from(["session-started", "session-ended"]), st.just({})),
    ),
    min_size=1,
    max_size=10,
)


@given(FACTS, st.data())
def test_the_steps_lead_from_what_was_known_to_what_is(facts: list[Fact], data: st.DataObject) -> None:
    """Each step is what its one record changed, and whatever changed in all has its records."""
    history = told(*facts)
    low = data.draw(st.integers(1, len(facts)))
    steps, _, before, after = search(history, low, len(facts))
    for step in steps:
        assert step.exact
        alone = changes(at_position(history, step.after), at_position(history, step.position))
        assert list(step.changes) == alone
    net = changes(before.session, after.session)
    assert bool(net) <= bool(steps)
    assert all(positions for positions in attribute(net, steps))


@given(FACTS, FACTS)
def test_stretches_that_changed_make_up_the_difference_of_the_totals(
    one: list[Fact], other: list[Fact]
) -> None:
    a, b = told(*one).session().timeline, told(*other).session().timeline
    for state in ("heard", "paused", "silent", "unknown"):
        more = sum(s.stop - s.start for s in became(a, b) if s.now == state)
        less = sum(s.stop - s.start for s in became(a, b) if s.was == state)
        assert more - less == getattr(b.totals, state) - getattr(a.totals, state)


@given(FACTS)
def test_the_same_session_changed_in_nothing(facts: list[Fact]) -> None:
    assert changes(told(*facts).session(), told(*facts).session()) == []


@given(FACTS, FACTS)
def test_every_kind_of_change_is_in_the_table(one: list[Fact], other: list[Fact]) -> None:
    found = changes(told(*one).session(), told(*other).session())
    assert {change.kind for change in found} <= set(KINDS)
