"""Taking over an excerpt of another history into an empty file.

Rule 1: positions, times and seals are written as they came; where a predecessor is missing, the anchor stands in.
Rule 2: `behind` is counted anew, over the records that are here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from replay.log.chain import Sealed
from replay.log.sqlite.connection import insert
from replay.log.sqlite.schema import make_anchors


def adopt(connection: sqlite3.Connection, records: Sequence[Sealed]) -> None:
    """Insert the records of a checked excerpt, in the caller's transaction."""
    make_anchors(connection)
    latest = -(2**63)
    rows, anchors = [], []
    for record in records:
        latest = max(latest, record.recordedtime)
        place = (record.position, record.recordedtime, latest - record.recordedtime)
        rows.append((*place, record.key, record.nonce, record.commitment, record.chain, record.body))
        if record.anchor is not None:
            anchors.append((record.position, record.anchor))
    insert(connection, "records", rows)
    insert(connection, "anchors", anchors)
