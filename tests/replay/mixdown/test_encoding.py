"""What an encoder makes of samples, decoded again: as long, as loud, and the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from replay.mixdown.encoding import FLAC, MP3, OPUS, Codec, Shape, encode
from replay.recordings.pcm import Pcm
from tests.replay.sounds import heard, level, tone

RATE = 48000
SECONDS = 3.0
BLOCK = 5000


def blocks(amplitude: float, channels: int) -> Iterator[Pcm]:
    """A tone on every channel, in blocks that no encoder's frame fits."""
    wave = tone(440, SECONDS, rate=RATE, level=amplitude, channels=channels)
    whole = np.rint(wave * 32767).astype(np.int16)
    for first in range(0, len(whole), BLOCK):
        yield whole[first : first + BLOCK]


@pytest.mark.parametrize("amplitude", [0.01, 0.5, 0.99])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("codec", [FLAC, MP3, OPUS], ids=["flac", "mp3", "opus"])
def test_what_is_decoded_is_as_long_and_as_loud_as_what_was_encoded(
    codec: Codec, channels: int, amplitude: float, tmp_path: Path
) -> None:
    shape = Shape(round(SECONDS * RATE), RATE, channels)
    encoded = b"".join(encode(blocks(amplitude, channels), codec, shape))
    assert encoded == b"".join(encode(blocks(amplitude, channels), codec, shape))
    (tmp_path / "x").write_bytes(encoded)
    after = heard(tmp_path / "x")
    before = np.concatenate(list(blocks(amplitude, channels))) / 32768
    assert after.shape == before.shape
    middle = slice(RATE // 2, -RATE // 2)
    for channel in range(channels):
        assert level(after[middle, channel]) == pytest.approx(level(before[middle, channel]), abs=0.1)
