"""Roundware's manner: `/api/2/` as its servers answered it. `README.md` beside this is the contract."""

from server.roundware.cors import allow_origins, answer_preflight
from server.roundware.manner import render
from server.roundware.routes import PREFIX, SIGN_UP_PATH, mount

__all__ = ["PREFIX", "SIGN_UP_PATH", "allow_origins", "answer_preflight", "mount", "render"]
