"""Recordings: where they lie, what is in them, and what is known of one when it is looked for.

Read `known.py` first, then `folder.py`. What decodes a recording is `decode.py`.
"""

from __future__ import annotations

from replay.errors import Unplayable
from replay.recordings.folder import Recordings
from replay.recordings.known import MISSING, Known, Probe

__all__ = ["MISSING", "Known", "Probe", "Recordings", "Unplayable"]
