"""Recordings as the server has them: stored, fetched, drawn. Read `room.py` first."""

from __future__ import annotations

from server.media.room import Media

__all__ = ["Media"]
