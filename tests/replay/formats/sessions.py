"""Sessions for tests of the formats: one that has everything, and any that strangers could send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from replay.session import Session
from tests.replay.history import History

NASTY = (
    'say "so", it\'s `odd`',
    "--> <b>&amp; ]]> </script><!-- \\ ",
    "=HYPERLINK(1)",
    "#EXTINF:1,\n#EXT-X-ENDLIST\n",
    "|pipe\t>close\r\n<OPEN",
    "\u2028\u2029\x00\x85\ufeff\u202e",
    "Die Führung 🎧",
    "-1+2, 3;4",
    " ",
)
"""What a title may be: anything that JSON can hold."""


def full() -> Session:
    """A session with clips on two lanes, a change of rate, gains that move, a loop, holds, silence, unknown, marks
    and findings; its first clip is before zero."""
    history = History()
    history.describe("fountain", title=NASTY[0], duration=60, url="https://cdn.example/a?b=1&c=2", gain=0.5)
    history.describe("rain", title="Rain", url="rain.ogg")
    history.add(0, "session-started", sequence=1)
    history.add(
        -2, "listen-started", asset="rain", listen="r", lane="music", loop=True, gain=0.25, sequence=2
    )
    history.add(
        5, "listen-started", asset="fountain", listen="a", in_=1.5, fade_in=0.5, fade_out=1, sequence=3
    )
    history.add(8, "gain-changed", listen="r", gain=1, ramp=2, sequence=4)
    history.add(9, "gain-changed", gain=0.5, ramp=2, sequence=5)
    history.add(10, "pan-changed", listen="a", pan=-0.5, sequence=6)
    history.add(12, "rate-changed", listen="a", rate=1.25, sequence=7)
    history.add(14, "playback-paused", sequence=8)
    history.add(18, "playback-resumed", sequence=9)
    history.add(20, "listen-ended", listen="a", reason="finished", sequence=10)
    history.add(22, "listen-ended", listen="r", reason="stopped", sequence=11)
    history.add(30, "listen-started", asset="nobody knows", listen="u", sequence=12)
    history.add(34, "playback-stalled", listen="u", sequence=13)
    history.add(36, "playback-recovered", listen="u", sequence=14)
    history.add(40, "listen-ended", listen="u", duration=9, sequence=16)
    history.add(45, "museum-door", note=NASTY[1], sequence=17)
    history.add(50, "session-ended", sequence=20)
    return history.session()


def empty() -> Session:
    """A session of one heartbeat."""
    history = History()
    history.add(0, "heartbeat")
    return history.session()


names = st.sampled_from(NASTY).filter(str.isprintable) | st.text(
    st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12
).filter(lambda text: text not in (".", "..") and text.isprintable())
titles = st.none() | st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
moments = st.integers(-(10**6), 10**6).map(lambda n: n / 1000) | st.sampled_from((100_000.0, 0.0, -0.000001))


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    """Any session of a few listens that overlap, begin before zero, last for a day, or have no length."""
    history = History()
    assets = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    for asset in assets:
        title, duration = draw(titles), draw(st.none() | st.integers(0, 90_000_000).map(lambda n: n / 1000))
        history.describe(asset, **({"title": title} if title is not None else {}), duration=duration)
    history.add(draw(moments), draw(st.sampled_from(("session-started", "heartbeat", "a door"))))
    for number in range(draw(st.integers(0, 5))):
        start = draw(moments)
        data: dict[str, Any] = {"lane": draw(names)} if draw(st.booleans()) else {}
        data["asset"] = draw(st.sampled_from(assets))
        history.add(start, "listen-started", listen=f"l{number}", **data)
        if draw(st.booleans()):
            length = draw(st.integers(0, 10**8)) / 1000
            history.add(start + length, "listen-ended", listen=f"l{number}")
        if draw(st.booleans()):
            history.add(draw(moments), draw(st.sampled_from(("playback-paused", "playback-resumed"))))
        if draw(st.booleans()):
            rate = draw(st.integers(1, 400)) / 100
            history.add(draw(moments), "rate-changed", listen=f"l{number}", rate=rate)
    return history.session()


def any_session(test: Callable[[Session], None]) -> Callable[[], None]:
    """Run a test with many sessions."""
    return settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])(
        given(sessions())(test)
    )
