"""The recordings as they are written: their level, their length, their seams, and what can be heard in them."""

from __future__ import annotations

import hashlib
import io
import wave
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from server.demo.catalogue import AGENT_TURNS, CALLER_TURNS, RECORDINGS, Recording
from server.demo.recordings import encode_wav
from server.demo.sound.synth import Signal, finished, noise, place, reverberant, swell

BY_ASSET = {recording.asset: recording for recording in RECORDINGS}


def make(recording: Recording) -> bytes:
    return encode_wav(recording.make(recording.seconds, recording.rate), recording.rate)


make_once = cache(make)


def made(recording: Recording) -> tuple[Signal, bytes]:
    """The samples of a recording's file, one column a channel, and the file."""
    content = make_once(recording)
    with wave.open(io.BytesIO(content)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
    return samples / 32768, content


def decibels(value: float | NDArray[Any]) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(value)))))


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.asset)
def test_a_recording_is_clean(recording: Recording) -> None:
    samples, content = made(recording)
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getframerate(), file.getsampwidth()) == (recording.rate, 2)
    assert len(samples) == recording.seconds * recording.rate
    assert decibels(np.max(np.abs(samples))) == pytest.approx(-3, abs=0.01)
    assert -30 < decibels(samples) < -6
    assert np.all(np.abs(samples.mean(axis=0)) < 1e-4)
    if recording.loops:
        assert _seam(samples) < np.max(np.abs(np.diff(samples, axis=0)))
        assert abs(_level_across_the_seam(samples, recording.rate)) < 6
    else:
        assert np.all(np.abs(samples[[0, -1]]) < 1e-3)
        assert decibels(samples[-recording.rate // 1000 :] + 1e-9) < -50


def _seam(samples: Signal) -> float:
    """The step from the last frame back to the first."""
    return float(np.max(np.abs(samples[0] - samples[-1])))


def _level_across_the_seam(samples: Signal, rate: int) -> float:
    """How much louder the first tenth of a second is than the last, in decibels."""
    tenth = rate // 10
    return decibels(samples[:tenth]) - decibels(samples[-tenth:])


def test_all_recordings_together_stay_small() -> None:
    channels = {"birds-at-the-pond": 2, "fountain": 2, "birches": 2, "pavilion-strings": 2}
    size = sum(44 + 2 * r.seconds * r.rate * channels.get(r.asset, 1) for r in RECORDINGS)
    assert size < 30_000_000


@pytest.mark.parametrize("asset", ["hall-clock", "gravel-steps", "guide-9"])
def test_making_a_recording_again_gives_the_same_file(asset: str) -> None:
    files = {hashlib.sha256(make(BY_ASSET[asset])).hexdigest() for _ in range(2)}
    assert len(files) == 1


def test_noise_is_the_sequence_that_its_authors_publish() -> None:
    published = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    assert noise(0, 3).tolist() == pytest.approx([number / 2**63 - 1 for number in published], abs=1e-15)
    assert not set(noise(0, 1000)) & set(noise(1, 1000))


def test_noise_is_even_and_without_offset() -> None:
    many = noise(7, 200_000)
    assert abs(many.mean()) < 0.01
    assert many.std() == pytest.approx(1 / np.sqrt(3), abs=0.01)
    assert abs(np.corrcoef(many, noise(8, 200_000))[0, 1]) < 0.01


def _spectrum(samples: Signal, rate: int) -> tuple[Signal, Signal]:
    mono = samples.mean(axis=1) * np.hanning(len(samples))
    hertz: Signal = np.fft.rfftfreq(len(mono), 1 / rate).astype(np.float64)
    return hertz, np.abs(np.fft.rfft(mono))


def test_the_bench_tone_is_440_hertz_and_nothing_else() -> None:
    recording = BY_ASSET["bench-tone"]
    hertz, loud = _spectrum(made(recording)[0], recording.rate)
    assert hertz[np.argmax(loud)] == pytest.approx(440, abs=0.2)
    assert np.max(loud[np.abs(hertz - 440) > 20]) < np.max(loud) * 1e-3


def test_the_bell_rings_with_a_minor_third_over_its_prime() -> None:
    recording = BY_ASSET["church-bell"]
    hertz, loud = _spectrum(made(recording)[0], recording.rate)
    prime, tierce, between = (np.max(loud[np.abs(hertz - at) < 3]) for at in (277.2, 277.2 * 1.183, 302))
    assert min(prime, tierce) > 20 * between


@pytest.mark.parametrize(("side", "turns"), [("agent", AGENT_TURNS), ("caller", CALLER_TURNS)])
def test_a_voice_of_the_call_is_heard_in_its_turns_alone(
    side: str, turns: tuple[tuple[float, float], ...]
) -> None:
    recording = BY_ASSET[f"call-0417-{side}"]
    samples = made(recording)[0][:, 0]
    times = np.arange(len(samples)) / recording.rate
    inside = np.zeros(len(samples), bool)
    beside = np.ones(len(samples), bool)
    for start, stop in turns:
        inside |= (times > start) & (times < stop)
        beside &= (times < start - 0.05) | (times > stop + 0.4)
    assert decibels(samples[inside]) > -25
    assert decibels(samples[beside] + 1e-9) < -70


def test_agent_and_caller_are_two_people() -> None:
    pitches = {side: _pitch(BY_ASSET[f"call-0417-{side}"]) for side in ("agent", "caller")}
    assert pitches["caller"] == pytest.approx(108, rel=0.12)
    assert pitches["agent"] == pytest.approx(196, rel=0.12)


def _pitch(recording: Recording) -> float:
    """The usual pitch of a voice: where the autocorrelation of its loud parts peaks."""
    samples, rate = made(recording)[0][:, 0], recording.rate
    frames = samples[: len(samples) // 1024 * 1024].reshape(-1, 1024)
    loud = frames[np.sqrt(np.mean(frames**2, axis=1)) > 0.08]
    power = np.abs(np.fft.rfft(loud, 2048, axis=1)) ** 2
    alike = np.fft.irfft(power, axis=1)[:, : rate // 70]
    shortest = rate // 320
    return float(np.median(rate / (shortest + np.argmax(alike[:, shortest:], axis=1))))


def test_a_signal_beyond_full_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="louder"):
        encode_wav(np.array([0.0, 1.01]), 8000)


def test_a_grain_beyond_the_end_is_dropped_or_wraps_round() -> None:
    dropped, wrapped = np.zeros(10), np.zeros(10)
    place(dropped, np.arange(1.0, 5.0), 0.8, 10)
    place(wrapped, np.arange(1.0, 5.0), 0.8, 10, wrap=True)
    assert dropped.tolist() == [0, 0, 0, 0, 0, 0, 0, 0, 1, 2]
    assert wrapped.tolist() == [3, 4, 0, 0, 0, 0, 0, 0, 1, 2]


def test_a_room_on_a_circle_rings_on_across_the_seam() -> None:
    click = np.zeros(8000)
    click[-1] = 1
    dry_end, ringing = (
        np.abs(reverberant(click, 8000, time=0.4, mix=1.0, seed=1, wrap=wrap)[:800]).max()
        for wrap in (False, True)
    )
    assert dry_end < 1e-9 < 1e-3 < ringing


def test_what_fades_begins_and_ends_in_silence() -> None:
    faded = finished(noise(3, 8000), 8000, fades=(0.1, 0.2))
    assert abs(faded[0]) + abs(faded[-1]) < 1e-4
    assert swell(8000, 8000, 0.1, 0.2)[800:6400].tolist() == [1.0] * 5600
