"""Vinli's manner: a device's feed and one event as its event service showed them. `README.md` is the contract."""

from server.vinli.manner import PREFIXES, render

__all__ = ["PREFIXES", "render"]
