"""The view of listens: read `schema`, then `fold` and `matching` (how its rows come to be), then `questions`."""

from __future__ import annotations

from projections.listens.questions import ListenFilter, ListenPage, ListenRow, Listens

__all__ = ["ListenFilter", "ListenPage", "ListenRow", "Listens"]
