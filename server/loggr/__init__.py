"""Loggr's manner: `/logs/` and `/1/logs/` as its service and its agents knew them. `README.md` is the contract."""

from server.loggr.manner import render
from server.loggr.routes import PREFIXES, mount

__all__ = ["PREFIXES", "mount", "render"]
