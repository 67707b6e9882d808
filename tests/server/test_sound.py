"""The sound over HTTP: what is in it is measured in tests/replay/mixdown; here, how it is asked for and sent."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import io
import wave
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from replay.mixdown import Score, spool, write_score
from replay.recordings.decode import decode
from replay.recordings.pcm import Pcm, decode_pcm
from replay.timeline import Timeline
from server.access import ROLES, Identity
from server.reads.made import Made
from server.settings import Settings
from server.sound import making
from server.sound.questions import SoundQuestion, written_lanes
from tests.replay.sounds import frequency, level, tone, write_pcm
from tests.server.api import Api, event
from tests.server.conftest import patient

PATH = "/api/v1/sessions/walk/replay"
RATE = 44100
FORMS = ("wav", "flac", "mp3", "opus")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """One block at a time."""
    return patient(tmp_path, max_renders=1, max_sounds=3)


def record(api: Api, asset: str, frequency: float, seconds: float = 4.0) -> None:
    folder = api.services.media.recordings.folder("default")
    folder.mkdir(parents=True, exist_ok=True)
    write_pcm(folder / f"{asset}.wav", tone(frequency, seconds))


def told(id: str, type: str, second: float, session: str = "walk", **data: object) -> dict[str, object]:
    whole, part = divmod(round(second * 1000), 1000)
    time = f"2026-05-14T{14 + whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{part:03}Z"
    return event(f"{session}-{id}", type, time=time, data=data, session=session, device="phone")


async def walk(api: Api, *more: dict[str, object], ended: bool = True, session: str = "walk") -> None:
    """A session of ten seconds: a tone from 1 to 4 s, another on another lane from 3 to 7 s."""
    record(api, "low", 300)
    record(api, "high", 2000)
    tell = partial(told, session=session)
    story = [
        tell("1", "asset-described", 0, asset="low", url="low.wav"),
        tell("2", "asset-described", 0, asset="high", url="high.wav"),
        tell("3", "session-started", 0),
        tell("4", "listen-started", 1, asset="low", listen="a", lane="left"),
        tell("5", "listen-ended", 4, listen="a"),
        tell("6", "listen-started", 3, asset="high", listen="b", lane="right"),
        tell("7", "listen-ended", 7, listen="b"),
        *more,
        *([tell("8", "session-ended", 10)] if ended else []),
    ]
    assert (await api.send(*story)).status == 200


def samples(body: bytes) -> NDArray[np.float64]:
    with wave.open(io.BytesIO(body)) as file:
        content = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return content.reshape(-1, file.getnchannels()) / 32768


async def test_the_sound_is_what_the_timeline_says(api: Api) -> None:
    await walk(api)
    answer = await api.get(f"{PATH}.wav")
    assert (answer.status, answer.headers["Playhead-Offset"]) == (200, "0.0")
    assert int(answer.headers["Content-Length"]) == len(answer.body) == 44 + 10 * RATE * 4
    sound = samples(answer.body)[:, 0]
    heard = np.flatnonzero(sound)
    assert (heard[0], heard[-1] + 1) == (RATE + 1, pytest.approx(7 * RATE, abs=2))
    assert frequency(sound[2 * RATE : 3 * RATE], RATE) == pytest.approx(300, abs=0.1)
    assert frequency(sound[4 * RATE : 6 * RATE], RATE) == pytest.approx(2000, abs=0.1)
    assert level(sound[4 * RATE : 6 * RATE]) == pytest.approx(-12.04, abs=0.1)


@pytest.mark.parametrize("form", FORMS)
async def test_every_form_has_each_clip_on_its_frame(api: Api, form: str, tmp_path: Path) -> None:
    await walk(api)
    answer = await api.get(f"{PATH}.{form}", {"start": 2.5, "end": 9})
    (tmp_path / "x").write_bytes(answer.body)
    sound = np.concatenate(list(decode(tmp_path / "x")))[:, 0]
    rate = 48000 if form == "opus" else RATE
    assert len(sound) == round(6.5 * rate)
    quiet = np.abs(np.lib.stride_tricks.sliding_window_view(sound, 200)).max(axis=1) < 0.02
    assert int(np.argmax(quiet[4 * rate :])) + 4 * rate == pytest.approx(4.5 * rate, abs=250)
    assert frequency(sound[2 * rate : 4 * rate], rate) == pytest.approx(2000, abs=0.5)
    assert (await api.get(f"{PATH}.{form}", {"start": 2.5, "end": 9})).body == answer.body


async def test_ranges_of_bytes_are_slices_of_the_file(api: Api) -> None:
    await walk(api)
    whole = await api.get(f"{PATH}.wav")
    size = len(whole.body)
    assert whole.headers["Accept-Ranges"] == "bytes"
    for first, last in ((0, 0), (0, 43), (40, 60), (43, 44), (RATE, 9 * RATE + 1), (size - 3, size - 1)):
        part = await api.get(f"{PATH}.wav", headers={"Range": f"bytes={first}-{last}"})
        assert part.status == 206
        assert part.headers["Content-Range"] == f"bytes {first}-{last}/{size}"
        assert part.body == whole.body[first : last + 1]
    tail = await api.get(f"{PATH}.wav", headers={"Range": "bytes=-1001", "If-Range": whole.headers["ETag"]})
    assert (tail.status, tail.body) == (206, whole.body[-1001:])
    beyond = await api.get(f"{PATH}.wav", headers={"Range": f"bytes={size}-"})
    assert (beyond.status, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")
    changed = await api.get(f"{PATH}.wav", headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (changed.status, changed.body) == (200, whole.body)
    head = await api.ask("HEAD", f"{PATH}.wav")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(size))


def kept(api: Api) -> list[Path]:
    """The encoded sounds that are kept or being written."""
    return [path for path in (api.services.settings.data / "cache" / "encoded").rglob("*") if path.is_file()]


@pytest.mark.parametrize("form", ["flac", "mp3", "opus"])
async def test_what_was_encoded_to_its_end_answers_ranges_of_the_same_bytes(api: Api, form: str) -> None:
    await walk(api)
    part = {"start": 2, "end": 5}
    first = await api.get(f"{PATH}.{form}", part, headers={"Range": "bytes=5-9"})
    assert (first.status, first.headers.get("Accept-Ranges")) == (200, None)
    size, tag = len(first.body), first.headers["ETag"]
    whole = await api.get(f"{PATH}.{form}", part)
    assert (whole.status, whole.headers["Accept-Ranges"], whole.headers["ETag"]) == (200, "bytes", tag)
    assert whole.body == first.body
    assert int((await api.ask("HEAD", f"{PATH}.{form}", part)).headers["Content-Length"]) == size
    some = await api.get(f"{PATH}.{form}", part, headers={"Range": "bytes=1000-1999", "If-Range": tag})
    assert (some.status, some.headers["Content-Range"]) == (206, f"bytes 1000-1999/{size}")
    assert some.body == first.body[1000:2000]
    other = await api.get(f"{PATH}.{form}", part, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (other.status, other.body) == (200, first.body)
    assert (await api.get(f"{PATH}.{form}", part, headers={"Range": f"bytes={size}-"})).status == 416
    for file in kept(api):
        file.unlink()
    assert (await api.get(f"{PATH}.{form}", part)).body == first.body


async def test_a_reader_is_waited_for_until_what_it_asked_for_is_made(api: Api, slow: Slow) -> None:
    await walk(api)
    anybody = Identity("test", "a test", frozenset(ROLES))
    made = await making.make(api.services, anybody, "walk", SoundQuestion(), "flac")
    reader = asyncio.create_task(read(made))
    await slow.begun.wait()
    assert made.waits()
    slow.may_go = True
    assert len(await reader) > 10_000
    assert not made.waits()


async def read(made: Made) -> bytes:
    return b"".join([piece async for piece in made.chunks()])


async def test_what_is_kept_goes_when_its_log_forgets(api: Api) -> None:
    await walk(api)
    for forget in ("events/walk-6", "assets/low/audio"):
        before = await api.get(f"{PATH}.flac")
        assert len(kept(api)) == 1
        assert (await api.ask("DELETE", f"/api/v1/{forget}")).status == 200
        assert not kept(api)
        after = await api.get(f"{PATH}.flac")
        assert (after.status, after.headers["ETag"] == before.headers["ETag"]) == (200, False)
        assert after.body != before.body


async def test_what_sounded_otherwise_than_its_tag_says_is_not_kept(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await walk(api)

    def fail(path: Path, rate: int) -> Iterator[Pcm]:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(spool, "decode_pcm", fail)
        silent = await api.get(f"{PATH}.flac")
    assert not kept(api)
    assert len((await api.get(f"{PATH}.flac")).body) > len(silent.body)
    assert len(kept(api)) == 1


async def test_a_part_is_that_slice_of_the_whole_and_lanes_can_be_had_alone(api: Api) -> None:
    await walk(api)
    whole = samples((await api.get(f"{PATH}.wav")).body)
    part = await api.get(f"{PATH}.wav", {"start": "2.25", "end": "3.5"})
    assert np.array_equal(samples(part.body), whole[round(2.25 * RATE) : round(3.5 * RATE)])
    assert float(part.headers["Playhead-Offset"]) == 2.25
    left = samples((await api.get(f"{PATH}.wav", {"lanes": "left,none"})).body)
    right = samples((await api.get(f"{PATH}.wav", {"lanes": "right"})).body)
    assert np.abs(left + right - whole).max() <= 1 / 32768
    assert np.array_equal(left[: 3 * RATE], whole[: 3 * RATE])
    mono = await api.get(f"{PATH}.wav", {"channels": 1, "rate": 8000})
    assert len(mono.body) == 44 + 10 * 8000 * 2


@pytest.mark.parametrize("name", ["a, b", "50%", "%2C", "%", ",,", "back\\slash", "שמאל"])
async def test_a_lane_may_be_called_anything_and_be_heard_or_muted(api: Api, name: str) -> None:
    record(api, "low", 500)
    record(api, "high", 2000)
    await api.send(
        told("0", "asset-described", 0, asset="low", url="low.wav"),
        told("00", "asset-described", 0, asset="high", url="high.wav"),
        told("1", "session-started", 0),
        told("2", "listen-started", 0, asset="low", listen="l", lane=name),
        told("3", "listen-started", 2, asset="high", listen="r", lane="b"),
        told("4", "listen-ended", 3, listen="l"),
        told("5", "listen-ended", 4, listen="r"),
        told("6", "session-ended", 4),
    )
    written = written_lanes([name])
    whole, alone, others, neither = [
        samples((await api.get(f"{PATH}.wav", query)).body)
        for query in ({}, {"lanes": written}, {"muted": written}, {"lanes": written, "muted": written})
    ]
    assert np.abs(alone).max() > 0.1
    assert not np.array_equal(alone, whole)
    assert np.abs(alone + others - whole).max() <= 1 / 32768
    assert not neither.any()


async def test_another_version_of_a_library_makes_another_file(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await walk(api)
    before = await api.get(f"{PATH}.opus")
    monkeypatch.setattr(making, "LIBRARIES", "av-99.0")
    after = await api.get(f"{PATH}.opus")
    assert (after.headers["ETag"] == before.headers["ETag"], len(kept(api))) == (False, 2)


async def test_the_tag_stands_for_session_recordings_and_parameters(api: Api) -> None:
    await walk(api)
    tags = [(await api.ask("HEAD", f"{PATH}.wav", query)).headers["ETag"] for query in QUERIES]
    assert len(set(tags)) == len(QUERIES)
    assert (await api.ask("HEAD", f"{PATH}.wav", {"lanes": "left,right"})).headers["ETag"] in tags
    await api.send(told("1", "session-started", 0, session="another"))
    assert (await api.ask("HEAD", f"{PATH}.wav")).headers["ETag"] == tags[0]
    same = await api.get(f"{PATH}.wav", headers={"If-None-Match": tags[0]})
    assert (same.status, same.body) == (304, b"")
    record(api, "high", 2500)
    assert (await api.ask("HEAD", f"{PATH}.wav")).headers["ETag"] != tags[0]
    assert (await api.ask("HEAD", f"{PATH}.wav", {"end": 3})).headers["ETag"] == tags[-1]


QUERIES: tuple[dict[str, object], ...] = (
    {},
    {"as_of": 6},
    {"start": 1},
    {"end": 5},
    {"rate": 8000},
    {"channels": 1},
    {"lanes": "left"},
    {"lanes": "right,left"},
    {"muted": "left"},
    {"end": 3},
)


async def test_the_digest_is_that_of_the_samples(api: Api) -> None:
    await walk(api)
    whole = await api.get(f"{PATH}.wav")
    answer = await api.get(PATH, {"digest": "true"})
    assert answer.document["sound"] == {
        "rate": RATE,
        "channels": 2,
        "offset": 0.0,
        "frames": 10 * RATE,
        "gain": 0.5,
        "sha256": hashlib.sha256(whole.body[44:]).hexdigest(),
    }
    plain = await api.get(PATH)
    assert "sound" not in plain.document
    assert plain.headers["ETag"] != answer.headers["ETag"]
    assert answer.document["clips"] == plain.document["clips"]


async def test_a_clip_before_zero_is_where_the_sound_begins(api: Api) -> None:
    early = {**told("0", "listen-started", 0, asset="low", listen="early"), "time": "2026-05-14T13:59:58Z"}
    await walk(api, early)
    answer = await api.get(f"{PATH}.wav")
    assert float(answer.headers["Playhead-Offset"]) == -2
    assert len(samples(answer.body)) == 12 * RATE
    assert samples(answer.body)[100, 0] != 0
    part = await api.get(f"{PATH}.wav", {"start": -2, "end": 0})
    assert np.array_equal(samples(part.body), samples(answer.body)[: 2 * RATE])


async def test_a_live_session_leads_to_the_sound_as_of_now(api: Api) -> None:
    await walk(api, ended=False)
    answer = await api.get(f"{PATH}.wav", {"channels": 1})
    assert (answer.status, answer.headers["Cache-Control"]) == (302, "no-store")
    assert answer.headers["Location"] == "replay.wav?channels=1&as_of=7"
    assert (await api.get(PATH, headers={"Accept": "audio/wav"})).status == 302
    assert (await api.get(f"{PATH}.wav", {"as_of": 7})).status == 200
    assert (await api.get(f"{PATH}.flac")).headers["Location"] == "replay.flac?as_of=7"
    await api.send(told("8", "session-ended", 10))
    assert (await api.get(f"{PATH}.wav")).status == 200


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"start": "soon"}, 400, "start"),
        ({"start": "nan"}, 400, "start"),
        ({"start": "1_0"}, 400, "start"),
        ({"end": "1e400"}, 400, "end"),
        ({"rate": 1}, 400, "rate"),
        ({"rate": 44100.5}, 400, "rate"),
        ({"channels": 0}, 400, "channels"),
        ({"channels": 8}, 400, "channels"),
        ({"lanes": ","}, 400, "lanes"),
        ({"lanes": "%FF"}, 400, "lanes"),
        ({"muted": ",".join(map(str, range(257)))}, 400, "muted"),
        ({"digest": "true"}, 400, "digest"),
        ({"start": 5, "end": 5}, 422, None),
        ({"start": 9, "end": 2}, 422, None),
        ({"start": 1e11}, 422, None),
        ({"end": -1e11}, 422, None),
    ],
)
async def test_what_cannot_be_asked_gets_a_clear_answer(
    api: Api, form: str, query: dict[str, object], status: int, field: str | None
) -> None:
    await walk(api)
    answer = await api.get(f"{PATH}.{form}", query)
    assert answer.status == status
    assert [fault[1] for fault in answer.faults] == ([] if field is None else [field])


async def test_of_a_session_of_days_a_part_is_made_and_the_whole_is_refused(api: Api) -> None:
    later = {**told("9", "session-ended", 0), "time": "2026-05-16T14:00:00Z"}
    await walk(api, later, ended=False)
    refused = await api.get(f"{PATH}.wav")
    assert refused.status == 422
    assert "48.0 hours" in refused.document["detail"]
    part = await api.get(f"{PATH}.wav", {"start": 90_000, "end": 90_001})
    assert len(part.body) == 44 + RATE * 4
    day = await api.ask("HEAD", f"{PATH}.wav", {"start": 0, "end": 86_400})
    assert day.headers["Content-Length"] == str(80 + 86_400 * RATE * 4)
    end = await api.get(
        f"{PATH}.wav", {"start": 0, "end": 86_400}, headers={"Range": f"bytes={86_400 * RATE * 4}-"}
    )
    assert (end.status, end.body) == (206, bytes(80))


async def test_without_length_there_is_no_sound(api: Api) -> None:
    await api.send(told("1", "session-started", 0), told("2", "session-ended", 0))
    for form in FORMS:
        assert (await api.get(f"{PATH}.{form}")).status == 422


async def test_missing_and_broken_recordings_are_silent_and_the_rest_sounds(api: Api) -> None:
    names = ("gone", "zip", "empty", "undescribed")
    described = [told(f"d{name}", "asset-described", 0, asset=name, url=f"{name}.wav") for name in names[:3]]
    listens = [
        event
        for index, name in enumerate(names)
        for event in (
            told(f"s{name}", "listen-started", 7 + index * 0.5, asset=name, listen=name),
            told(f"e{name}", "listen-ended", 7.5 + index * 0.5, listen=name),
        )
    ]
    await walk(api, *described, *listens)
    folder = api.services.media.recordings.folder("default")
    (folder / "zip.wav").write_bytes(b"PK\3\4" + bytes(1000))
    (folder / "empty.wav").write_bytes(b"")
    for form in FORMS:
        answer = await api.get(f"{PATH}.{form}")
        assert answer.status == 200
    sound = samples((await api.get(f"{PATH}.wav")).body)
    assert sound[: 7 * RATE].any()
    assert not sound[7 * RATE :].any()


class Slow:
    """Decoding that waits until it may go on."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.blocks = 0
        self._loop = asyncio.get_running_loop()
        self._go = asyncio.Event()
        self.may_go = False

    def decode(self, path: Path, rate: int) -> Iterator[Pcm]:
        import time

        self._loop.call_soon_threadsafe(self.begun.set)
        for block in decode_pcm(path, rate):
            self.blocks += 1
            yield block
            while not self.may_go:
                time.sleep(0.01)


