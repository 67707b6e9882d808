"""A bundle made by a server and taken in again: the same replay, byte for byte; and what no bundle is."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from replay.bundle import BundleWriter, Entry, Manifest, open_bundle
from replay.errors import BadBundle, Conflict
from server.intake.importing import Imported, take_in
from server.lock import DataLock, DataLocked
from server.services import open_services
from tests.replay.recordings.making import wav
from tests.server.api import Api, event
from tests.server.conftest import patient, serve

PATH = "/api/v1/sessions/walk/replay"


def of(id: str, type: str, second: int, **more: Any) -> dict[str, object]:
    time = f"2026-05-14T14:57:{second:02}Z"
    return event(id, type, time=time, **{"session": "walk", "device": "phone", **more})


async def walk(api: Api) -> None:
    """A walk among other events: a recording described, a number of its sequence in another session."""
    await api.send(
        event("0", device="other"),
        event("d", "asset-described", data={"asset": "river", "title": "River", "duration": 20}),
        of("1", "session-started", 0, sequence=1),
        of("2", "listen-started", 5, sequence=2, data={"asset": "river"}),
    )
    await api.send(event("x", session="other", device="nobody"))
    await api.send(
        of("filler", "heartbeat", 6, session="elsewhere", sequence=3),
        of("3", "listen-ended", 25, sequence=4, data={"asset": "river", "reason": "finished"}),
        event("y", session="other", device="nobody"),
        of("4", "session-ended", 40, sequence=5, senttime="2026-05-14T14:57:41Z"),
    )
    await api.send(event("z"))


async def bundle(api: Api, folder: Path, query: dict[str, object] | None = None) -> Path:
    answer = await api.get(f"{PATH}.zip", query)
    assert answer.status == 200, answer.body
    assert answer.headers["Content-Type"] == "application/zip"
    file = folder / "walk.zip"
    file.write_bytes(answer.body)
    return file


async def replayed(data: Path, imported: Imported) -> bytes:
    """The replay that a server over an imported folder gives."""
    async with open_services(patient(data)) as services, serve(services) as api:
        answer = await api.get(PATH, {"log": imported.log, **imported.query})
        assert answer.status == 200, answer.body
        assert (await services.log.verify()).records == imported.records
        return answer.body


async def test_what_was_taken_in_replays_to_the_same_bytes(api: Api, tmp_path: Path) -> None:
    await walk(api)
    there = await api.get(PATH)
    file = await bundle(api, tmp_path)
    imported = await take_in(file, tmp_path / "new")
    assert (imported.records, imported.position, imported.same) == (6, 9, True)
    assert zipfile.ZipFile(file).read("replay.json") == there.body
    assert await replayed(tmp_path / "new", imported) == there.body


@pytest.mark.parametrize(
    "query", [{"as_of": 4}, {"as_of": 7}, {"clock": "corrected"}, {"as_of": 8, "clock": "corrected"}], ids=str
)
async def test_so_does_one_as_of_a_position_or_in_another_clock(
    api: Api, tmp_path: Path, query: dict[str, object]
) -> None:
    await walk(api)
    there = await api.get(PATH, query)
    imported = await take_in(await bundle(api, tmp_path, query), tmp_path / "new")
    assert await replayed(tmp_path / "new", imported) == there.body


@pytest.mark.parametrize("query", [{}, {"as_of": 8}, {"as_of": 4}], ids=str)
async def test_what_was_erased_is_erased_there_too(
    api: Api, tmp_path: Path, query: dict[str, object]
) -> None:
    await walk(api)
    for id in ("3", "x"):
        assert (await api.ask("DELETE", f"/api/v1/events/{id}")).status == 200
    there = await api.get(PATH, query)
    assert there.document["erased"] == ([7] if query.get("as_of") != 4 else [])
    file = await bundle(api, tmp_path, query)
    assert b"finished" not in b"".join(
        zipfile.ZipFile(file).read(name) for name in zipfile.ZipFile(file).namelist()
    )
    imported = await take_in(file, tmp_path / "new")
    assert await replayed(tmp_path / "new", imported) == there.body


async def test_the_same_session_gives_the_same_bytes_and_other_events_change_nothing(
    api: Api, tmp_path: Path
) -> None:
    await walk(api)
    first = await api.get(f"{PATH}.zip")
    await api.send(event("w", session="other", device="nobody"))
    again = await api.get(f"{PATH}.zip")
    assert (again.body, again.headers["ETag"]) == (first.body, first.headers["ETag"])
    infos = zipfile.ZipFile(io.BytesIO(first.body)).infolist()
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert infos[-1].filename == "manifest.json"


async def test_recordings_come_along_when_asked_for_and_are_heard_there(api: Api, tmp_path: Path) -> None:
    await walk(api)
    put = await api.ask("PUT", "/api/v1/assets/river/audio", body=wav(0.5))
    assert put.status in (200, 201), put.body
    without = await api.get(f"{PATH}.zip")
    file = await bundle(api, tmp_path, {"recordings": "yes"})
    names = set(zipfile.ZipFile(file).namelist()) - set(zipfile.ZipFile(io.BytesIO(without.body)).namelist())
    [name] = names
    assert zipfile.ZipFile(file).read(name) == wav(0.5)
    assert without.headers["ETag"] != (await api.get(f"{PATH}.zip", {"recordings": "yes"})).headers["ETag"]
    told = json.loads(zipfile.ZipFile(file).read("recordings.json"))["recordings"]
    assert [(one["asset"], one["file"], one["fault"]) for one in told] == [("river", name, None)]
    assert f'FILE "{name}"'.encode() in zipfile.ZipFile(file).read("session.rpp")
    imported = await take_in(file, tmp_path / "new")
    assert imported.recordings == 1
    settings = patient(tmp_path / "new")
    async with open_services(settings) as opened, serve(opened) as there:
        assert (await there.get("/api/v1/assets/river/audio")).body == wav(0.5)


async def test_a_head_kept_elsewhere_tells_whether_a_bundle_is_of_that_history(
    api: Api, tmp_path: Path
) -> None:
    await walk(api)
    await api.send(of("5", "heartbeat", 39))
    head = (await api.get("/api/v1/head")).document
    file = await bundle(api, tmp_path)
    with open_bundle(file) as opened:
        assert (opened.manifest.position, opened.manifest.head) == (head["position"], head["hash"])
        assert opened.manifest.epoch == api.services.log.epoch


async def test_a_folder_that_is_not_empty_or_is_in_use_takes_nothing_in(api: Api, tmp_path: Path) -> None:
    await walk(api)
    file = await bundle(api, tmp_path)
    for name in ("log.db", "anything"):
        folder = tmp_path / f"with-{name}"
        folder.mkdir()
        (folder / name).write_text("mine")
        with pytest.raises(Conflict, match=name):
            await take_in(file, folder)
        assert (folder / name).read_text() == "mine"
    (tmp_path / "used").mkdir()
    with DataLock(tmp_path / "used"), pytest.raises(DataLocked):
        await take_in(file, tmp_path / "used")
    (tmp_path / "tokens").mkdir()
    (tmp_path / "tokens" / "tokens.db").write_text("mine")
    assert (await take_in(file, tmp_path / "tokens")).same


Change = Callable[[dict[str, bytes]], None]


def replaced(name: str, old: bytes, new: bytes) -> Change:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[name], name
        files[name] = files[name].replace(old, new, 1)

    return change


def without(name: str) -> Change:
    def change(files: dict[str, bytes]) -> None:
        del files[name]

    return change


def with_file(name: str, content: bytes = b"x") -> Change:
    return lambda files: files.update({name: content})


def honest(change: Change) -> Change:
    """The same change, by somebody who mends the manifest's sizes and hashes afterwards."""

    def apply(files: dict[str, bytes]) -> None:
        change(files)
        told = msgspec.json.decode(files.pop("manifest.json"), type=Manifest)
        with BundleWriter() as writer:
            for name, content in files.items():
                writer.add(name, content)
            files["manifest.json"] = msgspec.json.encode(msgspec.structs.replace(told, files=writer.files))

    return apply


