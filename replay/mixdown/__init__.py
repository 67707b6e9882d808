"""A session's timeline and its recordings -> sound.

Read `score.py` first: what sounds when. Then `mixer.py`, which makes it sound, and `spool.py`, where its recordings
come from.
"""

from __future__ import annotations

from replay.mixdown.mixer import Mixer
from replay.mixdown.score import Score, write_score
from replay.mixdown.sound import Sound
from replay.mixdown.spool import Spool
from replay.mixdown.tapes import SpooledTapes

MIX_VERSION = 6
"""Raised when the same timeline and recordings would give other samples, or other bytes; part of a sound's ETag."""

__all__ = ["MIX_VERSION", "Mixer", "Score", "Sound", "Spool", "SpooledTapes", "write_score"]
