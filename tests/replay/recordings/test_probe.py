"""What a recording holds: its form and its true length, whatever its header says."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from replay.mixdown.wav import wav_header
from replay.recordings.known import Probe
from replay.recordings.opening import Unplayable
from replay.recordings.probe import probe
from replay.recordings.riff import promised_size
from tests.replay.recordings.making import RATE, film, wav, write

SECOND = 1_000_000_000
PACKET = 30_000_000
"""Nanoseconds: the length of a packet, to which a length in a lossy codec is true."""


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def cut(path: Path) -> Path:
    """The first half of a file, beside it."""
    content = path.read_bytes()
    return written(path.with_name(f"half-{path.name}"), content[: len(content) // 2])


def test_a_wav_is_told_exactly(tmp_path: Path) -> None:
    found = probe(written(tmp_path / "a.wav", wav(1.5, 44_100, 2)))
    assert found == Probe(container="wav", codec="pcm_s16le", channels=2, rate=44_100, duration=1_500_000_000)


@pytest.mark.parametrize(
    ("name", "codec", "told", "container"),
    [
        ("a.flac", "flac", "flac", "flac"),
        ("a.mp3", "mp3", "mp3", "mp3"),
        ("a.opus", "libopus", "opus", "ogg"),
        ("a.webm", "libopus", "opus", "matroska"),
        ("a.m4a", "aac", "aac", "mov"),
        ("a.aac", "aac", "aac", "aac"),
        ("a.wav", "adpcm_ms", "adpcm_ms", "wav"),
    ],
)
def test_every_common_codec_is_known_and_as_long_as_it_is(
    name: str, codec: str, told: str, container: str, tmp_path: Path
) -> None:
    found = probe(write(tmp_path / name, codec, seconds=2))
    assert (found.codec, found.container, found.channels, found.rate) == (told, container, 2, RATE)
    assert abs(found.duration - 2 * SECOND) <= 2 * PACKET
    assert not found.cut_off


@pytest.mark.parametrize(
    ("name", "codec"), [("a.flac", "flac"), ("a.mp3", "mp3"), ("a.opus", "libopus"), ("a.aac", "aac")]
)
def test_a_file_that_was_cut_off_is_as_long_as_what_is_left(name: str, codec: str, tmp_path: Path) -> None:
    found = probe(cut(write(tmp_path / name, codec, seconds=10)))
    assert 4 * SECOND < found.duration < 6 * SECOND
    assert found.cut_off is (codec in ("flac", "mp3"))


def test_a_wav_that_was_cut_off_is_as_long_as_its_samples(tmp_path: Path) -> None:
    content = wav(1, 1000)
    found = probe(written(tmp_path / "a.wav", content[:-1000]))
    assert (found.duration, found.cut_off) == (SECOND // 2, True)


def test_a_large_wav_that_was_cut_off_is_told(tmp_path: Path) -> None:
    """RF64: the size stands in a chunk of its own."""
    samples = wav(1, 1000)[44:]
    for promised, cut_off in ((len(samples), False), (2**33, True)):
        content = wav_header(2**31, 1000, 1)
        content = content.replace((2**32).to_bytes(8, "little"), promised.to_bytes(8, "little"))
        found = probe(written(tmp_path / "a.wav", content + samples))
        assert (found.duration, found.cut_off) == (SECOND, cut_off)


@pytest.mark.parametrize("size", [0xFFFF_FFFF, 0x7FFF_FFFF, 0])
def test_a_wav_written_as_it_was_made_promises_nothing(size: int, tmp_path: Path) -> None:
    content = wav(1, 1000)
    content = content[:40] + size.to_bytes(4, "little") + content[44:]
    assert promised_size(written(tmp_path / "a.wav", content)) is None
    assert not probe(tmp_path / "a.wav").cut_off


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"RIFF\0\0\0\0WAVE",
        b"RIFF\0\0\0\0WAVEfmt \xff\xff\xff\xff",
        b"RF64\0\0\0\0WAVEds64\1\0\0\0",
        b"fLaC" * 9,
    ],
)
def test_what_is_no_whole_wav_header_promises_nothing(content: bytes, tmp_path: Path) -> None:
    assert promised_size(written(tmp_path / "a.wav", content)) is None


def test_chunks_before_the_samples_are_passed_over(tmp_path: Path) -> None:
    content = wav(1, 1000)
    content = content[:36] + b"LIST\3\0\0\0abc\0" + content[36:]
    assert promised_size(written(tmp_path / "a.wav", content)) == len(content)


def test_eight_channels_are_a_recording(tmp_path: Path) -> None:
    assert probe(written(tmp_path / "a.wav", wav(1, channels=8))).channels == 8


def test_of_a_film_the_sound_counts(tmp_path: Path) -> None:
    found = probe(film(tmp_path / "a.mp4", sound=True))
    assert (found.codec, found.channels) == ("aac", 1)
    assert abs(found.duration - SECOND) <= 2 * PACKET


def test_a_rate_that_changes_midway_is_counted_at_each_rate(tmp_path: Path) -> None:
    fast = write(tmp_path / "a.mp3", "mp3", rate=44_100).read_bytes()
    slow = write(tmp_path / "b.mp3", "mp3", rate=22_050).read_bytes()
    found = probe(written(tmp_path / "c.mp3", fast + slow))
    assert found.rate == 44_100
    assert found.duration > SECOND


def zipped(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.wav", wav())
    return path


def test_a_zip_named_wav_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unplayable, match="no sound file"):
        probe(zipped(tmp_path / "a.wav"))


def test_a_film_without_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unplayable, match="pictures and no sound"):
        probe(film(tmp_path / "a.mp4", sound=False))


def test_a_codec_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unplayable, match="codec that cannot be decoded"):
        probe(written(tmp_path / "a.wav", wav(tag=0x7777)))


@pytest.mark.parametrize("content", [b"", b"RIFF", b"hello", wav(0), b"\0" * 10_000, wav()[:44]])
def test_what_holds_no_sound_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(Unplayable, match=r"it is no sound file|there is no sound in it"):
        probe(written(tmp_path / "a.wav", content))


def test_a_container_that_ffmpeg_calls_a_failing_disk_is_refused(tmp_path: Path) -> None:
    head = "1a45dfa3a34286810142f7810142f2810442f381084282886d6174726f736b61428781044285810218538067"
    path = tmp_path / "a.mkv"
    path.write_bytes(bytes.fromhex(head + "0100000000e12ef6114d9b74"))
    with pytest.raises(Unplayable):
        probe(path)


@pytest.mark.parametrize("rate", [1, 999, 1_000_000])
def test_a_rate_that_nobody_uses_is_refused(rate: int, tmp_path: Path) -> None:
    with pytest.raises(Unplayable, match="frames a second"):
        probe(
            written(
                tmp_path / "a.wav", wav(0.5, 1000).replace(b"\xe8\x03\0\0", rate.to_bytes(4, "little"), 1)
            )
        )


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.wav\n#EXT-X-ENDLIST\n"
CONCAT = b"ffconcat version 1.0\nfile secret.wav\n"


@pytest.mark.parametrize("content", [PLAYLIST, CONCAT])
def test_a_list_of_other_files_is_never_followed(content: bytes, tmp_path: Path) -> None:
    written(tmp_path / "secret.wav", wav())
    with pytest.raises(Unplayable):
        probe(written(tmp_path / "a.wav", content))
    with pytest.raises(Unplayable):
        probe(written(tmp_path / "a.m3u8", content))


def test_a_file_that_is_gone_is_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        probe(tmp_path / "a.wav")