CHANGES: dict[str, tuple[Change, str]] = {
    "no manifest": (without("manifest.json"), "no manifest.json"),
    "a manifest of nothing": (with_file("manifest.json", b"{}"), "no bundle of Playhead's"),
    "a manifest that is no JSON": (with_file("manifest.json", b"\xff{"), "malformed"),
    "a later version": (replaced("manifest.json", b'"version": 1', b'"version": 2'), "another version"),
    "a changed byte": (replaced("replay.json", b"river", b"rivet"), "not what the manifest says"),
    "a longer file": (replaced("replay.json", b"river", b"rivers"), "not as large"),
    "a file too many": (with_file("more.txt"), "does not name"),
    "a file too few": (without("labels.txt"), "labels.txt is missing"),
    "a path": (honest(with_file("../../etc/passwd")), "no name of a bundle's file"),
    "an absolute path": (honest(with_file("/etc/passwd")), "no name of a bundle's file"),
    "a path in a folder": (honest(with_file("recordings/../../x.wav")), "no name of a bundle's file"),
    "a path with backslashes": (honest(with_file("recordings\\x.wav")), "no name of a bundle's file"),
    "no records": (honest(without("records.ndjson")), "no records.ndjson"),
    "no replay": (honest(without("replay.json")), "no replay.json"),
    "another replay": (honest(replaced("replay.json", b"river", b"rivet")), "do not give the replay"),
    "a changed record": (honest(replaced("records.ndjson", b"finished", b"failed")), "does not match"),
    "a moved record": (
        honest(replaced("records.ndjson", b'"position":4', b'"position":5')),
        "does not follow",
    ),
    "a line that is none": (honest(replaced("records.ndjson", b"{", b"[")), "malformed"),
    "a record too few": (
        honest(
            lambda files: files.update(
                {"records.ndjson": files["records.ndjson"].rsplit(b"\n", 2)[0] + b"\n"}
            )
        ),
        "does not end as the manifest says",
    ),
    "recordings that are none": (honest(with_file("recordings.json", b"[]")), "malformed"),
    "a recording that is not there": (
        honest(replaced("recordings.json", b'"file":null', b'"file":"recordings/x.wav"')),
        "which is not there",
    ),
    "a query for something else": (
        replaced("manifest.json", b'"query": {}', b'"query": {"x": "1"}'),
        "query",
    ),
}


