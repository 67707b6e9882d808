"""Decoding: the same sound in every codec, and an answer for every file that is none."""

from __future__ import annotations

import wave
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from replay.recordings.decode import BLOCK, decode
from replay.recordings.opening import Unplayable
from tests.replay.sounds import Signal, encode, frequency, heard, level, tone, write_pcm


def test_pcm_comes_out_as_it_went_in_to_the_last_bit(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(-32768, 32768, (50_000, 2)) / 32768
    assert np.array_equal(heard(write_pcm(tmp_path / "a.wav", noise)), noise)


def test_it_comes_in_blocks_so_that_a_long_recording_takes_no_more_memory(tmp_path: Path) -> None:
    blocks = list(decode(write_pcm(tmp_path / "a.wav", tone(440, 3))))
    assert {len(block) for block in blocks[:-1]} == {BLOCK}
    assert sum(map(len, blocks)) == 3 * 44100


CODECS = [
    ("a.flac", "flac", 44100, "s16"),
    ("a.mp3", "libmp3lame", 44100, "fltp"),
    ("a.opus", "libopus", 48000, "flt"),
    ("a.m4a", "aac", 44100, "fltp"),
    ("a.wav", "pcm_f32le", 22050, "flt"),
]


@pytest.mark.parametrize(("name", "codec", "rate", "form"), CODECS)
def test_every_codec_gives_its_tone_at_the_rate_that_is_asked_for(
    tmp_path: Path, name: str, codec: str, rate: int, form: str
) -> None:
    signal = tone(440, 2, rate=rate, channels=2)
    sound = heard(encode(tmp_path / name, signal, codec=codec, rate=rate, form=form), 44100)
    middle = sound[22050:66150, 0]
    assert sound.shape[1] == 2
    assert abs(len(sound) - 2 * 44100) < 2200
    assert frequency(middle, 44100) == pytest.approx(440, abs=0.1)
    lame = -0.45 if name.endswith("mp3") else 0  # LAME scales by 0.95
    assert level(middle) == pytest.approx(-6.02 + lame, abs=0.1)


@pytest.mark.parametrize("channels", [3, 8, 9, 30])
def test_many_channels_become_two_that_do_not_clip(tmp_path: Path, channels: int) -> None:
    sound = heard(write_pcm(tmp_path / "many.wav", np.full((4410, channels), 0.9)))
    assert sound.shape == (4410, 2)
    assert 0.5 < np.abs(sound).max() <= 1


def test_what_is_no_number_is_silent_and_what_is_too_loud_is_full_scale(tmp_path: Path) -> None:
    odd = np.array([[0.5], [np.nan], [np.inf], [-np.inf], [7.0], [-7.0], [3e38], [3e38]] * 1000)
    sound = heard(write_pcm(tmp_path / "odd.wav", odd, floats=True))
    assert np.array_equal(sound[:8, 0], [0.5, 0, 1, -1, 1, -1, 1, 1])


def test_a_recording_that_changes_its_rate_and_channels_goes_on_at_the_first(tmp_path: Path) -> None:
    first = encode(tmp_path / "a.mp3", tone(440, 2, rate=22050), codec="libmp3lame", rate=22050)
    second = encode(tmp_path / "b.mp3", tone(440, 2, channels=2), codec="libmp3lame")
    both = tmp_path / "both.mp3"
    both.write_bytes(first.read_bytes() + second.read_bytes())
    sound = heard(both, 44100)
    assert sound.shape[1] == 1
    assert len(sound) == pytest.approx(4 * 44100, abs=5000)
    for part in (sound[20_000:60_000, 0], sound[110_000:150_000, 0]):
        assert frequency(part, 44100) == pytest.approx(440, abs=0.2)
        assert level(part) == pytest.approx(-6.47, abs=0.1)


def _film(path: Path, sound: Signal | None) -> Path:
    import av

    with av.open(path, "w") as container:
        video = container.add_stream("mpeg4", rate=10)
        video.width, video.height, video.pix_fmt = 16, 16, "yuv420p"
        audio = container.add_stream("aac", rate=44100, layout="mono") if sound is not None else None
        for _ in range(20):
            container.mux(video.encode(av.VideoFrame.from_ndarray(np.zeros((24, 16), np.uint8), "yuv420p")))
        container.mux(video.encode(None))
        if audio is not None and sound is not None:
            frame = av.AudioFrame.from_ndarray(sound.T.astype(np.float32), format="fltp", layout="mono")
            frame.sample_rate = 44100
            container.mux([*audio.encode(frame), *audio.encode(None)])
    return path


def test_of_a_film_the_sound_is_taken(tmp_path: Path) -> None:
    sound = heard(_film(tmp_path / "film.mp4", tone(440, 2)))
    assert frequency(sound[22050:66150, 0], 44100) == pytest.approx(440, abs=0.1)


def test_a_recording_cut_off_half_way_gives_the_half_that_is_there(tmp_path: Path) -> None:
    whole = encode(tmp_path / "a.flac", tone(440, 20), codec="flac", form="s16").read_bytes()
    (tmp_path / "half.flac").write_bytes(whole[: len(whole) // 2])
    sound = heard(tmp_path / "half.flac")
    assert 8 * 44100 < len(sound) < 12 * 44100
    assert np.array_equal(sound, heard(tmp_path / "a.flac")[: len(sound)])


def test_rubbish_in_the_middle_is_passed_over(tmp_path: Path) -> None:
    content = bytearray(encode(tmp_path / "a.mp3", tone(440, 5), codec="libmp3lame").read_bytes())
    content[20_000:30_000] = np.random.default_rng(1).bytes(10_000)
    (tmp_path / "bad.mp3").write_bytes(content)
    sound = heard(tmp_path / "bad.mp3")
    assert 3.5 * 44100 < len(sound) < 5 * 44100
    assert frequency(sound[-30_000:-5_000, 0], 44100) == pytest.approx(440, abs=0.2)


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.wav", b"RIFF")


def _header_alone(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 44100, 0, "NONE", ""))


REFUSED: dict[str, Callable[[Path], object]] = {
    "a zip named .wav": _zip,
    "an empty file": lambda path: path.write_bytes(b""),
    "a text": lambda path: path.write_text("no sound at all " * 100),
    "a playlist": lambda path: path.write_text(
        "#EXTM3U\n#EXTINF:1,\nfile:///else/where.wav\n#EXT-X-ENDLIST\n"
    ),
    "a list of files": lambda path: path.write_text("ffconcat version 1.0\nfile a.wav\n"),
    "a film without sound": lambda path: _film(path.with_suffix(".mp4"), None).rename(path),
    "a file without samples": _header_alone,
    "a rate of 2 Hz": lambda path: write_pcm(path, np.zeros((100, 1)), rate=2),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_holds_no_sound_is_refused_before_any_block(tmp_path: Path, what: str) -> None:
    path = tmp_path / "x.wav"
    REFUSED[what](path)
    with pytest.raises(Unplayable):
        next(decode(path))
