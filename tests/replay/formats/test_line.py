from __future__ import annotations

from itertools import pairwise

from replay.clock import NANOSECONDS
from replay.formats.line import origin, pieces
from replay.session import Session
from tests.replay.formats.sessions import any_session, empty, full
from tests.replay.history import History


@any_session
def test_pieces_follow_each_other_and_come_to_the_totals(session: Session) -> None:
    timeline = session.timeline
    found = list(pieces(timeline))
    for before, after in pairwise(found):
        assert before.stop <= after.start
        assert before.start < before.stop
    lengths = dict.fromkeys(("heard", "stalled", "paused", "silence", "unknown"), 0)
    for piece in found:
        lengths[piece.kind] += piece.stop - piece.start
    totals = timeline.totals
    assert lengths == {
        "heard": totals.heard,
        "stalled": totals.stalled,
        "paused": totals.paused,
        "silence": totals.silent,
        "unknown": totals.unknown,
    }


def test_a_piece_names_the_first_that_sound_and_counts_the_others() -> None:
    history = History()
    for number in range(5):
        history.add(number, "listen-started", asset=f"a{number}", listen=f"l{number}", lane=f"{number}")
    history.add(10, "session-ended")
    last = [piece for piece in pieces(history.timeline()) if piece.kind == "heard"][-1]
    assert ([clip.asset for clip in last.clips], last.sounding) == (["a0", "a1", "a2"], 5)


def test_a_file_begins_at_zero_or_at_the_first_clip_before_it() -> None:
    timeline = full().timeline
    assert origin(timeline) == timeline.zero - 2 * NANOSECONDS
    assert origin(empty().timeline) == empty().timeline.zero


def test_ten_thousand_overlapping_listens_are_a_piece_each() -> None:
    history = History()
    for number in range(10_000):
        history.add(number / 100, "listen-started", asset="a", listen=f"l{number}", lane=f"{number}")
    history.add(200, "session-ended")
    assert max(piece.sounding for piece in pieces(history.timeline())) == 10_000
