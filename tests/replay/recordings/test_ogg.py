"""Chains of Ogg: link after link, whatever each one holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from replay.recordings import ogg
from replay.recordings.decode import decode
from replay.recordings.ogg import Link, Part, links
from replay.recordings.opening import Unplayable
from replay.recordings.pcm import decode_pcm
from replay.recordings.probe import probe
from tests.replay.recordings.making import write
from tests.replay.sounds import Signal, encode, frequency, heard, level, tone, write_pcm

SECOND = 1_000_000_000


def opus(path: Path, hertz: float, channels: int = 1) -> Path:
    signal = tone(hertz, 2, rate=48000, channels=channels)
    return encode(path, signal, codec="libopus", rate=48000, form="flt")


def vorbis(path: Path, hertz: float, rate: int) -> Path:
    return encode(path, tone(hertz, 2, rate=rate, channels=2), codec="vorbis", rate=rate)


def chained(path: Path, *parts: Path) -> Path:
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def sounds(sound: Signal, *hertz: float) -> None:
    """Each two seconds sound at their frequency, at the level they were written with."""
    assert len(sound) == pytest.approx(2 * 44100 * len(hertz), abs=4000 * len(hertz))
    for index, each in enumerate(hertz):
        middle = sound[int((2 * index + 0.6) * 44100) : int((2 * index + 1.5) * 44100), 0]
        assert frequency(middle, 44100) == pytest.approx(each, abs=0.2)
        assert level(middle) == pytest.approx(-6.02, abs=0.3)


def test_a_chain_goes_on_where_its_channels_change(tmp_path: Path) -> None:
    one, two = opus(tmp_path / "1.opus", 440), opus(tmp_path / "2.opus", 660, channels=2)
    for name, first, second, pair in (("a", one, two, (440, 660)), ("b", two, one, (660, 440))):
        chain = chained(tmp_path / f"{name}.opus", first, second, first)
        assert probe(chain).duration == 6 * SECOND
        sounds(heard(chain, 44100), *pair, pair[0])


def test_a_chain_goes_on_where_its_rate_changes(tmp_path: Path) -> None:
    one, two = vorbis(tmp_path / "1.ogg", 440, 44100), vorbis(tmp_path / "2.ogg", 660, 22050)
    sounds(heard(chained(tmp_path / "a.ogg", one, two), 44100), 440, 660)
    sounds(heard(chained(tmp_path / "b.ogg", two, one), 44100), 660, 440)


def test_a_chain_goes_on_where_its_codec_changes(tmp_path: Path) -> None:
    one, two = vorbis(tmp_path / "1.ogg", 440, 44100), opus(tmp_path / "2.opus", 660)
    sounds(heard(chained(tmp_path / "a.ogg", one, two), 44100), 440, 660)


def test_the_spool_has_all_of_a_chain(tmp_path: Path) -> None:
    chain = chained(tmp_path / "a.opus", opus(tmp_path / "1.opus", 440), opus(tmp_path / "2.opus", 660, 2))
    scaled = np.rint(np.concatenate(list(decode(chain, 44100))) * 32768)
    assert np.array_equal(np.concatenate(list(decode_pcm(chain, 44100))), scaled)


def test_a_link_that_holds_no_sound_is_passed_over_and_does_not_count(tmp_path: Path) -> None:
    one, two = opus(tmp_path / "1.opus", 440), opus(tmp_path / "2.opus", 660)
    odd = tmp_path / "odd.opus"
    odd.write_bytes(one.read_bytes().replace(b"OpusHead", b"NobodyKn").replace(b"OpusTags", b"NobodyKn"))
    chain = chained(tmp_path / "a.opus", one, odd, two)
    assert len(links(chain)) == 3
    assert probe(chain).duration == 4 * SECOND
    sounds(heard(chain, 44100), 440, 660)


def test_a_chain_whose_first_link_holds_no_sound_is_refused(tmp_path: Path) -> None:
    one = opus(tmp_path / "1.opus", 440)
    odd = tmp_path / "odd.opus"
    odd.write_bytes(one.read_bytes().replace(b"OpusHead", b"NobodyKn").replace(b"OpusTags", b"NobodyKn"))
    chain = chained(tmp_path / "a.opus", odd, one)
    with pytest.raises(Unplayable):
        next(decode(chain))
    with pytest.raises(Unplayable):
        probe(chain)


def test_of_a_chain_of_too_many_links_the_first_count_and_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = opus(tmp_path / "1.opus", 440), opus(tmp_path / "2.opus", 660)
    monkeypatch.setattr(ogg, "MOST_LINKS", 2)
    chain = chained(tmp_path / "a.opus", one, two, one)
    assert (probe(chain).duration, probe(chain).cut_off) == (4 * SECOND, True)
    sounds(heard(chain, 44100), 440, 660)
    monkeypatch.setattr(ogg, "MOST_LINKS", 3)
    assert (probe(chain).duration, probe(chain).cut_off) == (6 * SECOND, False)


def test_a_chain_of_more_than_a_thousand_links_is_all_of_them(tmp_path: Path) -> None:
    short = encode(tmp_path / "1.opus", tone(440, 0.02, rate=48000), codec="libopus", rate=48000, form="flt")
    chain = tmp_path / "a.opus"
    chain.write_bytes(short.read_bytes() * 1100)
    assert len(links(chain)) == 1100
    assert probe(chain).duration == 1100 * probe(short).duration


def test_the_last_link_may_be_cut_off(tmp_path: Path) -> None:
    chain = chained(tmp_path / "a.opus", opus(tmp_path / "1.opus", 440), opus(tmp_path / "2.opus", 660))
    chain.write_bytes(chain.read_bytes()[:-2000])
    assert 2 * SECOND < probe(chain).duration < 4 * SECOND
    assert 2 * 44100 < len(heard(chain, 44100)) < 4 * 44100


def test_links_lie_one_after_the_other_and_what_is_no_chain_is_one(tmp_path: Path) -> None:
    one, two = opus(tmp_path / "1.opus", 440), opus(tmp_path / "2.opus", 660)
    size, both = one.stat().st_size, one.stat().st_size + two.stat().st_size
    assert links(chained(tmp_path / "a.opus", one, two)) == [Link(0, size), Link(size, both)]
    assert links(one) == [None]
    assert links(write_pcm(tmp_path / "a.wav", tone(440, 1))) == [None]
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "short").write_bytes(b"OggS\0\2")
    assert links(tmp_path / "empty") == links(tmp_path / "short") == [None]


def test_several_streams_side_by_side_are_no_chain(tmp_path: Path) -> None:
    page = b"OggS\0%b" + bytes(20) + b"\1\1x"
    streams = [page % b"\2", page % b"\2", page % b"\0", page % b"\0"]
    (tmp_path / "a.ogg").write_bytes(b"".join(streams))
    assert links(tmp_path / "a.ogg") == [None]


def test_a_part_reads_as_a_file_of_its_own(tmp_path: Path) -> None:
    path = write(tmp_path / "a.opus", "libopus")
    content = path.read_bytes()
    part = Part(path, Link(10, 50))
    assert part.read(5) == content[10:15]
    assert (part.tell(), part.seek(-10, 2), part.read()) == (5, 30, content[40:50])
    assert (part.seek(-99), part.read(99), part.read(1)) == (0, content[10:50], b"")
    part.close()