@pytest.fixture
async def slow(monkeypatch: pytest.MonkeyPatch) -> Any:
    made = Slow()
    monkeypatch.setattr(spool, "decode_pcm", made.decode)
    yield made
    made.may_go = True


class TestAServerWithoutPatience:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return patient(tmp_path, max_renders=1, render_wait=0.2)

    async def test_who_cannot_be_served_soon_is_told_when_to_come_back(self, api: Api, slow: Slow) -> None:
        await walk(api)
        first = asyncio.create_task(api.get(f"{PATH}.wav"))
        await slow.begun.wait()
        second = await api.get(f"{PATH}.flac")
        assert (second.status, second.headers["Retry-After"]) == (503, "5")
        slow.may_go = True
        assert (await first).status == 200
        assert (await api.get(f"{PATH}.flac")).status == 200


async def test_a_client_that_leaves_stops_the_work(api: Api, slow: Slow) -> None:
    await walk(api)
    request = asyncio.create_task(api.get(f"{PATH}.wav"))
    await slow.begun.wait()
    request.cancel()
    async with asyncio.timeout(10):
        while api.services.renders.open:  # noqa: ASYNC110 - there is nothing else to wait for
            await asyncio.sleep(0.01)
    slow.may_go = True
    files = (api.services.settings.data / "cache" / "spool").rglob("*.pcm")
    assert await asyncio.to_thread(lambda: list(files)) == []
    assert (await api.get(f"{PATH}.wav")).status == 200


