"""`GET /api/v1/assets/{id}/peaks`: in audiowaveform's formats, at every zoom, of any part, made once."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import pytest

from replay.errors import Unplayable
from replay.recordings.peaks import measure
from server.media import drawing
from tests.replay.recordings.making import RATE, wav
from tests.server.api import Api, Reply
from tests.server.assets.conftest import Put

PEAKS = "/api/v1/assets/a/peaks"
BINARY = {"Accept": "application/octet-stream"}
FRAMES = 5 * RATE


@pytest.fixture
async def tone(put: Put) -> None:
    """An asset with five seconds of a tone at half of full scale."""
    await put("a", wav(5))


def opened(answer: Reply) -> tuple[tuple[int, ...], list[int]]:
    """The header and the values of a `.dat` file."""
    header = struct.unpack_from("<iIiiIi", answer.body)
    return header, [value for (value,) in struct.iter_unpack("<h", answer.body[24:])]


@pytest.mark.usefixtures("tone")
async def test_both_forms_say_the_same(api: Api) -> None:
    document = (await api.get(PEAKS, {"zoom": 0})).document
    header, values = opened(await api.get(PEAKS, {"zoom": 0}, headers=BINARY))
    length = -(-FRAMES // 256)
    assert header == (2, 0, RATE, 256, length, 1)
    data = document.pop("data")
    assert document == {
        "version": 2,
        "channels": 1,
        "sample_rate": RATE,
        "samples_per_pixel": 256,
        "bits": 16,
        "length": length,
    }
    assert data == values
    assert len(values) == 2 * length
    assert {round(value / 16384, 2) for value in values[2:-2:2]} == {-1.0}
    assert {round(value / 16384, 2) for value in values[3:-2:2]} == {1.0}


@pytest.mark.usefixtures("tone")
async def test_each_zoom_is_made_of_the_one_before_it(api: Api) -> None:
    finer = (await api.get(PEAKS, {"zoom": 0})).document["data"]
    for zoom in range(1, 7):
        document = (await api.get(PEAKS, {"zoom": zoom})).document
        assert document["samples_per_pixel"] == 256 * 4**zoom
        lows, highs = finer[::2], finer[1::2]
        assert document["data"][::2] == [min(lows[n : n + 4]) for n in range(0, len(lows), 4)]
        assert document["data"][1::2] == [max(highs[n : n + 4]) for n in range(0, len(highs), 4)]
        finer = document["data"]


@pytest.mark.parametrize(
    ("asked", "given"), [(1, 256), (256, 256), (1000, 256), (1024, 1024), (10**9, 2**20)]
)
@pytest.mark.usefixtures("tone")
async def test_a_number_of_samples_gives_the_coarsest_zoom_that_is_as_fine(
    asked: int, given: int, api: Api
) -> None:
    document = (await api.get(PEAKS, {"samples_per_peak": asked})).document
    assert document["samples_per_pixel"] == given


@pytest.mark.usefixtures("tone")
async def test_without_a_zoom_the_answer_fits_a_screen(api: Api, put: Put) -> None:
    assert (await api.get(PEAKS)).document["samples_per_pixel"] == 256
    await put("a", wav(60))
    assert (await api.get(PEAKS)).document["samples_per_pixel"] == 1024
    assert (await api.get(PEAKS, {"end": 10})).document["samples_per_pixel"] == 256


@pytest.mark.usefixtures("tone")
async def test_a_part_is_that_slice_of_the_whole(api: Api) -> None:
    whole = (await api.get(PEAKS, {"zoom": 1})).document["data"]
    answer = await api.get(PEAKS, {"zoom": 1, "start": 1, "end": 2})
    first = RATE // 1024
    stop = -(-2 * RATE // 1024)
    assert answer.document["data"] == whole[2 * first : 2 * stop]
    assert float(answer.headers["Playhead-Start"]) == pytest.approx(first * 1024 / RATE, abs=1e-9)
    beyond = await api.get(PEAKS, {"zoom": 1, "start": 4.99, "end": 100})
    assert beyond.document["data"] == whole[2 * (round(4.99 * RATE) // 1024) :]
    assert (await api.get(PEAKS, {"start": 50})).document["length"] == 0


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"zoom": 1, "samples_per_peak": 256}, "zoom"),
        ({"zoom": 7}, "zoom"),
        ({"samples_per_peak": 0}, "samples_per_peak"),
        ({"start": 2, "end": 1}, "end"),
        ({"start": "nan"}, "start"),
        ({"start": -1}, "start"),
    ],
)
@pytest.mark.usefixtures("tone")
async def test_what_cannot_be_asked_is_refused(parameters: dict[str, Any], field: str, api: Api) -> None:
    answer = await api.get(PEAKS, parameters)
    assert (answer.status, answer.faults[0][1]) == (400, field)


@pytest.mark.usefixtures("tone")
async def test_another_form_is_not_acceptable(api: Api) -> None:
    assert (await api.get(PEAKS, headers={"Accept": "image/png"})).status == 406


@pytest.mark.usefixtures("tone")
async def test_who_has_these_peaks_gets_none(api: Api, put: Put) -> None:
    etag = (await api.get(PEAKS, {"zoom": 1})).headers["ETag"]
    assert (await api.get(PEAKS, {"zoom": 1}, headers={"If-None-Match": etag})).status == 304
    assert (await api.get(PEAKS, {"zoom": 2}, headers={"If-None-Match": etag})).status == 200
    await put("a", wav(1))
    assert (await api.get(PEAKS, {"zoom": 1}, headers={"If-None-Match": etag})).status == 200


@pytest.mark.usefixtures("tone")
async def test_peaks_are_made_once_whoever_asks(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def count(*given: Any) -> Any:
        made.append(given)
        return measure(*given)

    monkeypatch.setattr("server.media.drawing.measure", count)
    answers = await asyncio.gather(*(api.get(PEAKS, {"zoom": zoom}) for zoom in (0, 1, 2) * 3))
    assert {answer.status for answer in answers} == {200}
    assert len(made) == 1


async def test_what_sounds_on_one_channel_is_drawn(api: Api, put: Put) -> None:
    whole = wav(1, channels=2)
    head, samples = whole[:44], bytearray(whole[44:])
    samples[0::4] = samples[1::4] = bytes(len(samples) // 4)  # the left channel is silent
    await put("a", head + bytes(samples))
    values = (await api.get(PEAKS, {"zoom": 2})).document["data"]
    assert max(values) > 16_000


async def test_what_has_no_recording_has_no_peaks(api: Api) -> None:
    assert (await api.get(PEAKS)).status == 404


@pytest.mark.usefixtures("tone")
async def test_peaks_that_take_long_are_told_to_come_back_for(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = api.services.media.drawing._slots
    monkeypatch.setattr(drawing, "SECONDS", 0.01)
    for _ in range(drawing.AT_ONCE):
        await slots.acquire()
    answer = await api.get(PEAKS)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    for _ in range(drawing.AT_ONCE):
        slots.release()
    monkeypatch.setattr(drawing, "SECONDS", 30.0)
    assert (await api.get(PEAKS)).status == 200


async def test_a_recording_that_cannot_be_decoded_after_all_has_no_peaks(
    api: Api, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise Unplayable("none of its sound can be decoded")

    await put("a", wav())
    monkeypatch.setattr("server.media.drawing.measure", refuse)
    answer = await api.get(PEAKS)
    assert (answer.status, answer.document["detail"]) == (
        404,
        "there is no waveform of it: none of its sound can be decoded",
    )
