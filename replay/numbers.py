"""Numbers as text."""

from __future__ import annotations

import re

LONGEST = 32
"""Characters of the longest number that is read."""

_A_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def read_number(text: str) -> float | None:
    """A number as JSON and people write it; None for anything else that Python takes for one (`1_0`, `nan`)."""
    return float(text) if len(text) <= LONGEST and _A_NUMBER.fullmatch(text) else None