@pytest.mark.parametrize(("change", "message"), CHANGES.values(), ids=CHANGES)
async def test_a_changed_bundle_is_refused_and_leaves_nothing(
    api: Api, tmp_path: Path, change: Change, message: str
) -> None:
    await walk(api)
    archive = zipfile.ZipFile(await bundle(api, tmp_path))
    files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(bad, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    with pytest.raises(BadBundle, match=message):
        await take_in(bad, tmp_path / "new")
    left = list((tmp_path / "new").iterdir()) if (tmp_path / "new").exists() else []
    assert [path.name for path in left if path.name != "playhead.lock"] == []


async def test_a_bundle_that_broke_off_anywhere_is_refused(api: Api, tmp_path: Path) -> None:
    await walk(api)
    whole = (await bundle(api, tmp_path)).read_bytes()
    bad = tmp_path / "bad.zip"
    for length in (0, 1, 100, len(whole) // 2, len(whole) - 30, len(whole) - 1):
        bad.write_bytes(whole[:length])
        with pytest.raises(BadBundle):
            await take_in(bad, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_name_twice_and_a_bomb_are_refused(tmp_path: Path) -> None:
    twice = tmp_path / "twice.zip"
    with zipfile.ZipFile(twice, "w") as made:
        made.writestr("manifest.json", b"{}")
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("manifest.json", b"{}")
    with pytest.raises(BadBundle, match="twice"), open_bundle(twice):
        pass
    bomb = tmp_path / "bomb.zip"
    entry = Entry("replay.json", 2**40, "0" * 64)
    told = Manifest(
        format="playhead-bundle",
        version=1,
        session="s",
        log="l",
        query={},
        fold=1,
        epoch="",
        position=1,
        head="",
        records=1,
        files=[entry, Entry("records.ndjson", 1, "0" * 64), Entry("recordings.json", 1, "0" * 64)],
    )
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("replay.json", bytes(10 * 2**20))
        made.writestr("records.ndjson", b"x")
        made.writestr("recordings.json", b"x")
        made.writestr("manifest.json", msgspec.json.encode(told))
    with pytest.raises(BadBundle, match="not as large"), open_bundle(bomb):
        pass
