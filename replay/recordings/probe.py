"""What a recording holds, and how long it really is.

Rule 1: a header is not believed. What is counted is the packets that are there, so that a file which was cut off is
        as long as what is left of it. Where samples lie bare (PCM) the file's size tells the same.
Rule 2: it must give one frame of sound to be a recording; a fault further in is the decoder's to meet.
Rule 3: the length is exact for PCM, FLAC, Vorbis and MP3 with an info header, else true to one packet (some 25 ms),
        since what the end of the last packet holds too much is known only once it is decoded.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from replay.clock import NANOSECONDS
from replay.recordings.known import Probe
from replay.recordings.ogg import Link, is_cut, links
from replay.recordings.opening import LEAST_RATE, MOST_CHANNELS, MOST_RATE, Unplayable, open_recording
from replay.recordings.riff import promised_size

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet

LONGEST = 7 * 24 * 3600 * NANOSECONDS
NO_SOUND = "there is no sound in it"
SILENT_PACKETS = 200
"""Packets that may pass before the first frame; a decoder needs a few."""
MOST_PACKETS = 10_000_000
"""Packets that are counted: some seventy hours of MP3. Beyond them the header is believed."""
CUT_OFF = Fraction(1, 5)
"""Seconds that a header may promise too much before its file counts as cut off."""


def probe(path: Path) -> Probe:
    """Look into a recording. Raises `Unplayable` when there is no sound in it that can be decoded.

    Reads the whole file, where its size does not tell how long it is: some 5,000 times faster than it plays.
    """
    chain = links(path)
    parts = list(_parts(path, chain))
    duration = sum(part.duration for part in parts)
    if not 0 < duration <= LONGEST:
        raise Unplayable(NO_SOUND if duration <= 0 else "it is longer than seven days")
    cut_off = is_cut(path, chain) or any(part.cut_off for part in parts)
    return msgspec.structs.replace(parts[0], duration=duration, cut_off=cut_off)


def _parts(path: Path, chain: list[Link] | list[None]) -> Iterator[Probe]:
    """What each link of a recording holds; one without sound is passed over. Raises `Unplayable` for the first."""
    first = True
    for link in chain:
        try:
            yield _part(path, link)
        except Unplayable:
            if first:
                raise
        first = False


def _part(path: Path, link: Link | None) -> Probe:
    with open_recording(path, link) as (container, stream):
        context = stream.codec_context
        _check_form(context)
        counted = _count(container, stream)
        promised = _promised(container, stream)
        if _is_pcm(context):
            counted = Fraction(8 * path.stat().st_size, context.bit_rate or 1)
        missing = _missing(path, context) if _is_pcm(context) else (promised or counted) - counted
        return Probe(
            container=container.format.name.partition(",")[0],
            codec=context.codec.canonical_name,
            channels=context.channels,
            rate=context.sample_rate,
            duration=round(min(promised or counted, counted) * NANOSECONDS),
            cut_off=missing > CUT_OFF,
        )


def _check_form(context: AudioCodecContext) -> None:
    if not 1 <= context.channels <= MOST_CHANNELS:
        raise Unplayable(f"it has {context.channels} channels, of at most {MOST_CHANNELS}")
    if not LEAST_RATE <= context.sample_rate <= MOST_RATE:
        raise Unplayable(f"it has {context.sample_rate} frames a second, not {LEAST_RATE} to {MOST_RATE}")


def _is_pcm(context: AudioCodecContext) -> bool:
    return context.codec.canonical_name.startswith("pcm_") and bool(context.bit_rate)


def _missing(path: Path, context: AudioCodecContext) -> Fraction:
    """The seconds that the header of bare samples promises beyond the file's end."""
    size = path.stat().st_size
    return Fraction(8 * max((promised_size(path) or 0) - size, 0), context.bit_rate or 1)


def _promised(container: InputContainer, stream: AudioStream) -> Fraction | None:
    """The seconds that the header tells, of the sound or of the file."""
    import av

    if stream.duration is not None and stream.time_base is not None:
        return stream.duration * stream.time_base
    return None if container.duration is None else Fraction(container.duration, av.time_base)


def _count(container: InputContainer, stream: AudioStream) -> Fraction:
    """The seconds that the packets tell. Raises `Unplayable` when no frame comes out of them."""
    import av

    packets = container.demux(stream)
    end = _until_sound(packets)
    if _is_pcm(stream.codec_context):
        return Fraction(0)
    try:
        for number, packet in enumerate(packets):
            end = max(end, _end(packet))
            if number == MOST_PACKETS:
                return Fraction(LONGEST, NANOSECONDS)
    except av.FFmpegError:  # what came before counts
        pass
    start = max(stream.start_time or 0, 0)
    return (end - start) * (stream.time_base or Fraction(1))


def _until_sound(packets: Iterator[Packet[AudioStream]]) -> int:
    """Read on until there is a frame; return where its packet ends."""
    import av

    end = sizes = 0
    for packet in islice(packets, SILENT_PACKETS):
        end = max(end, _end(packet))
        sizes += packet.size
        try:
            if packet.decode():
                return end
        except av.FFmpegError:
            continue
    raise Unplayable("its sound cannot be decoded" if sizes else NO_SOUND)


def _end(packet: Packet[AudioStream]) -> int:
    """Where a packet ends, in the stream's ticks; 0 for one without a time."""
    return 0 if packet.pts is None else packet.pts + (packet.duration or 0)
