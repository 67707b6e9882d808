"""`GET` and `DELETE` of a recording: its own bytes, in part where asked, and gone when nobody else has it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from tests.replay.recordings.making import film, wav, write
from tests.server.api import Api, event
from tests.server.assets.conftest import Put, left

WAV = wav(0.5)
ETAG = f'"{hashlib.sha256(WAV).hexdigest()}"'
AUDIO = "/api/v1/assets/a/audio"


async def test_the_bytes_come_back_as_what_they_are(api: Api, put: Put) -> None:
    await put("a", WAV)
    answer = await api.get(AUDIO, token="read")
    assert (answer.status, answer.body) == (200, WAV)
    assert answer.headers["ETag"] == ETAG
    assert answer.headers["Content-Type"] == "audio/wav"
    assert answer.headers["Content-Disposition"] == 'inline; filename="a.wav"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("name", "codec", "media_type"),
    [
        ("a.flac", "flac", "audio/flac"),
        ("a.mp3", "mp3", "audio/mpeg"),
        ("a.opus", "libopus", "audio/ogg"),
        ("a.webm", "libopus", "audio/webm"),
        ("a.mka", "mp3", "audio/matroska"),
        ("a.m4a", "aac", "audio/mp4"),
        ("a.aac", "aac", "audio/aac"),
        ("a.tta", "tta", "application/octet-stream"),
    ],
)
async def test_each_kind_has_its_type(
    name: str, codec: str, media_type: str, api: Api, put: Put, tmp_path: Path
) -> None:
    await put("a", write(tmp_path / name, codec).read_bytes())
    assert (await api.get(AUDIO)).headers["Content-Type"] == media_type


async def test_the_title_is_the_name_it_is_saved_under(api: Api, put: Put) -> None:
    await api.send(event("1", "asset-described", data={"asset": "a", "title": 'Dusk / "Ræv"\r\nX: y'}))
    await put("a", WAV)
    saved = (await api.get(AUDIO)).headers["Content-Disposition"]
    assert saved == (
        "inline; filename=\"Dusk _ _R_v___X_ y.wav\"; filename*=UTF-8''Dusk%20_%20_R%C3%A6v___X_%20y.wav"
    )


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("0-43", 0, 44),
        ("100-", 100, len(WAV)),
        ("-10", len(WAV) - 10, len(WAV)),
        ("0-999999999", 0, len(WAV)),
    ],
)
async def test_a_range_is_that_slice(asked: str, start: int, stop: int, api: Api, put: Put) -> None:
    await put("a", WAV)
    answer = await api.get(AUDIO, headers={"Range": f"bytes={asked}"})
    assert (answer.status, answer.body) == (206, WAV[start:stop])
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(WAV)}"


async def test_a_range_beyond_the_end_is_416(api: Api, put: Put) -> None:
    await put("a", WAV)
    answer = await api.get(AUDIO, headers={"Range": f"bytes={len(WAV)}-"})
    assert (answer.status, answer.body) == (416, b"")
    assert answer.headers["Content-Range"] == f"bytes */{len(WAV)}"


async def test_a_range_of_another_version_is_all_of_this_one(api: Api, put: Put) -> None:
    await put("a", WAV)
    same = await api.get(AUDIO, headers={"Range": "bytes=0-9", "If-Range": ETAG})
    assert (same.status, len(same.body)) == (206, 10)
    for other in ('"other"', f"W/{ETAG}", "Thu, 14 May 2026 00:00:00 GMT"):
        answer = await api.get(AUDIO, headers={"Range": "bytes=0-9", "If-Range": other})
        assert (answer.status, answer.body) == (200, WAV)


async def test_who_has_these_bytes_gets_none(api: Api, put: Put) -> None:
    await put("a", WAV)
    answer = await api.get(AUDIO, headers={"If-None-Match": ETAG, "Range": "bytes=0-9"})
    assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", ETAG)


async def test_head_tells_the_length_and_sends_nothing(api: Api, put: Put) -> None:
    await put("a", WAV)
    answer = await api.ask("HEAD", AUDIO, headers={"Range": "bytes=0-9"})
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(WAV))
    assert (await api.ask("HEAD", "/api/v1/assets/b/audio")).status == 404


async def test_what_is_not_there_is_404_with_the_reason(api: Api, tmp_path: Path) -> None:
    assert (await api.get(AUDIO)).document["detail"] == "there is no asset 'a' in log 'default'"
    folder = api.services.media.recordings.folder("default")
    folder.mkdir(parents=True)
    (tmp_path / "secret.wav").write_bytes(WAV)
    (folder / "link.wav").symlink_to(tmp_path / "secret.wav")
    (folder / "text.wav").write_bytes(b"hello")
    for url, fault in [
        (None, "its description has no url"),
        ("gone.wav", "there is no such file"),
        ("link.wav", "its url leads over a symbolic link"),
        ("../../secret.wav", "its url leaves the media folder"),
        ("http://127.0.0.1/a.wav", "its url lies on no prefix that may be fetched from"),
        ("text.wav", "it is no sound file, or a broken one"),
    ]:
        await api.send(event(url or "none", "asset-described", data={"asset": "a", "url": url}))
        answer = await api.get(AUDIO)
        assert (answer.status, answer.document["detail"]) == (
            404,
            f"there is no recording of asset 'a': {fault}",
        )
        one = (await api.get("/api/v1/assets/a")).document["recording"]
        assert (one["there"], one["fault"]) == (False, fault)


async def test_a_recording_that_is_another_than_described_is_not_given(api: Api, put: Put) -> None:
    await put("a", WAV)
    path = next(api.services.media.recordings.folder("default").iterdir())
    path.write_bytes(wav(1))
    answer = await api.get(AUDIO)
    assert answer.status == 404
    assert "does not match its sha256" in answer.document["detail"]


async def test_a_recording_without_a_sha256_has_a_tag_that_changes_with_it(api: Api) -> None:
    folder = api.services.media.recordings.folder("default")
    folder.mkdir(parents=True)
    (folder / "a.wav").write_bytes(WAV)
    await api.send(event("1", "asset-described", data={"asset": "a", "url": "a.wav"}))
    first = (await api.get(AUDIO)).headers["ETag"]
    assert (await api.get(AUDIO)).headers["ETag"] == first
    (folder / "a.wav").write_bytes(wav(1))
    assert (await api.get(AUDIO)).headers["ETag"] != first


async def test_what_was_removed_is_gone_with_its_peaks(api: Api, put: Put, tmp_path: Path) -> None:
    await put("a", WAV)
    await api.get("/api/v1/assets/a/peaks")
    assert list((tmp_path / "cache" / "peaks").glob("*.dat"))
    assert (await api.ask("DELETE", AUDIO)).document["removed"]
    assert left(api) == []
    assert not list((tmp_path / "cache" / "peaks").glob("*.dat"))
    assert (await api.get(AUDIO)).status == 404
    assert (await api.ask("DELETE", AUDIO)).status == 404


async def test_what_was_removed_is_gone_with_what_was_decoded_of_it(
    api: Api, put: Put, tmp_path: Path
) -> None:
    await put("a", WAV)
    of: dict[str, Any] = {"session": "s", "device": "d"}
    heard = event("1", "listen-started", time="2026-05-14T12:00:00Z", data={"asset": "a"}, **of)
    ended = event("2", "session-ended", time="2026-05-14T12:00:01Z", **of)
    await api.send(heard, ended)
    for rate in (44100, 48000):
        assert (await api.get("/api/v1/sessions/s/replay.wav", {"rate": rate})).status == 200
    spool = tmp_path / "cache" / "spool"
    assert len(list(spool.rglob("*.pcm"))) == 2
    assert (await api.ask("DELETE", AUDIO)).status == 200
    assert not list(spool.rglob("*.pcm"))


async def test_what_another_asset_has_too_stays(api: Api, put: Put) -> None:
    await put("a", WAV)
    await put("b", WAV)
    answer = await api.ask("DELETE", AUDIO)
    assert answer.status == 409
    assert "'b'" in answer.document["detail"]
    await put("b", wav(1))
    assert (await api.ask("DELETE", AUDIO)).status == 409, "an earlier description of b still has it"
    assert len(left(api)) == 2


async def test_another_logs_recording_is_its_own(api: Api, put: Put) -> None:
    await put("a", WAV, "park")
    await put("a", WAV, "museum")
    assert (await api.ask("DELETE", AUDIO, {"log": "park"})).status == 200
    assert (await api.get(AUDIO, {"log": "museum"})).body == WAV
    assert (await api.get(AUDIO, {"log": "museum"}, token="park")).status == 403


async def test_a_film_goes_out_as_sound(api: Api, put: Put, tmp_path: Path) -> None:
    await put("a", film(tmp_path / "a.mp4", sound=True).read_bytes())
    assert (await api.get(AUDIO)).headers["Content-Type"] == "audio/mp4"


async def test_what_is_known_is_served_while_others_are_looked_into(api: Api, put: Put) -> None:
    await put("a", WAV)
    looking = api.services.media.looking
    async with looking, looking:
        assert (await api.get(AUDIO)).status == 200
