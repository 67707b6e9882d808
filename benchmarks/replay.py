"""What a long session costs that nobody has asked for yet: `python -m benchmarks.replay [--events 100000]`.

A server in this process holds one session, and is asked for its replay over HTTP while it keeps nothing of it, a
few times; then for the rest, while it is kept. What is measured is the process's own CPU time, the least of each,
so that a busy machine does not count; the client's share is in it. Two sessions: one listen after the other with
pauses here and there; and one dense with controls, lanes and lengths, on counting devices with monotonic clocks.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks._served import Served, served
from replay.clock import parse_time
from replay.envelope import Event, build_event

START = parse_time("2026-05-14T14:00:00Z")
TIMES = 3
READS = ("replay", "findings", "timeline", "explain?at=600")

Told = tuple[float, str, dict[str, Any]]
"""When, in seconds from the start; which type; its data."""


def plain() -> Iterator[Told]:
    """One listen after the other, every third of them paused."""
    yield 0.0, "session-started", {}
    for number in count():
        at, listen = 8.02 * number, f"listen-{number}"
        yield at, "listen-started", {"asset": f"asset-{number % 200}", "listen": listen}
        yield at + 1, "heartbeat", {}
        if number % 3 == 0:
            yield at + 2, "playback-paused", {"listen": listen}
            yield at + 3, "playback-resumed", {"listen": listen}
        yield at + 8, "listen-ended", {"listen": listen, "reason": "finished"}


def dense() -> Iterator[Told]:
    """Described recordings on two lanes, each play turned, paused and sought in; two of three ends are told."""
    yield 0.0, "session-started", {}
    for number in range(200):
        described = {"title": f"Asset {number}", "duration": 7 + number % 5 / 4, "gain": 0.9}
        yield 0.0, "asset-described", {"asset": f"asset-{number}", **described}
    for number in count():
        at, listen = 7.5 * number, f"listen-{number}"
        lane = {"lane": f"lane-{number % 2}"} if number % 7 else {}
        play = {"asset": f"asset-{number % 200}", "listen": listen, "fade_in": 0.25, "fade_out": 0.5}
        yield at, "listen-started", {**play, **lane}
        yield at + 1, "gain-changed", {"listen": listen, "gain": 0.5, "ramp": 0.4}
        yield at + 2, "playback-paused", {"listen": listen}
        yield at + 2.5, "playback-resumed", {"listen": listen}
        yield at + 3, "playback-seeked", {"listen": listen, "to": 1.5}
        yield at + 4, "location-changed", {"lat": 52.37, "lon": 4.89}
        if number % 3:
            yield at + 6, "listen-ended", {"listen": listen, "duration": 6 + number % 9 / 100}


def events(tell: Callable[[], Iterator[Told]], limit: int, devices: int, clocks: bool) -> Iterator[Event]:
    """So many events of a session; each device counts its own."""
    for number, (at, type_, data) in zip(range(limit), tell(), strict=False):
        time_ = START + round(at * 1_000_000)
        yield build_event(
            id=f"event-{number:07d}",
            source="benchmark",
            type=type_,
            time=time_,
            session="long",
            device=f"phone-{number % devices}",
            sequence=number // devices,
            senttime=time_ + 40_000 if clocks else None,
            monotonic=at + 5 if clocks else None,
            data=data,
        )


async def cost(server: Served, read: str) -> tuple[float, int]:
    """The CPU seconds of one answer, and its bytes."""
    began = time.process_time()
    async with server.session.get(f"{server.url}/api/v1/sessions/long/{read}") as response:
        response.raise_for_status()
        body = await response.read()
    return time.process_time() - began, len(body)


async def measure(folder: Path, name: str, told: Iterator[Event]) -> None:
    """Ask for everything of one session, and print what it took."""
    async with served(folder, told) as server:
        cold = []
        for _ in range(TIMES):
            server.services.warm.forget()
            cold.append(await cost(server, "replay"))
        seconds, size = min(cold)
        print(f"{name:<7}{'replay, cold':<20}{seconds:8.2f} s {size / 2**20:8.1f} MiB")
        for read in READS:
            seconds, size = min([await cost(server, read) for _ in range(TIMES)])
            print(f"{name:<7}{read.partition('?')[0] + ', warm':<20}{seconds:8.2f} s {size / 2**20:8.1f} MiB")


async def main() -> None:
    """Measure both sessions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000)
    limit = parser.parse_args().events
    with tempfile.TemporaryDirectory() as folder:
        await measure(Path(folder) / "plain", "plain", events(plain, limit, 1, clocks=False))
        await measure(Path(folder) / "dense", "dense", events(dense, limit, 3, clocks=True))


if __name__ == "__main__":
    asyncio.run(main())
