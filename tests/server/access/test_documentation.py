"""docs/access.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from server.access import ROLES
from server.access.middleware import PUBLIC, PUBLIC_FOLDER
from server.access.secret import PATTERN
from server.http.problems import TABLE, URN

PAGE = (Path(__file__).parents[3] / "docs" / "access.md").read_text(encoding="utf-8")


def test_every_error_is_on_the_page_with_its_status() -> None:
    rows = re.findall(r"^\| (\d{3}) \| `([a-z-]+)` \|", PAGE, re.MULTILINE)
    in_code = {(str(int(kind.status)), kind.slug) for kind in TABLE.values()} | {("500", "internal")}
    assert set(rows) == in_code
    assert len(rows) == len(in_code)
    assert URN in PAGE


def test_every_role_and_public_path_is_on_the_page() -> None:
    for word in (*ROLES, *PUBLIC, PUBLIC_FOLDER):
        assert f"`{word}`" in PAGE


def test_the_page_gives_the_pattern_that_finds_a_token() -> None:
    assert f"`{PATTERN.pattern}`" in PAGE