async def test_no_more_sounds_are_open_than_may_be(api: Api) -> None:
    await walk(api)
    api.services.renders.open = 3
    assert (await api.get(f"{PATH}.wav")).status == 503
    assert (await api.ask("HEAD", f"{PATH}.wav")).status == 200
    api.services.renders.open = 0
    assert (await api.get(f"{PATH}.wav")).status == 200


async def test_a_disk_that_is_full_is_said_before_the_answer_begins(api: Api) -> None:
    await walk(api)
    folder = api.services.settings.data / "cache"
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    (folder / "spool").write_bytes(b"in the way")
    answer = await api.get(f"{PATH}.wav", {"start": 1})
    assert answer.status == 503
    assert "spool" in answer.document["detail"]


async def test_others_are_answered_while_a_sound_is_made(api: Api, slow: Slow) -> None:
    await walk(api)
    request = asyncio.create_task(api.get(f"{PATH}.wav"))
    await slow.begun.wait()
    async with asyncio.timeout(5):
        assert (await api.get("/api/v1/head")).status == 200
    slow.may_go = True
    assert (await request).status == 200


async def test_a_score_is_written_once_and_nothing_of_it_is_left_after_an_erasure(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await walk(api, told("secret", "listen-started", 8, asset="secret", listen="c"))
    written: list[int] = []

    def write(timeline: Timeline, rate: int) -> Score:
        written.append(rate)
        return write_score(timeline, rate)

    monkeypatch.setattr("server.sound.making.write_score", write)
    for place in (0, 4000, 9000):
        await api.get(f"{PATH}.wav", headers={"Range": f"bytes={place}-{place + 9}"})
    assert written == [RATE]
    assert scores_of("secret")
    assert (await api.ask("DELETE", "/api/v1/events/walk-secret")).status == 200
    assert not scores_of("secret")
    await api.get(f"{PATH}.wav")
    assert written == [RATE, RATE]


def scores_of(asset: str) -> list[Score]:
    """The scores in this process's memory that play an asset."""
    gc.collect()
    found = [each for each in gc.get_objects() if isinstance(each, Score)]
    return [score for score in found if any(part.asset == asset for part in score.parts)]


async def test_as_of_an_earlier_position_it_is_the_sound_as_known_then(api: Api) -> None:
    await walk(api)
    before = samples((await api.get(f"{PATH}.wav", {"as_of": 5})).body)
    assert len(before) == 4 * RATE
    assert frequency(before[3 * RATE : 4 * RATE, 0], RATE) == pytest.approx(300, abs=0.2)
    document = msgspec.json.decode((await api.get(PATH, {"as_of": 5, "digest": "true"})).body)
    assert document["sound"]["frames"] == 4 * RATE
