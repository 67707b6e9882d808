"""A session's sound beside ffmpeg's: `python -m benchmarks.mix [--runs 3]`.

A session of ten minutes: sixty clips of fifteen seconds that overlap, cut from twelve recordings of half a minute
in Opus, MP3 and WAV, mixed to 44.1 kHz stereo WAV. Beside it ffmpeg does the same, with `adelay` and `amix`. Cold:
nothing is decoded yet. Warm: the spool has it. Then ten seconds out of the middle of a session of two hours, and
what memory that session takes. Absolute figures move between machines, and with what else these do: read the
ratios, and the processor's time beside the clock's.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from av.audio.stream import AudioStream

from replay.clock import NANOSECONDS
from replay.mixdown import Score, Sound, Spool, SpooledTapes, write_score
from replay.mixdown.encoding import FLAC, MP3, OPUS, Codec, encode
from replay.recordings import Known
from replay.timeline.model import Clip, Timeline, Totals

RATE = 44100
SECONDS = 600
CLIPS = 60
CLIP_SECONDS = 15
CODECS = {"opus": ("libopus", 48000), "mp3": ("libmp3lame", 44100), "wav": ("pcm_s16le", 44100)}
RECORDINGS = 12
RECORDING_SECONDS = 30
HOUR = 3600
MEBIBYTE = 2**20
FFMPEG = "ffmpeg, adelay and amix, to a WAV file"


def record(path: Path, codec: str, rate: int, seconds: int, seed: int) -> None:
    """A recording of stereo noise with a falling spectrum, much like music to an encoder."""
    chance = np.random.default_rng(seed)
    with av.open(path, "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="stereo")
        if not isinstance(stream, AudioStream):
            raise TypeError(codec)
        stream.codec_context.bit_rate = 128_000
        for second in range(seconds):
            walk = np.cumsum(chance.normal(0, 0.02, (2, rate)), axis=1)
            walk = 0.5 * np.tanh(walk - np.linspace(walk[:, 0], walk[:, -1], rate, axis=1))
            frame = av.AudioFrame.from_ndarray(
                (walk.T.reshape(1, -1) * 32767).astype(np.int16), format="s16", layout="stereo"
            )
            frame.sample_rate = rate
            frame.pts = second * rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def timeline(clips: list[Clip], seconds: int) -> Timeline:
    """A session of clips."""
    nothing = Totals(duration=0, heard=0, overlapping=0, silent=0, paused=0, stalled=0, unknown=0)
    return Timeline(
        log="default",
        session="walk",
        zero=0,
        start=0,
        stop=seconds * NANOSECONDS,
        position=1,
        started=True,
        ended=True,
        clips=tuple(clips),
        listens=(),
        pauses=(),
        stalls=(),
        silences=(),
        unknown=(),
        marks=(),
        holes=(),
        orphans=(),
        erased=(),
        descriptions={},
        totals=nothing,
    )


def clip(asset: str, start: float, length: float, media: float = 0.0) -> Clip:
    """A clip, its times in seconds."""
    begin, stop = round(start * NANOSECONDS), round((start + length) * NANOSECONDS)
    return Clip(
        listen=f"{start}",
        asset=asset,
        start=begin,
        stop=stop,
        end="observed",
        media_in=round(media * NANOSECONDS),
    )


def known(path: Path) -> Known:
    """A recording, as it is looked for."""
    return Known(path, path.name, None, None)


def write_wav(sound: Sound, recordings: dict[str, Known], spool: Spool, path: Path) -> None:
    """Mix to a WAV file."""
    with SpooledTapes(spool, recordings, RATE) as tapes, path.open("wb") as file:
        for piece in sound.wav(tapes, 0, sound.wav_size):
            file.write(piece)


def write_encoded(sound: Sound, codec: Codec, recordings: dict[str, Known], spool: Spool) -> None:
    """Mix and encode, to nowhere."""
    with SpooledTapes(spool, recordings, sound.score.rate) as tapes:
        for _ in encode(sound.blocks(tapes), codec, sound.shape):
            pass


def with_ffmpeg(clips: list[Clip], files: dict[str, Known], path: Path) -> None:
    """The same with ffmpeg: each clip cut, delayed to its sample, and all summed."""
    inputs: list[str] = []
    chains = []
    for number, each in enumerate(clips):
        start, length = each.media_in / NANOSECONDS, (each.stop - each.start) / NANOSECONDS
        inputs += ["-ss", f"{start}", "-t", f"{length}", "-i", str(files[each.asset or ""].path)]
        delay = each.start * RATE // NANOSECONDS
        chains.append(f"[{number}]aresample={RATE},adelay={delay}S:all=1[c{number}]")
    everything = "".join(f"[c{number}]" for number in range(len(clips)))
    graph = ";".join([*chains, f"{everything}amix=inputs={len(clips)}:normalize=0"])
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-y",
        *inputs,
        "-filter_complex",
        graph,
        "-ar",
        str(RATE),
        "-ac",
        "2",
        str(path),
    ]
    subprocess.run(command, check=True)


class Took(NamedTuple):
    """What some work took: seconds by the clock, and seconds of the processor, its children's included."""

    clock: float
    processor: float


def processor() -> float:
    """The processor's seconds that this process and its ended children have used."""
    return sum(os.times()[:4])


def took(work: Callable[[], object]) -> Took:
    """What work takes."""
    began, used = time.perf_counter(), processor()
    work()
    return Took(time.perf_counter() - began, processor() - used)


