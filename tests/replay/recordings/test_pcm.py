"""Samples of 16 bits: straight through FFmpeg or block by block, they are the same ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from replay.recordings import pcm
from replay.recordings.decode import BLOCK, decode
from replay.recordings.opening import Unplayable
from replay.recordings.pcm import Pcm, decode_pcm
from tests.replay.sounds import Signal, encode, level, tone, write_pcm


def straight(path: Path, rate: int, monkeypatch: pytest.MonkeyPatch) -> Pcm:
    """All samples, decoded straight through and in no other way."""
    with monkeypatch.context() as patch:
        patch.setattr(pcm, "decode", lambda *_: pytest.fail("it was not decoded straight through"))
        return np.concatenate(list(decode_pcm(path, rate)))


def rounded(path: Path, rate: int) -> Pcm:
    """What `decode` gives, in 16 bits."""
    scaled = np.concatenate(list(decode(path, rate))) * 32768
    return np.asarray(np.rint(scaled).clip(-32768, 32767), np.int16)


def noise(seconds: float, rate: int, channels: int) -> Signal:
    return np.random.default_rng(1).uniform(-1, 1, (round(seconds * rate), channels))


CODECS = [
    ("a.flac", "flac", 44100, "s16"),
    ("deep.flac", "flac", 48000, "s32"),
    ("a.mp3", "libmp3lame", 44100, "fltp"),
    ("a.opus", "libopus", 48000, "flt"),
    ("a.ogg", "vorbis", 44100, "fltp"),
    ("a.m4a", "aac", 44100, "fltp"),
    ("a.wav", "pcm_s16le", 44100, "s16"),
    ("slow.wav", "pcm_s16le", 22050, "s16"),
    ("deep.wav", "pcm_s24le", 96000, "s32"),
]


# FFmpeg's encoder of Vorbis makes two channels and nothing else.
CASES = [(*row, channels) for row in CODECS for channels in (1, 2) if (row[1], channels) != ("vorbis", 1)]


@pytest.mark.parametrize(("name", "codec", "rate", "form", "channels"), CASES)
def test_what_is_decoded_straight_through_is_what_decode_gives_to_the_last_bit(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    codec: str,
    rate: int,
    form: str,
    channels: int,
) -> None:
    path = encode(tmp_path / name, noise(1.3, rate, channels), codec=codec, rate=rate, form=form)
    for wanted in (44100, 48000):
        found = straight(path, wanted, monkeypatch)
        assert found.shape[1] == channels
        assert np.array_equal(found, rounded(path, wanted))


def test_it_comes_in_blocks_so_that_a_long_recording_takes_no_more_memory(tmp_path: Path) -> None:
    blocks = list(decode_pcm(write_pcm(tmp_path / "a.wav", tone(440, 3)), 44100))
    assert {len(block) for block in blocks[:-1]} == {BLOCK}
    assert sum(map(len, blocks)) == 3 * 44100


def _broken(path: Path) -> None:
    content = bytearray(encode(path, tone(440, 5), codec="libmp3lame").read_bytes())
    content[20_000:30_000] = np.random.default_rng(1).bytes(10_000)
    path.write_bytes(content)


def _changing(path: Path) -> None:
    first = encode(path, tone(440, 2, rate=22050), codec="libmp3lame", rate=22050).read_bytes()
    path.write_bytes(first + encode(path, tone(440, 2, channels=2), codec="libmp3lame").read_bytes())


def _cut_off(path: Path) -> None:
    content = encode(path, tone(440, 5), codec="libmp3lame").read_bytes()
    path.write_bytes(content[: len(content) // 2 + 1])


@pytest.mark.parametrize("spoil", [_broken, _changing, _cut_off])
def test_what_stands_in_the_way_is_passed_over_and_the_rest_follows(tmp_path: Path, spoil: object) -> None:
    assert callable(spoil)
    path = tmp_path / "a.mp3"
    spoil(path)
    found = np.concatenate(list(decode_pcm(path, 44100)))
    assert np.array_equal(found, rounded(path, 44100))
    assert len(found) > 2 * 44100


def test_what_is_far_above_full_scale_is_no_sample_from_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pcm, "STRAIGHT", {"pcm_f32le"})
    loud = np.repeat(np.array([[1e6, -1e6], [1e30, 0.5], [-2.0, 2.0]]), 5000, axis=0)
    path = encode(tmp_path / "a.wav", loud, codec="pcm_f32le", form="flt")
    found = straight(path, 44100, monkeypatch)
    assert found[[0, 5000, 10_000]].tolist() == [[32767, -32768], [32767, 16384], [-32768, 32767]]
    assert np.array_equal(found, rounded(path, 44100))


@pytest.mark.parametrize("channels", [3, 8])
def test_many_channels_become_two_as_decode_makes_them(tmp_path: Path, channels: int) -> None:
    path = write_pcm(tmp_path / "many.wav", noise(0.5, 44100, channels))
    assert np.array_equal(np.concatenate(list(decode_pcm(path, 48000))), rounded(path, 48000))


def test_a_name_with_signs_that_ffmpeg_reads_as_its_own_is_a_name(tmp_path: Path) -> None:
    path = write_pcm(tmp_path / "it's: [a=b],%d; \\c.wav", tone(440, 1))
    assert len(np.concatenate(list(decode_pcm(path, 44100)))) == 44100


def test_what_holds_no_sound_is_refused_before_any_block(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_text("no sound at all " * 100)
    with pytest.raises(Unplayable):
        next(decode_pcm(path, 44100))


@pytest.mark.parametrize(
    ("frequency", "rate", "wanted", "least", "most"),
    [
        (20_000, 48000, 44100, -6.1, -6.0),
        (20_900, 48000, 44100, -7.0, -6.0),
        (22_600, 48000, 44100, -200, -90),
        (3_600, 44100, 8000, -6.1, -6.0),
        (4_100, 44100, 8000, -200, -90),
        (7_600, 16000, 44100, -6.1, -6.0),
    ],
)
def test_resampling_keeps_what_both_rates_have_and_nothing_folds_back(
    tmp_path: Path, frequency: float, rate: int, wanted: int, least: float, most: float
) -> None:
    path = write_pcm(tmp_path / "a.wav", tone(frequency, 1, rate=rate), rate=rate, floats=True)
    middle = np.concatenate(list(decode(path, wanted)))[wanted // 4 : -wanted // 4]
    assert least < level(middle) < most
