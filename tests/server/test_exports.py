"""A replay in every format of the table, as HTTP gives it. What is in them is tested in tests/replay/formats."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import m3u8  # type: ignore[import-untyped]
import pytest

from server.exports.table import EXPORTS, Export, export_of
from tests.server.api import Api, event

DOCS = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
PATH = "/api/v1/sessions/walk/replay"

each_format = pytest.mark.parametrize("row", EXPORTS, ids=lambda row: row.extension)


async def walk(api: Api, session: str = "walk") -> None:
    told = [
        event("1", "session-started", time="2026-05-14T14:57:00Z"),
        event("2", "listen-started", time="2026-05-14T14:57:05Z", data={"asset": "fountain"}),
        event("3", "listen-ended", time="2026-05-14T14:57:33Z", data={"asset": "fountain"}),
        event("4", "session-ended", time="2026-05-14T14:57:34Z"),
    ]
    answer = await api.send(*({**one, "session": session, "device": "phone"} for one in told))
    assert answer.status == 200


@each_format
async def test_an_ending_and_accept_give_the_same_bytes_and_tag(api: Api, row: Export) -> None:
    await walk(api)
    file = await api.get(f"{PATH}.{row.extension}")
    assert file.status == 200, file.body
    assert file.headers["Content-Type"].partition(";")[0] == row.media_type
    assert file.headers["Content-Disposition"] == f'attachment; filename="walk.{row.extension}"'
    assert file.position == 4
    chosen = await api.get(PATH, headers={"Accept": row.media_type})
    assert (chosen.body, chosen.headers["ETag"]) == (file.body, file.headers["ETag"])
    assert chosen.headers["Content-Type"] == file.headers["Content-Type"]
    assert chosen.headers["Vary"] == "Accept"
    again = await api.get(f"{PATH}.{row.extension}", headers={"If-None-Match": file.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")


@each_format
async def test_every_format_answers_head_as_of_and_what_is_not_there(api: Api, row: Export) -> None:
    await walk(api)
    path = f"{PATH}.{row.extension}"
    now = await api.get(path)
    head = await api.ask("HEAD", path)
    assert (head.status, head.body, head.headers["ETag"]) == (200, b"", now.headers["ETag"])
    assert (await api.get(path, {"as_of": 4})).body == now.body
    before = await api.get(path, {"as_of": 2})
    assert (before.status, before.headers["ETag"]) != (200, now.headers["ETag"])
    assert (await api.get(path, {"as_of": 9})).faults[0][1] == "as_of"
    assert (await api.get(path.replace("walk", "other"))).status == 404
    assert (await api.get(path, {"nonsense": 1})).status == 400
    assert (await api.get(path, token="park")).status == 404
    assert (await api.get(path, token="ingest")).status == 403


async def test_every_format_has_a_tag_of_its_own(api: Api) -> None:
    await walk(api)
    tags = [(await api.get(f"{PATH}.{row.extension}")).headers["ETag"] for row in EXPORTS]
    assert len(set(tags)) == len(EXPORTS)


async def test_without_a_wish_it_is_json_and_a_wish_that_none_fits_is_refused(api: Api) -> None:
    await walk(api)
    for accept in ("*/*", "application/*", "application/json, text/csv"):
        assert (await api.get(PATH, headers={"Accept": accept})).headers["Content-Type"] == "application/json"
    refused = await api.get(PATH, headers={"Accept": "video/mp4"})
    assert refused.status == 406
    assert all(row.media_type in refused.document["detail"] for row in EXPORTS)


async def test_a_replay_links_to_its_other_formats_of_the_same_moment(api: Api) -> None:
    await walk(api)
    target = api.target(PATH, {"as_of": 2, "wait": 1, "log": "default"})
    async with api.session.get(target, headers=api.headers("read")) as answer:
        links = answer.headers.getall("Link")
    assert len(links) == len(EXPORTS) - 1
    found = {}
    for one in links:
        match = re.fullmatch(
            r'<(replay\.[a-z0-9.]+)\?as_of=2&log=default>; rel="alternate"; type="(.+)"', one
        )
        assert match is not None, one
        found[match[1].removeprefix("replay.")] = match[2]
    assert found == {row.extension: row.media_type for row in EXPORTS if row.extension != "json"}


@pytest.mark.parametrize("id", ["führung / 1", '"; filename="x.exe', "...", "a" * 256, "🎧", "CON"])
async def test_any_id_gives_a_safe_file_name(api: Api, id: str) -> None:
    await walk(api, id)
    answer = await api.get(f"/api/v1/sessions/{quote(id, safe='')}/replay.csv")
    assert answer.status == 200
    header = answer.headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=\"[\w.-]+\.csv\"(; filename\*=UTF-8''[\w.%~-]+\.csv)?", header)
    assert len(header) < 600


async def test_every_segment_of_the_playlist_is_there_to_hear(api: Api) -> None:
    await walk(api)
    playlist = m3u8.loads((await api.get(f"{PATH}.m3u8")).body.decode())
    heard = [segment for segment in playlist.segments if not segment.gap_tag]
    assert len(heard) == 1
    answer = await api.get(f"/api/v1/sessions/walk/{heard[0].uri}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "audio/mpeg")


def test_the_longest_ending_that_fits_decides() -> None:
    for row in EXPORTS:
        assert export_of(f"a walk.in.{row.extension.upper()}") is row
    assert export_of("walk") is None
    assert export_of("walk.exe") is None
    assert export_of("csv") is None


def test_the_page_shows_the_table() -> None:
    rows = [f"| `{row.extension}` | `{row.media_type}` | {row.meaning}" for row in EXPORTS]
    shown = re.findall(r"(?m)^\| `.*", DOCS.partition("\n## ")[0])
    assert [line[: len(row)] for line, row in zip(shown, rows, strict=True)] == rows
