"""A voice call: an agent that is a program and a caller, each on a lane of its own, one listen for each turn.

Both sides were recorded whole, so a turn's `in` is its place in the call. The recordings are described two hours
later: until then the length of the agent's last turn, whose end nobody told, is not known either.
"""

from __future__ import annotations

from server.demo.catalogue import AGENT_TURNS, CALLER_TURNS
from server.demo.story.telling import Arrival, Line, Sender, line, listen, tell, within

BRIDGE = Sender(
    prefix="call", source="voice-bridge", device="bridge-2", user="account-0417", zone="-04:00", latency=0.06
)
AGENT = Sender(prefix="call-agent", source="voice-agent", latency=0.11, zone="-04:00", counts=False)

BARGE_IN = 31.5
"""The caller interrupts the agent, who needs a second and a half to notice."""


def call() -> list[Arrival]:
    """What arrives of it, all live; the recordings' descriptions are the archive's (`shelf`)."""
    return [*tell(BRIDGE, within("call-0417", _call())), *tell(AGENT, within("call-0417", _thoughts()))]


def _call() -> list[Line]:
    lines = [
        line(
            _at(0),
            "session-started",
            client="voice-bridge 1.8",
            project="support",
            timezone="America/New_York",
        ),
        line(_at(47.5), "session-ended", reason="caller hung up"),
    ]
    *turns, (farewell, _) = AGENT_TURNS
    for number, (start, stop) in enumerate(turns, 1):
        reason = "interrupted" if start < BARGE_IN < stop else "finished"
        lines += _turn("agent", number, start, stop, reason)
    for number, (start, stop) in enumerate(CALLER_TURNS, 1):
        lines += _turn("caller", number, start, stop, "finished")
    return [*lines, _turn("agent", len(AGENT_TURNS), farewell, farewell, "finished")[0]]


def _turn(side: str, number: int, start: float, stop: float, reason: str) -> list[Line]:
    pan = -0.4 if side == "agent" else 0.4
    name, asset = f"call-{side}-{number}", f"call-0417-{side}"
    return listen(name, asset, _at(start), _at(stop), reason, in_=start, lane=side, pan=pan)


def _thoughts() -> list[Line]:
    return [
        line(_at(21.1), "log-line", text="looking up order 88-1043", tags=["tool", "orders"], class_="info"),
        line(_at(24.3), "log-line", text="order 88-1043 found after 3.2 s", tags=["tool", "slow"], value=3.2),
        line(_at(31.6), "log-line", text="caller speaks over me", tags=["barge-in"], class_="info"),
        line(_at(33.0), "log-line", text="stopped speaking", tags=["barge-in"], value=1.4),
    ]


def _at(offset: float) -> str:
    """The time of day, in New York, so many seconds into the call."""
    return f"12:10:{offset:06.3f}"
