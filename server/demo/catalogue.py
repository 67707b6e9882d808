"""The demo's recordings: what each is, how long, how it is made and where it stands.

Rule 1: a recording lasts a whole number of seconds, so that its duration is exact in every unit.
Rule 2: a looped recording has no seam and no fades; any other begins and ends in silence.
Rule 3: a rate below 44.1 kHz is for what has nothing above it: voices, a radio, strings, wind.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from server.demo.sound import music, nature
from server.demo.sound.synth import Signal
from server.demo.sound.voices import AGENT, CALLER, GUIDE, Turn, murmur

AGENT_TURNS: tuple[Turn, ...] = ((0.8, 6.2), (12.1, 17.3), (24.6, 33.0), (37.0, 41.2), (44.0, 46.0))
CALLER_TURNS: tuple[Turn, ...] = ((7.0, 11.6), (17.9, 21.0), (31.5, 36.4), (41.8, 43.4))
"""Who speaks when in the call, in seconds from its start: its recordings and its events follow these."""
GUIDE_TURNS: tuple[Turn, ...] = ((0.3, 9.0), (9.6, 20.0), (20.8, 31.0), (31.7, 43.6))


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """One recording of the demo. `seconds` is its length, `rate` its frames a second.

    `place` is (latitude, longitude) in degrees. `make(seconds, rate)` gives its samples.
    """

    asset: str
    title: str
    seconds: int
    rate: int
    make: Callable[[float, int], Signal]
    tags: tuple[str, ...]
    place: tuple[float, float] | None = None
    loops: bool = False
    log: str = "default"


def _agent(length: float, rate: int) -> Signal:
    return murmur(AGENT, AGENT_TURNS, length, rate)


def _caller(length: float, rate: int) -> Signal:
    return murmur(CALLER, CALLER_TURNS, length, rate)


def _guide(length: float, rate: int) -> Signal:
    return murmur(GUIDE, GUIDE_TURNS, length, rate)


RECORDINGS: tuple[Recording, ...] = (
    Recording(
        asset="birds-at-the-pond",
        title="Birds at the pond",
        seconds=30,
        rate=44_100,
        make=nature.birds,
        tags=("park", "birds"),
        place=(64.14318, -21.94212),
        loops=True,
    ),
    Recording(
        asset="fountain",
        title="The fountain",
        seconds=16,
        rate=44_100,
        make=nature.fountain,
        tags=("park", "water"),
        place=(64.14241, -21.94176),
        loops=True,
    ),
    Recording(
        asset="birches",
        title="Wind in the birches",
        seconds=20,
        rate=32_000,
        make=nature.birches,
        tags=("park", "wind"),
        place=(64.14158, -21.94118),
        loops=True,
    ),
    Recording(
        asset="church-bell",
        title="The church bell across the water",
        seconds=24,
        rate=44_100,
        make=music.bell,
        tags=("park", "bell"),
        place=(64.14437, -21.93791),
    ),
    Recording(
        asset="pavilion-strings",
        title="Strings in the pavilion",
        seconds=26,
        rate=32_000,
        make=music.strings,
        tags=("park", "music"),
        place=(64.14087, -21.94029),
        loops=True,
    ),
    Recording(
        asset="gravel-steps",
        title="Footsteps on gravel",
        seconds=16,
        rate=44_100,
        make=nature.steps,
        tags=("park", "steps"),
        place=(64.14121, -21.94093),
    ),
    Recording(
        asset="marimba",
        title="A marimba at the end of the day",
        seconds=36,
        rate=44_100,
        make=music.marimba,
        tags=("park", "music"),
        place=(64.14052, -21.93987),
    ),
    Recording(
        asset="between-stations",
        title="Between two stations",
        seconds=20,
        rate=22_050,
        make=music.between_stations,
        tags=("radio",),
    ),
    Recording(
        asset="hall-clock",
        title="The clock in the hall",
        seconds=8,
        rate=44_100,
        make=music.clock,
        tags=("museum", "background"),
        place=(52.51889, 13.39736),
        loops=True,
    ),
    Recording(
        asset="guide-7",
        title="Stop 7: the clockmaker's bench",
        seconds=44,
        rate=16_000,
        make=_guide,
        tags=("museum", "voice"),
        place=(52.51893, 13.39742),
    ),
    Recording(
        asset="guide-9",
        title="Stop 9: the music box",
        seconds=20,
        rate=44_100,
        make=music.music_box,
        tags=("museum", "music"),
        place=(52.51901, 13.39751),
    ),
    Recording(
        asset="call-0417-agent",
        title="Call 0417, the agent's side",
        seconds=46,
        rate=16_000,
        make=_agent,
        tags=("call", "voice"),
    ),
    Recording(
        asset="call-0417-caller",
        title="Call 0417, the caller's side",
        seconds=46,
        rate=16_000,
        make=_caller,
        tags=("call", "voice"),
    ),
    Recording(
        asset="bench-tone",
        title="440 Hz at -3 dB",
        seconds=5,
        rate=44_100,
        make=music.bench_tone,
        tags=("bench",),
        log="lab",
    ),
)
