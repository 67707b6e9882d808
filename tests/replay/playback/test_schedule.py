"""The score of a session: its order, its pairs, what is quiet in it, where a listener may come in."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.playback import KINDS, PIECE, Score, Step, news, schedule, score_of
from replay.playback.schedule import quiet_spans
from replay.session import Session, reconstruct
from replay.timeline import Evidence
from tests.replay.history import ZERO, History

SECOND = 1_000_000_000
NAMES = st.sampled_from("abc")
TIMES = st.integers(0, 60)
FACTS: st.SearchStrategy[list[Any]] = st.lists(
    st.one_of(
        st.tuples(TIMES, st.just("listen-started"), st.builds(lambda n: {"asset": n, "listen": n}, NAMES)),
        st.tuples(
            TIMES,
            st.just("listen-started"),
            st.builds(lambda n, d: {"asset": n, "listen": n, "duration": d}, NAMES, TIMES),
        ),
        st.tuples(TIMES, st.just("listen-ended"), st.builds(lambda n: {"listen": n}, NAMES)),
        st.tuples(
            TIMES, st.just("listen-ended"), st.builds(lambda n, d: {"listen": n, "duration": d}, NAMES, TIMES)
        ),
        st.tuples(
            TIMES,
            st.sampled_from(
                [
                    *("playback-paused", "playback-resumed", "playback-stalled", "playback-recovered"),
                    *("heartbeat", "session-started", "session-ended"),
                ]
            ),
            st.just({}),
        ),
    ),
    min_size=1,
    max_size=12,
)
Fact = tuple[float, str, dict[str, Any]]


def told(*facts: Fact) -> History:
    history = History()
    for at, type_, data in facts:
        history.add(at, type_, **data)
    return history


def session_of(facts: list[Fact]) -> Session:
    return told(*facts).session()


def steps_of(facts: list[Fact]) -> tuple[Step, ...]:
    return schedule(session_of(facts)).steps


def line(step: Step) -> tuple[float, str]:
    return ((step.moment - ZERO * 1000) / SECOND, step.kind)


WALK: list[Fact] = [
    (0, "session-started", {}),
    (5, "listen-started", {"asset": "bell", "listen": "bell"}),
    (10, "playback-paused", {}),
    (15, "heartbeat", {}),
    (20, "playback-resumed", {}),
    (30, "listen-ended", {"listen": "bell"}),
    (42, "listen-started", {"asset": "rain", "listen": "rain"}),
    (50, "listen-ended", {"listen": "rain"}),
    (50, "session-ended", {}),
]


def test_a_walk_is_told_in_its_order() -> None:
    steps = [line(step) for step in steps_of(WALK) if step.kind != "finding"]
    assert steps == [
        (0, "mark"),
        (0, "silence-started"),
        (0, "jump"),
        (5, "silence-ended"),
        (5, "clip-started"),
        (10, "clip-ended"),
        (10, "pause-started"),
        (10, "jump"),
        (15, "mark"),
        (20, "pause-ended"),
        (20, "clip-started"),
        (30, "clip-ended"),
        (30, "silence-started"),
        (30, "jump"),
        (42, "silence-ended"),
        (42, "clip-started"),
        (50, "clip-ended"),
        (50, "mark"),
    ]


@given(FACTS)
def test_steps_are_in_the_order_of_time(facts: list[Fact]) -> None:
    assert all(one.moment <= other.moment for one, other in pairwise(steps_of(facts)))
    assert {step.kind for step in steps_of(facts)} <= set(KINDS)


@given(FACTS)
def test_whatever_begins_has_its_end_and_comes_before_it(facts: list[Fact]) -> None:
    steps = steps_of(facts)
    for index, step in enumerate(steps):
        name, _, verb = step.kind.partition("-")
        if not verb:
            assert step.partner is None
            continue
        assert step.partner is not None
        other = steps[step.partner]
        assert other.partner == index
        assert (other.item, other.kind.partition("-")[0]) == (step.item, name)
        assert (index < step.partner) == (verb == "started")


@given(FACTS)
def test_every_part_of_the_timeline_is_told_once(facts: list[Fact]) -> None:
    session = session_of(facts)
    counted = Counter(step.kind for step in schedule(session).steps)
    timeline = session.timeline
    assert counted["clip-started"] == len(timeline.clips)
    assert counted["pause-started"] + counted["stall-started"] == len(timeline.pauses) + len(timeline.stalls)
    assert counted["silence-started"] == len(timeline.silences)
    assert counted["unknown-ended"] == len(timeline.unknown)
    assert (counted["mark"], counted["finding"]) == (len(timeline.marks), len(session.findings))
    assert counted["jump"] == len(quiet_spans(timeline))


@given(FACTS)
def test_what_is_quiet_is_what_is_silent_or_paused(facts: list[Fact]) -> None:
    timeline = session_of(facts).timeline
    quiet = sum(stop - start for start, stop in quiet_spans(timeline))
    assert quiet == timeline.totals.silent + timeline.totals.paused


@given(FACTS)
def test_two_steps_of_one_session_are_never_the_same(facts: list[Fact]) -> None:
    steps = steps_of(facts)
    assert len({step.identity for step in steps}) == len(steps)


@given(FACTS)
def test_skipping_what_is_quiet_reorders_nothing_and_takes_it_all_out(facts: list[Fact]) -> None:
    session = session_of(facts)
    score = score_of(session)
    playing = [moment - score.quiet.before(moment) for moment in score.moments]
    assert playing == sorted(playing)
    timeline = session.timeline
    whole = timeline.stop - timeline.start
    quiet = score.quiet.before(timeline.stop) - score.quiet.before(timeline.start)
    assert whole - quiet == whole - timeline.totals.silent - timeline.totals.paused


@given(FACTS, st.integers(-5, 70))
def test_who_comes_in_anywhere_hears_what_is_under_way_and_then_the_rest(facts: list[Fact], at: int) -> None:
    score = score_of(session_of(facts))
    moment = ZERO * 1000 + at * SECOND
    index = score.first_at(moment)
    assert all(one < moment for one in score.moments[:index])
    assert all(one >= moment for one in score.moments[index:])
    begun = {begun + 1 for begun in score.under_way(index)}
    ends = [n for n in range(index, len(score)) if score.kinds[n].endswith("-ended")]
    begins = {n + 1 for n in range(index, len(score)) if score.kinds[n].endswith("-started")}
    began = dict(zip(score.until, score.begun, strict=True))
    assert {began[n] + 1 for n in ends} == begun | begins


def test_no_more_is_told_in_one_go_than_a_piece_but_always_something() -> None:
    facts: list[Fact] = [(1, "listen-started", {"asset": "bell", "listen": f"bell-{n}"}) for n in range(500)]
    score = score_of(session_of([*facts, (9, "heartbeat", {})]))
    begun = score.under_way(score.first_at(ZERO * 1000 + 1 * SECOND + 1))
    told = score.some(begun)
    assert len(begun) == 500
    assert PIECE - 2000 < sum(len(bytes(one)) for one in told) <= PIECE
    assert [bytes(one) for one in told] == score.bodies[: len(told)]
    assert score.some([]) == []
    long = score_of(session_of([(1, "a-mark", {"text": "x" * (PIECE - 1000)})] * 2))
    assert len(long.some(range(len(long)))) == 1


@given(FACTS)
def test_the_same_session_has_the_same_score(facts: list[Fact]) -> None:
    one, other = score_of(session_of(facts)), score_of(session_of(facts))
    assert (one.check, one.bodies, one.identities) == (other.check, other.bodies, other.identities)
    assert [msgspec.json.decode(body)["step"] for body in one.bodies] == [*range(1, len(one) + 1)]


def test_an_open_end_and_what_is_found_wrong_with_it_are_provisional() -> None:
    begun = score_of(session_of([*WALK[:2], (900, "heartbeat", {})]))
    assert {begun.kinds[index] for index in begun.provisional} == {"clip-ended", "finding"}
    assert not score_of(session_of(WALK)).provisional


def as_known(facts: list[Fact], count: int) -> Score:
    """The score of a session when so many of its records had come."""
    evidence = told(*facts).evidence()
    known = Evidence(
        log=evidence.log, session=evidence.session, records=evidence.records[:count], descriptions={}
    )
    return score_of(reconstruct(known))


@given(FACTS)
def test_who_follows_has_been_told_in_the_end_what_the_last_score_says(facts: list[Fact]) -> None:
    """Each record is news; what was told less what was withdrawn is the last score, its open ends aside."""
    heard: set[int] = set()
    score = as_known(facts, 1)
    heard |= {score.identities[n] for n in range(len(score)) if n not in score.provisional}
    for count in range(2, len(facts) + 1):
        newer = as_known(facts, count)
        reached = score.moments[-1]
        found = news(score, newer, reached)
        late = {newer.identities[n] for n in found.late}
        assert not late & heard
        rest = range(found.following, len(newer))
        wanted = {newer.identities[n] for n in range(len(newer)) if n not in newer.provisional}
        gone = heard - wanted
        assert found.withdrawn == len([one for one in gone if not _is_jump(score, one)])
        heard = (heard - gone) | late | {newer.identities[n] for n in rest if n not in newer.provisional}
        score = newer
        assert {one for one in wanted if not _is_jump(score, one)} <= heard <= wanted


def _is_jump(score: Score, identity: int) -> bool:
    return any(
        score.kinds[n] == "jump" and score.identities[n] == identity for n in range(len(score.identities))
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_told_by_a_session(kind: str) -> None:
    facts: list[Fact] = [
        *WALK,
        (60, "listen-started", {"asset": "x", "listen": "x"}),
        (62, "playback-stalled", {"listen": "x"}),
        (63, "playback-recovered", {"listen": "x"}),
        (64, "listen-ended", {"listen": "x"}),
        (70, "listen-ended", {"listen": "never"}),
        (80, "heartbeat", {}),
    ]
    facts.remove((50, "session-ended", {}))
    assert kind in {step.kind for step in steps_of(facts)}
