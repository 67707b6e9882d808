"""`docs/compare.md` says what the tables of the code say."""

from __future__ import annotations

from pathlib import Path

import pytest

from replay.compare import change, differing, steps
from replay.compare.alignment import EXACT
from replay.compare.document import MOST

PAGE = (Path(__file__).parents[3] / "docs" / "compare.md").read_text(encoding="utf-8")
DIFFERENCES = [f"| `{name}` | {kind.meaning} | {kind.unit or ''}" for name, kind in differing.KINDS.items()]
CHANGES = [f"| `{name}` | {meaning} |" for name, meaning in change.KINDS.items()]


@pytest.mark.parametrize("table", [DIFFERENCES, CHANGES], ids=["differences", "changes"])
def test_a_table_of_kinds_is_on_the_page_row_by_row(table: list[str]) -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith(tuple(row.split(" |")[0] for row in table))]
    assert len(rows) == len(table)
    assert all(line.startswith(row.rstrip()) for line, row in zip(rows, table, strict=True))


@pytest.mark.parametrize(
    "words",
    [
        f"Up to {EXACT} plays",
        f"At most {steps.PROBES} positions",
        f"{steps.RECORDS:,} records",
        f"at most {MOST} are listed",
    ],
)
def test_a_bound_is_on_the_page(words: str) -> None:
    assert words in PAGE
