"""What each session of the demo is, worked out by hand from its story in `server/demo/story`. Seconds from zero.

A clip is (lane, from, to, asset, where in the recording it begins, how its end is known, why it is cut).
Totals are (duration, heard, overlapping, silent, paused, stalled, unknown).
"""

from __future__ import annotations

import msgspec

Clip = tuple[str, float, float, str, float, str, str | None]
Spans = list[tuple[float, float]]
Sums = tuple[float, float, float, float, float, float, float]


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """One session, told."""

    zero: str
    ended: bool = True
    clips: list[Clip]
    silences: Spans = []
    unknown: Spans = []
    pauses: Spans = []
    stalls: Spans = []
    totals: Sums


WALK = Expected(
    zero="2026-05-14T13:30:00.000000Z",
    clips=[
        ("a", 2, 104, "birds-at-the-pond", 0, "observed", None),
        ("b", 100, 210, "fountain", 0, "observed", None),
        ("a", 206, 326, "birches", 0, "observed", None),
        ("b", 322, 346, "church-bell", 0, "observed", None),
        ("a", 342, 482, "pavilion-strings", 0, "observed", None),
        ("b", 478, 514, "marimba", 0, "observed", None),
    ],
    silences=[(0, 2), (514, 516)],
    totals=(516, 512, 20, 4, 0, 0, 0),
)

COMPLAINT = Expected(
    zero="2026-05-14T14:55:30.000000Z",
    clips=[
        ("main", 0, 36, "marimba", 0, "observed", None),
        ("main", 36, 44, "pavilion-strings", 0, "observed", "paused"),
        ("main", 64, 82, "pavilion-strings", 8, "observed", None),
        ("main", 82, 92.25, "birds-at-the-pond", 0, "observed", "stalled"),
        ("main", 96.75, 116.5, "birds-at-the-pond", 10.25, "observed", None),
        ("main", 114, 138, "church-bell", 0, "observed", None),
        ("main", 138, 154, "gravel-steps", 0, "observed", None),
        ("main", 166, 202, "marimba", 0, "observed", None),
    ],
    silences=[(154, 166)],
    pauses=[(44, 64)],
    stalls=[(92.25, 96.75)],
    totals=(202, 165.5, 2.5, 12, 20, 4.5, 0),
)

LATE = Expected(
    zero="2026-05-14T11:00:00.000000Z",
    clips=[
        ("main", 1, 31, "birds-at-the-pond", 0, "observed", None),
        ("main", 31, 46, "birches", 0, "observed", None),
        ("main", 46, 95, "fountain", 0, "observed", None),
        ("main", 95, 119, "church-bell", 0, "observed", None),
        ("main", 124, 130, "marimba", 0, "observed", "paused"),
        ("main", 142, 172, "marimba", 6, "observed", None),
        ("main", 175, 201, "pavilion-strings", 0, "observed", None),
    ],
    silences=[(0, 1), (119, 124), (172, 175), (201, 202)],
    pauses=[(130, 142)],
    totals=(202, 180, 0, 10, 12, 0, 0),
)

LATE_BEFORE_THE_UPLOAD = Expected(
    zero=LATE.zero,
    clips=[
        ("main", 1, 31, "birds-at-the-pond", 0, "observed", None),
        ("main", 31, 51, "birches", 0, "length", None),
        ("main", 175, 201, "pavilion-strings", 0, "observed", None),
    ],
    silences=[(0, 1), (201, 202)],
    unknown=[(51, 175)],
    totals=(202, 76, 0, 2, 0, 0, 124),
)

RADIO = Expected(
    zero="2026-05-14T08:05:00.000000Z",
    ended=False,
    clips=[
        ("tuner", 2, 9.5, "between-stations", 0, "observed", None),
        ("tuner", 40, 420, "live-radio", 0, "observed", "stalled"),
        ("tuner", 426, 13500, "live-radio", 380, "open", None),
    ],
    silences=[(0, 2)],
    unknown=[(9.5, 40)],
    stalls=[(420, 426)],
    totals=(13500, 13461.5, 0, 2, 0, 6, 30.5),
)

ERRAND = Expected(
    zero="2026-05-14T09:52:00.000000Z",
    clips=[
        ("media", 1, 37, "marimba", 0, "observed", None),
        ("media", 37, 67, "birds-at-the-pond", 0, "observed", None),
    ],
    silences=[(0, 1), (67, 68)],
    totals=(68, 66, 0, 2, 0, 0, 0),
)

CALL = Expected(
    zero="2026-05-14T16:10:00.000000Z",
    clips=[
        ("agent", 0.8, 6.2, "call-0417-agent", 0.8, "observed", None),
        ("caller", 7, 11.6, "call-0417-caller", 7, "observed", None),
        ("agent", 12.1, 17.3, "call-0417-agent", 12.1, "observed", None),
        ("caller", 17.9, 21, "call-0417-caller", 17.9, "observed", None),
        ("agent", 24.6, 33, "call-0417-agent", 24.6, "observed", None),
        ("caller", 31.5, 36.4, "call-0417-caller", 31.5, "observed", None),
        ("agent", 37, 41.2, "call-0417-agent", 37, "observed", None),
        ("caller", 41.8, 43.4, "call-0417-caller", 41.8, "observed", None),
        ("agent", 44, 46, "call-0417-agent", 44, "length", None),
    ],
    silences=[
        (0, 0.8), (6.2, 7), (11.6, 12.1), (17.3, 17.9), (21, 24.6),
        (36.4, 37), (41.2, 41.8), (43.4, 44), (46, 47.5),
    ],
    totals=(47.5, 37.9, 1.5, 9.6, 0, 0, 0),
)  # fmt: skip

CALL_BEFORE_ITS_RECORDINGS = msgspec.structs.replace(
    CALL,
    clips=[*CALL.clips[:-1], ("agent", 44, 47.5, "call-0417-agent", 44, "session", None)],
    silences=CALL.silences[:-1],
    totals=(47.5, 39.4, 1.5, 8.1, 0, 0, 0),
)

MUSEUM = Expected(
    zero="2026-05-14T08:45:00.000000Z",
    clips=[
        ("background", 1, 151, "hall-clock", 0, "observed", None),
        ("voice", 5, 15, "guide-7", 0, "observed", "seeked"),
        ("voice", 15, 27, "guide-7", 2, "observed", "rate-changed"),
        ("voice", 27, 47, "guide-7", 14, "observed", None),
        ("voice", 60, 72, "marimba", 0, "observed", None),
        ("voice", 75, 95, "guide-9", 0, "observed", None),
        ("voice", 100, 110, "guide-7", 0, "observed", "seeked"),
        ("voice", 110, 124, "guide-7", 30, "observed", None),
    ],
    silences=[(0, 1), (151, 152)],
    totals=(152, 150, 98, 2, 0, 0, 0),
)

BENCH = Expected(
    zero="2026-05-14T15:20:00.000000Z",
    clips=[
        ("bench", 1, 6, "bench-tone", 0, "observed", None),
        ("bench", 6, 11, "bench-tone", 0, "observed", None),
        ("bench", 12, 15, "noise-burst", 0, "next", None),
        ("bench", 15, 17, "noise-burst", 0, "session", None),
    ],
    silences=[(0, 1), (11, 12)],
    totals=(17, 15, 0, 2, 0, 0, 0),
)

EXPECTED = {
    "radio": RADIO,
    "museum": MUSEUM,
    "errand": ERRAND,
    "late": LATE,
    "walk": WALK,
    "complaint": COMPLAINT,
    "bench": BENCH,
    "call-0417": CALL,
}
