"""What cuts a listen into clips, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from replay.errors import TooLarge
from replay.timeline import listens as listens_module
from tests.replay.history import History, spans


@pytest.fixture
def history() -> History:
    """A session with a listen from 0 to 100 seconds, its end told."""
    history = History()
    history.add(0, "session-started")
    history.add(0, "listen-started", asset="bell", listen="l", in_=5)
    history.add(100, "listen-ended", listen="l")
    return history


@pytest.mark.parametrize("listen", [{"listen": "l"}, {}], ids=["one listen", "session-wide"])
def test_a_pause_begins_a_new_clip_where_the_recording_stood(
    history: History, listen: dict[str, Any]
) -> None:
    history.add(10, "playback-paused", **listen)
    history.add(30, "playback-resumed", **listen)
    replay = history.replay()
    assert spans(replay["clips"]) == [(0, 10), (30, 100)]
    assert [clip["in"] for clip in replay["clips"]] == [5, 15]
    assert [clip["cut"] for clip in replay["clips"]] == ["paused", None]
    assert spans(replay["pauses"]) == [(10, 30)]
    assert replay["pauses"][0]["listen"] == listen.get("listen")
    assert replay["silences"] == replay["unknown"] == []


def test_a_clip_says_who_played_it_who_listened_and_why_it_ended() -> None:
    history = History()
    history.add(0, "listen-started", asset="bell", listen="l", device="tag", user="ada")
    history.add(10, "playback-paused", listen="l")
    history.add(20, "playback-resumed", listen="l")
    history.add(30, "listen-ended", listen="l", device="other", user="bob", reason="skipped")
    clips = history.replay()["clips"]
    assert [(clip["device"], clip["user"]) for clip in clips] == [("tag", "ada")] * 2
    assert [clip["reason"] for clip in clips] == [None, "skipped"]


def test_a_cut_is_observed_however_its_listen_ends() -> None:
    history = History()
    history.add(0, "listen-started", asset="bell", listen="l", duration=60)
    history.add(10, "playback-seeked", listen="l", to=50)
    assert [clip["end"] for clip in history.replay()["clips"]] == ["observed", "length"]


def test_a_stall_is_itself_and_ends_at_its_recovery(history: History) -> None:
    history.add(10, "playback-stalled", listen="l")
    history.add(12.5, "playback-recovered", listen="l")
    replay = history.replay()
    assert spans(replay["stalls"]) == [(10, 12.5)]
    assert [clip["cut"] for clip in replay["clips"]] == ["stalled", None]
    assert replay["totals"]["stalled"] == 2.5
    assert replay["totals"]["paused"] == replay["totals"]["silent"] == 0


def test_a_pause_ends_a_stall(history: History) -> None:
    history.add(10, "playback-stalled", listen="l")
    history.add(15, "playback-paused", listen="l")
    history.add(20, "playback-recovered", listen="l")
    history.add(25, "playback-resumed", listen="l")
    replay = history.replay()
    assert (spans(replay["stalls"]), spans(replay["pauses"])) == ([(10, 15)], [(15, 25)])
    assert spans(replay["clips"]) == [(0, 10), (25, 100)]


def test_a_session_wide_stall_ends_at_the_next_start(history: History) -> None:
    history.add(10, "playback-stalled")
    history.add(18, "listen-started", asset="rain", listen="m", duration=4)
    replay = history.replay()
    assert spans(replay["stalls"]) == [(10, 18)]
    assert spans(replay["clips"]) == [(0, 10), (18, 100), (18, 22)]


@pytest.mark.parametrize("arrival", [("a", "b"), ("b", "a")])
def test_clips_that_begin_together_are_in_the_order_of_their_listens(arrival: tuple[str, str]) -> None:
    history = History()
    for listen in arrival:
        history.add({"a": 0, "b": 20}[listen], "listen-started", asset="bell", listen=listen)
    history.add(10, "playback-stalled")
    history.add(30, "session-ended")
    clips = [(clip["listen"], clip["offset"]) for clip in history.replay()["clips"]]
    assert clips == [("a", 0), ("a", 20), ("b", 20)]


def test_a_session_wide_pause_holds_what_sounds_and_not_what_starts_later(history: History) -> None:
    history.add(10, "playback-paused")
    history.add(20, "listen-started", asset="rain", listen="m", duration=4)
    history.add(40, "playback-resumed")
    replay = history.replay()
    assert spans(replay["pauses"]) == [(10, 40)]
    assert [(c["listen"], c["offset"]) for c in replay["clips"]] == [("l", 0), ("m", 20), ("l", 40)]
    assert replay["totals"]["paused"] == 26


def test_a_session_wide_pause_without_a_listen_is_still_a_pause() -> None:
    history = History()
    history.add(0, "session-started")
    history.add(10, "playback-paused")
    history.add(30, "playback-resumed")
    history.add(40, "session-ended")
    replay = history.replay()
    assert spans(replay["pauses"]) == [(10, 30)]
    assert spans(replay["silences"]) == [(0, 10), (30, 40)]


def test_a_second_pause_changes_nothing_and_is_a_mark(history: History) -> None:
    history.add(10, "playback-paused", listen="l")
    again = history.add(20, "playback-paused", listen="l")
    history.add(30, "playback-resumed", listen="l")
    replay = history.replay()
    assert spans(replay["pauses"]) == [(10, 30)]
    assert again in [mark["position"] for mark in replay["marks"]]


def test_a_resumption_of_what_plays_changes_nothing_and_is_a_mark(history: History) -> None:
    position = history.add(10, "playback-resumed")
    replay = history.replay()
    assert spans(replay["clips"]) == [(0, 100)]
    assert position in [mark["position"] for mark in replay["marks"]]


def test_a_seek_begins_a_new_clip_at_another_place_of_the_recording(history: History) -> None:
    history.add(10, "playback-seeked", listen="l", to=60)
    replay = history.replay()
    assert spans(replay["clips"]) == [(0, 10), (10, 100)]
    assert [clip["in"] for clip in replay["clips"]] == [5, 60]
    assert replay["clips"][0]["cut"] == "seeked"


def test_a_seek_within_a_pause_shows_on_the_next_clip(history: History) -> None:
    history.add(10, "playback-paused", listen="l")
    seek = history.add(20, "playback-seeked", listen="l", to=60)
    history.add(30, "playback-resumed", listen="l")
    first, second = history.replay()["clips"]
    assert (first["cut"], second["in"]) == ("paused", 60)
    assert seek in second["positions"]


def test_a_seek_moves_the_end_that_a_length_gives() -> None:
    history = History()
    history.add(0, "listen-started", asset="bell", listen="l", duration=60)
    history.add(10, "playback-seeked", listen="l", to=50)
    assert spans(history.replay()["clips"]) == [(0, 10), (10, 20)]


def test_a_rate_change_begins_a_new_clip_and_media_time_follows(history: History) -> None:
    history.add(10, "rate-changed", listen="l", rate=1.5)
    history.add(30, "playback-seeked", listen="l", to=0)
    clips = history.replay()["clips"]
    assert [(clip["in"], clip["rate"], clip["cut"]) for clip in clips] == [
        (5, 1.0, "rate-changed"),
        (15, 1.5, "seeked"),
        (0, 1.5, None),
    ]


def test_media_time_at_an_odd_rate_is_exact_to_the_nanosecond(history: History) -> None:
    history.add(1, "rate-changed", listen="l", rate=1.1)
    history.add(11, "rate-changed", listen="l", rate=1)
    assert history.timeline().clips[-1].media_in == 17_000_000_000


def test_gain_and_pan_changes_stay_within_the_clip(history: History) -> None:
    history.add(10, "gain-changed", listen="l", gain=0.5, ramp=2)
    history.add(20, "pan-changed", listen="l", pan=-1)
    (clip,) = history.replay()["clips"]
    assert [(c["offset"], c["kind"], c["value"], c["ramp"]) for c in clip["changes"]] == [
        (10, "gain", 0.5, 2),
        (20, "pan", -1, 0),
    ]


def test_a_ramp_under_way_at_a_cut_goes_on_in_the_next_clip(history: History) -> None:
    history.add(10, "gain-changed", listen="l", gain=0, ramp=10)
    history.add(15, "playback-seeked", listen="l", to=0)
    _, after = history.replay()["clips"]
    assert after["gain"] == 0.5
    assert [(c["offset"], c["value"], c["ramp"]) for c in after["changes"]] == [(15, 0, 5)]


def test_the_sessions_gain_is_a_factor_of_its_own_for_later_listens_too(history: History) -> None:
    history.add(10, "gain-changed", gain=0.25)
    history.add(20, "listen-started", asset="rain", listen="m", gain=0.5, duration=4)
    clips = {clip["listen"]: clip for clip in history.replay()["clips"]}
    assert [c["kind"] for c in clips["l"]["changes"]] == ["session-gain"]
    assert (clips["m"]["gain"], clips["m"]["session_gain"]) == (0.5, 0.25)


def test_a_later_listen_takes_the_sessions_rate_and_pan_unless_it_brings_its_own(history: History) -> None:
    history.add(10, "rate-changed", rate=2)
    history.add(10, "pan-changed", pan=0.5)
    history.add(20, "listen-started", asset="rain", listen="m", duration=4)
    history.add(20, "listen-started", asset="wind", listen="n", duration=4, rate=1, pan=0)
    clips = {clip["listen"]: (clip["rate"], clip["pan"]) for clip in history.replay()["clips"]}
    assert clips["m"] == (2, 0.5)
    assert clips["n"] == (1, 0)


def test_an_assets_gain_lies_under_the_listens_own(history: History) -> None:
    history.describe("rain", gain=0.5)
    history.add(20, "listen-started", asset="rain", listen="m", gain=0.5)
    history.add(30, "gain-changed", listen="m", gain=1)
    clip = history.replay()["clips"][-1]
    assert clip["gain"] == 0.25
    assert clip["changes"][0]["value"] == 0.5


def test_fades_belong_to_the_first_and_the_last_clip() -> None:
    history = History()
    history.add(0, "listen-started", asset="bell", listen="l", duration=60, fade_in=1, fade_out=2)
    history.add(10, "playback-paused", listen="l")
    history.add(20, "playback-resumed", listen="l")
    history.add(25, "playback-seeked", listen="l", to=50)
    fades = [(clip["fade_in"], clip["fade_out"]) for clip in history.replay()["clips"]]
    assert fades == [(1, 0), (0, 0), (0, 2)]


def test_a_control_acts_on_the_newest_start_of_a_name_used_twice() -> None:
    history = History()
    history.add(0, "listen-started", asset="bell", listen="l")
    history.add(10, "listen-ended", listen="l")
    history.add(20, "listen-started", asset="bell", listen="l", duration=30)
    history.add(25, "playback-seeked", listen="l", to=29)
    assert spans(history.replay()["clips"]) == [(0, 10), (20, 25), (25, 26)]


def test_an_event_about_a_listen_that_never_started_is_a_mark(history: History) -> None:
    position = history.add(10, "playback-paused", listen="nobody")
    replay = history.replay()
    assert spans(replay["clips"]) == [(0, 100)]
    assert position in [mark["position"] for mark in replay["marks"]]


def test_an_asset_of_no_length_leaves_one_clip_of_no_length() -> None:
    history = History()
    history.describe("nothing", duration=0)
    history.add(0, "session-started")
    history.add(5, "listen-started", asset="nothing")
    (clip,) = history.replay()["clips"]
    assert (clip["offset"], clip["duration"], clip["end"]) == (5, 0, "length")


def test_overlapping_clips_of_one_lane_get_rows_of_their_own(history: History) -> None:
    history.add(50, "listen-started", asset="rain", listen="m", duration=100)
    history.add(120, "listen-started", asset="wind", listen="n", duration=5)
    history.add(60, "listen-started", asset="sea", listen="o", duration=5, lane="b")
    rows = {clip["listen"]: (clip["lane"], clip["row"]) for clip in history.replay()["clips"]}
    assert rows == {"l": ("0", 0), "m": ("0", 1), "n": ("0", 0), "o": ("b", 2)}


def test_ten_thousand_overlapping_listens_fold_and_a_hostile_number_of_steps_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    history = History()
    for index in range(10_000):
        history.add(index / 1000, "listen-started", asset="bell", listen=f"l{index}", duration=100)
    for second in range(20, 30):
        history.add(second, "playback-paused")
        history.add(second + 0.5, "playback-resumed")
    assert len(history.timeline().clips) == 110_000
    monkeypatch.setattr(listens_module, "MAX_STEPS", 1000)
    with pytest.raises(TooLarge, match="more than 1000 steps"):
        history.timeline()
