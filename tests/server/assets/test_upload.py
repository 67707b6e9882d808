"""`PUT /api/v1/assets/{id}/audio`: whole, looked into, described; or refused with nothing left behind."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import io
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
import pytest

from replay.errors import Unavailable
from replay.recordings import drafts
from replay.recordings.drafts import Draft
from server.api import assets_audio
from server.settings import Settings
from tests.replay.recordings.making import film, wav, write
from tests.server.api import Api, event
from tests.server.assets.conftest import Put, left
from tests.server.conftest import patient

WAV = wav(0.5)
SHA256 = hashlib.sha256(WAV).hexdigest()
LARGEST = 2**20


async def description(api: Api, asset: str = "a", log: str = "default") -> dict[str, Any]:
    answer = await api.get(f"/api/v1/assets/{asset}", {"log": log})
    assert answer.status == 200
    found: dict[str, Any] = answer.document
    return found


async def test_a_recording_is_kept_by_its_content_and_described(api: Api, put: Put) -> None:
    answer = await put("a", WAV)
    assert answer.status == 200
    assert answer.document["sha256"] == SHA256
    assert answer.document["recording"]["codec"] == "pcm_s16le"
    [receipt] = answer.document["receipts"]
    assert (receipt["status"], receipt["position"]) == ("stored", 1)
    assert left(api) == [f"default/{SHA256}.wav"]
    found = await description(api)
    assert found["description"] == {"asset": "a", "url": f"{SHA256}.wav", "sha256": SHA256, "duration": 0.5}
    assert found["recording"]["there"]


async def test_the_type_that_is_claimed_does_not_count(api: Api, put: Put) -> None:
    answer = await put("a", WAV, headers={"Content-Type": "text/html"})
    assert answer.document["recording"]["media_type"] == "audio/wav"


async def test_what_was_said_of_the_asset_before_stays(api: Api, put: Put) -> None:
    said = {
        "asset": "a",
        "title": "The fountain",
        "tags": ["water"],
        "gain": 0.5,
        "mood": "calm",
        "duration": 9,
    }
    await api.send(event("1", "asset-described", data=said))
    await put("a", WAV)
    described = (await description(api))["description"]
    assert described == {**said, "url": f"{SHA256}.wav", "sha256": SHA256, "duration": 0.5}


async def test_the_same_bytes_again_get_the_same_receipt(api: Api, put: Put) -> None:
    [first] = (await put("a", WAV)).document["receipts"]
    [again] = (await put("a", WAV)).document["receipts"]
    assert again == {**first, "status": "already-stored"}
    assert (await api.services.log.head()).position == 1


async def test_a_file_that_was_lost_is_there_again_after_the_same_upload(api: Api, put: Put) -> None:
    await put("a", WAV)
    (api.services.media.recordings.folder("default") / f"{SHA256}.wav").unlink()
    assert not (await description(api))["recording"]["there"]
    [again] = (await put("a", WAV)).document["receipts"]
    assert again["status"] == "already-stored"
    assert (await description(api))["recording"]["there"]


async def test_a_recording_that_comes_back_after_another_is_the_last_word(api: Api, put: Put) -> None:
    for content in (WAV, wav(1), WAV):
        assert (await put("a", content)).document["receipts"][0]["status"] == "stored"
    assert (await description(api))["description"]["sha256"] == SHA256
    assert (await api.services.log.head()).position == 3


async def test_after_its_description_was_erased_it_can_be_uploaded_anew(api: Api, put: Put) -> None:
    [receipt] = (await put("a", WAV)).document["receipts"]
    await api.ask("DELETE", f"/api/v1/events/{receipt['id']}")
    assert (await put("a", WAV)).document["receipts"][0]["status"] == "stored"
    assert (await description(api))["recording"]["there"]


async def test_concurrent_uploads_of_one_asset_are_all_whole_and_one_is_the_last(api: Api, put: Put) -> None:
    contents = [wav(0.1 * n) for n in range(1, 5)] * 2
    answers = await asyncio.gather(*(put("a", content) for content in contents))
    assert {answer.status for answer in answers} == {200}
    last = (await description(api))["description"]["sha256"]
    assert last in {hashlib.sha256(content).hexdigest() for content in contents}
    assert len(left(api)) == 4
    assert (await api.get("/api/v1/assets/a/audio")).headers["ETag"] == f'"{last}"'


async def test_the_same_upload_twice_at_once_is_one_event(api: Api, put: Put) -> None:
    answers = await asyncio.gather(*(put("a", WAV) for _ in range(4)))
    positions = {answer.document["receipts"][0]["position"] for answer in answers}
    assert positions == {1}
    assert (await api.services.log.head()).position == 1


async def test_two_assets_of_the_same_bytes_share_a_file(api: Api, put: Put) -> None:
    await put("a", WAV)
    await put("b", WAV)
    assert left(api) == [f"default/{SHA256}.wav"]


@pytest.mark.parametrize("log", ["a/b", "é" * 128, "Park", "..x"])
async def test_any_log_takes_recordings(log: str, api: Api, put: Put) -> None:
    assert (await put("a", WAV, log)).status == 200
    assert (await description(api, log=log))["recording"]["there"]
    [name] = left(api)
    assert name.count("/") == 1


@pytest.mark.parametrize(("log", "status"), [("..", 400), ("x" * 257, 413), ("a\nb", 400)])
async def test_a_log_that_cannot_be_is_refused(log: str, status: int, api: Api, put: Put) -> None:
    answer = await put("a", WAV, log)
    assert (answer.status, answer.faults[0][1]) == (status, "log")
    assert left(api) == []


async def test_an_assets_id_may_be_anything_an_id_may_be(api: Api, put: Put) -> None:
    asset = quote('a/b "c" ü%', safe="")
    assert (await put(asset, WAV)).status == 200
    answer = await api.get(f"/api/v1/assets/{asset}/audio")
    assert (answer.status, answer.body) == (200, WAV)
    assert "attachment" not in answer.headers["Content-Disposition"]


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.wav", WAV)
    return file.getvalue()


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "it is empty"),
        (b"hello", "it is no sound file, or a broken one"),
        (zipped(), "it is no sound file, or a broken one"),
        (wav(0), "there is no sound in it"),
        (wav(tag=0x7777), "its sound is in a codec that cannot be decoded"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "it is no sound file, or a broken one"),
    ],
)
async def test_what_is_no_recording_is_refused_and_leaves_nothing(
    body: bytes, detail: str, api: Api, put: Put
) -> None:
    answer = await put("a", body, headers={"Content-Type": "audio/wav"})
    assert answer.status == 415
    assert answer.document["type"] == "urn:playhead:problem:unplayable"
    assert answer.faults == [(None, "body", detail)]
    assert left(api) == []
    assert (await api.services.log.head()).position == 0


async def test_a_film_is_taken_for_its_sound_and_refused_without_any(
    api: Api, put: Put, tmp_path: Path
) -> None:
    heard = film(tmp_path / "heard.mp4", sound=True).read_bytes()
    silent = film(tmp_path / "silent.mp4", sound=False).read_bytes()
    answer = await put("a", heard)
    assert (answer.status, answer.document["recording"]["codec"]) == (200, "aac")
    refused = await put("b", silent)
    assert (refused.status, refused.faults[0][2]) == (415, "it has pictures and no sound")


async def test_what_was_cut_off_is_taken_as_long_as_it_is(api: Api, put: Put, tmp_path: Path) -> None:
    whole = write(tmp_path / "a.flac", "flac", seconds=10).read_bytes()
    answer = await put("a", whole[: len(whole) // 2])
    assert answer.status == 200
    assert answer.document["recording"]["cut_off"]
    assert 4 < answer.document["recording"]["duration"] < 6


async def test_eight_channels_and_odd_codecs_are_taken(api: Api, put: Put, tmp_path: Path) -> None:
    assert (await put("a", wav(channels=8))).document["recording"]["channels"] == 8
    odd = write(tmp_path / "odd.wav", "adpcm_ms").read_bytes()
    assert (await put("b", odd)).document["recording"]["codec"] == "adpcm_ms"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return patient(tmp_path, max_recording=LARGEST)


async def in_pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 1000):
        yield content[start : start + 1000]


async def test_the_largest_recording_is_taken_and_one_byte_more_is_not(api: Api, put: Put) -> None:
    largest = WAV + b"\0" * (LARGEST - len(WAV))
    assert (await put("a", largest)).status == 200
    assert (await put("b", largest + b"\0")).status == 413
    assert (await put("b", in_pieces(largest + b"\0"))).status == 413
    assert left(api) == [f"default/{hashlib.sha256(largest).hexdigest()}.wav"]


async def test_a_recording_in_pieces_of_unknown_number_is_taken(api: Api, put: Put) -> None:
    assert (await put("a", in_pieces(WAV))).document["sha256"] == SHA256


async def test_a_coded_body_is_refused(api: Api, put: Put) -> None:
    answer = await put("a", WAV, headers={"Content-Encoding": "gzip"})
    assert answer.status == 415
    assert "as it is" in answer.document["detail"]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what happens on the disk, which tells nobody."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def begin(api: Api, send: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A client that announces all of a recording and sends a part of it; its upload has begun."""
    address = urlsplit(api.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = f"PUT /api/v1/assets/a/audio HTTP/1.1\r\nHost: {address.netloc}\r\n"
    head += f"Authorization: Bearer {api.tokens['admin']}\r\nContent-Length: {len(WAV)}\r\n\r\n"
    writer.write(head.encode() + send)
    await writer.drain()
    await until(lambda: bool(left(api)))
    return reader, writer


async def test_a_client_that_goes_in_the_middle_leaves_nothing(api: Api) -> None:
    async with asyncio.timeout(30):
        _, writer = await begin(api, WAV[:1000])
        writer.close()
        await writer.wait_closed()
        await until(lambda: not left(api))
    assert (await api.services.log.head()).position == 0


async def test_a_client_that_sends_nothing_more_is_given_up(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets_audio, "QUIET_SECONDS", 0.2)
    async with asyncio.timeout(30):
        reader, writer = await begin(api, WAV[:1000])
        assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
        await until(lambda: not left(api))
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    ("number", "detail"),
    [(errno.ENOSPC, "no room for it on the disk"), (errno.EIO, "the disk failed: input/output error")],
)
async def test_a_disk_that_fails_is_said_and_leaves_nothing(
    number: int, detail: str, api: Api, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(draft: Draft, chunk: bytes) -> None:
        raise OSError(number, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(Draft, "write", fail)
        answer = await put("a", WAV)
    assert answer.status == 503
    assert detail in answer.document["detail"]
    assert left(api) == []
    assert (await put("a", WAV)).status == 200


async def test_a_disk_that_is_nearly_full_takes_no_recording(
    api: Api, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "KEEP_FREE", 2**62)
    answer = await put("a", WAV)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert left(api) == []


async def test_too_many_uploads_at_once_are_told_to_come_back(api: Api, put: Put) -> None:
    api.services.uploads.limit = 0
    answer = await put("a", WAV)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")


async def test_a_log_that_fails_leaves_a_recording_that_the_retry_describes(
    api: Api, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(events: object) -> None:
        raise Unavailable("the disk failed")

    with monkeypatch.context() as patch:
        patch.setattr(api.services.log, "append", fail)
        assert (await put("a", WAV)).status == 503
    assert (await put("a", WAV)).document["receipts"][0]["status"] == "stored"


async def test_what_a_killed_process_left_is_swept_away(api: Api, put: Put) -> None:
    recordings = api.services.media.recordings
    await put("a", WAV)
    (recordings.media / drafts.INCOMING / "half").write_bytes(b"half")
    recordings.sweep()
    assert left(api) == [f"default/{SHA256}.wav"]


async def test_a_server_that_stops_takes_no_recording(api: Api, put: Put) -> None:
    api.services.stopping.set()
    assert (await put("a", WAV)).status == 503


async def test_the_answer_tells_of_the_event_that_the_log_has(api: Api, put: Put) -> None:
    answer = await put("a", WAV)
    [receipt] = answer.document["receipts"]
    [record] = await api.services.log.get([receipt["position"]])
    kept = record.event()
    assert (kept.id, kept.source, kept.type, kept.log) == (
        receipt["id"],
        "/api/v1/assets",
        "asset-described",
        "default",
    )
    assert msgspec.json.encode(kept.data["duration"]) == b"0.5"