def medians(works: Mapping[str, Callable[[], object]], runs: int) -> dict[str, Took]:
    """What each work takes at the median of some runs, in turn: what disturbs the machine disturbs them alike."""
    found: dict[str, list[Took]] = {name: [] for name in works}
    for _ in range(runs):
        for name, work in works.items():
            found[name].append(took(work))
    return {name: Took(*map(statistics.median, zip(*each, strict=True))) for name, each in found.items()}


def show(what: str, took: Took, sound: float, beside: Took | None = None) -> None:
    """A line of the table: the time, how much faster than it plays, and than ffmpeg; the same of the processor."""
    ratios = (
        ["", ""] if beside is None else [f"{b / t:6.1f}x ffmpeg" for b, t in zip(beside, took, strict=True)]
    )
    times = [f"{each * 1000:8.1f} ms {sound / each:6.0f}x real time" for each in took]
    print(f"{what:<44} {times[0]} {ratios[0]:<16} | processor {times[1]} {ratios[1]}".rstrip())


def ten_minutes(folder: Path, runs: int) -> None:
    """The session of sixty clips."""
    recordings = {}
    for number in range(RECORDINGS):
        ending = list(CODECS)[number % len(CODECS)]
        codec, rate = CODECS[ending]
        path = folder / f"{number}.{ending}"
        record(path, codec, rate, RECORDING_SECONDS, number)
        recordings[str(number)] = known(path)
    step = (SECONDS - CLIP_SECONDS) / (CLIPS - 1)
    clips = [
        clip(str(number % RECORDINGS), number * step, CLIP_SECONDS, number % 15) for number in range(CLIPS)
    ]
    score = write_score(timeline(clips, SECONDS), RATE)
    sound = Sound(score, 0, score.frames)
    out = folder / "out.wav"
    warmed = Spool(folder / "warm", 2**34)

    def cold() -> None:
        shutil.rmtree(folder / "spool", ignore_errors=True)
        spool = Spool(folder / "spool", 2**34)
        write_wav(sound, recordings, spool, out)
        spool.close()

    def only_mix() -> None:
        with SpooledTapes(warmed, recordings, RATE) as tapes:
            for _ in sound.blocks(tapes):
                pass

    works: dict[str, Callable[[], object]] = {
        "cold: decoded, spooled, mixed, to a WAV file": cold,
        "warm, to a WAV file": lambda: write_wav(sound, recordings, warmed, out),
        "warm, the mix alone": only_mix,
    }
    only_mix()
    if shutil.which("ffmpeg"):
        works = {FFMPEG: lambda: with_ffmpeg(clips, recordings, folder / "ffmpeg.wav"), **works}
    else:
        print("there is no ffmpeg here to stand beside")
    found = medians(works, runs)
    for name, each in found.items():
        show(name, each, SECONDS, found.get(FFMPEG))
    for name, form, rate in (("flac", FLAC, RATE), ("mp3", MP3, RATE), ("opus", OPUS, 48000)):
        other = write_score(timeline(clips, SECONDS), rate)
        whole = Sound(other, 0, other.frames)
        encoded = partial(write_encoded, whole, form, recordings, warmed)
        encoded()
        show(f"warm, to {name}", medians({name: encoded}, runs)[name], SECONDS)
    warmed.close()


def two_hours(folder: Path) -> tuple[Score, dict[str, Known]]:
    """A session of two hours, of three recordings of an hour."""
    recordings = {}
    for number, ending in enumerate(CODECS):
        codec, rate = CODECS[ending]
        path = folder / f"hour-{number}.{ending}"
        if not path.exists():
            record(path, codec, rate, HOUR, number)
        recordings[str(number)] = known(path)
    clips = [clip("0", 0, HOUR), clip("1", HOUR / 2, HOUR), clip("2", HOUR, HOUR)]
    return write_score(timeline(clips, 2 * HOUR), RATE), recordings


def long_session(folder: Path, runs: int) -> None:
    """A range of a session of two hours, and the memory that all of it takes."""
    score, recordings = two_hours(folder)
    command = [sys.executable, "-m", "benchmarks.mix", "--peak", str(folder)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    show("two hours, cold, to a WAV file", Took(*found["took"]), 2 * HOUR)
    mebibytes = found["above"] / MEBIBYTE
    print(f"{'its memory, above that of an idle process':<44} {mebibytes:9.1f} MiB")
    spool = Spool(folder / "spool-long", 2**34)
    middle = score.frames // 2
    part = Sound(score, middle, middle + 10 * RATE)

    def ten_seconds() -> None:
        with SpooledTapes(spool, recordings, RATE) as tapes:
            b"".join(part.wav(tapes, 0, part.wav_size))

    range_ = medians({"": ten_seconds}, max(runs, 9))[""]
    show("ten seconds of its middle, warm", range_, 10)
    spool.close()


def most_memory() -> int:
    """The most memory that this process has held, in bytes; what it was forked from does not count."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise OSError("this system does not tell how much memory a process has held")


def peak(folder: Path) -> None:
    """In a process of its own: the two hours, and the most memory that this took."""
    score, recordings = two_hours(folder)
    idle = most_memory()
    spool = Spool(folder / "spool-long", 2**34)
    sound = Sound(score, 0, score.frames)
    all_of_it = took(lambda: write_wav(sound, recordings, spool, folder / "long.wav"))
    spool.close()
    print(json.dumps({"took": all_of_it, "above": most_memory() - idle}))


def main() -> None:
    """Parse the flags and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peak", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak is not None:
        peak(options.peak)
        return
    with tempfile.TemporaryDirectory() as folder:
        ten_minutes(Path(folder), options.runs)
        long_session(Path(folder), options.runs)


if __name__ == "__main__":
    main()
