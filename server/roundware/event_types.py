"""Roundware's types of events beside ours.

Rule 1: a type of Roundware's that says what one of ours says becomes that one, and the other way about; every other
        type is kept as it is, in both directions.
Rule 2: what was posted is kept beside it (`data.roundware`), and comes back as it was posted.
"""

from __future__ import annotations

TYPES = {
    "start_session": "session-started",
    "play_stream": "playback-resumed",
    "resume": "playback-resumed",
    "pause_stream": "playback-paused",
    "pause": "playback-paused",
    "location_update": "location-changed",
    "move_listener": "location-changed",
    "heartbeat": "heartbeat",
}
"""Ours for each of Roundware's. Of several that mean the same, the first is what ours is shown as."""

SHOWN = {ours: theirs for theirs, ours in reversed(TYPES.items())}

LOCATED = "location-changed"

ELSEWHERE = frozenset({"listen-started", "listen-ended", "event-erased"})
"""Types that are no events to Roundware: they are its listen events, or undo one."""
