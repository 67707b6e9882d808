"""Many listeners of one session: `python -m benchmarks.playback --listeners 500`.

It starts the server as its users do, in a process of its own, stores one session of many events, and lets the
listeners come, each on a connection of its own, until all have heard it to its end. It measures how much larger
the server's process is while they listen, and the pace error: how late a step is received, against the moment at
which it is due by the listener's own clock, which starts with the header. The listeners share the machine with
the server, and their own work is in the error; one of twenty is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import aiohttp
import msgspec

from benchmarks.ingest import announced, make_token
from replay.clock import format_time, parse_time

START = parse_time("2026-05-01T00:00:00Z")
SESSION = "walk"
EACH = 20
"""One listener of so many is measured; the others only take what comes, as listeners elsewhere would."""


class Plan(NamedTuple):
    """How many listen, to how many events in how many seconds, at which speed."""

    listeners: int
    events: int
    seconds: int
    speed: str


class Step(msgspec.Struct):
    """What is looked at of a message."""

    offset: float = 0.0


class Heard(NamedTuple):
    """What one listener heard: how many steps, how many bytes, how late each step was (seconds)."""

    steps: int
    size: int
    late: list[float]


def events(plan: Plan) -> bytes:
    """The session: plays of a second each, and marks."""
    lines = []
    for number in range(plan.events):
        moment = START + number * plan.seconds * 1_000_000 // plan.events
        type_ = ("listen-started", "location-changed", "listen-ended", "heartbeat")[number % 4]
        play = {"asset": f"asset-{number // 4 % 50}", "listen": f"play-{number // 4}"}
        data = play if type_.startswith("listen") else {"lat": 52.37, "lon": 4.89} if number % 4 == 1 else {}
        lines.append(
            {
                "id": f"event-{number}",
                "source": "benchmark",
                "type": type_,
                "time": format_time(moment),
                "session": SESSION,
                "device": "phone",
                "data": data,
            }
        )
    return b"\n".join(map(msgspec.json.encode, lines))


def memory(pid: int) -> float:
    """The resident memory of a process, in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the process has no resident memory")


def cpu(pid: int) -> float:
    """The processor seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def listen(session: aiohttp.ClientSession, url: str, speed: str, *, closely: bool) -> Heard:
    """Hear the session to its end; only one who listens closely looks at each step when it comes."""
    async with session.get(f"{url}/api/v1/sessions/{SESSION}/playback?speed={speed}") as answer:
        if answer.status != 200:
            raise RuntimeError(f"the server answered {answer.status}: {await answer.text()}")
        if closely and speed != "max":
            return await measure(answer.content, float(speed))
        heard = bytearray()
        async for chunk in answer.content.iter_any():
            heard += chunk
        return Heard(heard.count(b"event: step"), len(heard), [])


async def measure(content: aiohttp.StreamReader, speed: float) -> Heard:
    """How late each step comes, against the moment at which the header came."""
    decode = msgspec.json.Decoder(Step).decode
    late: list[float] = []
    size, began, name = 0, 0.0, b""
    async for line in content:
        now = time.perf_counter()
        size += len(line)
        if line.startswith(b"event: "):
            name = line[7:-1]
        elif line.startswith(b"data: ") and name == b"header":
            began = now
        elif line.startswith(b"data: ") and name == b"step":
            late.append(now - began - decode(line[6:]).offset / speed)
    return Heard(len(late), size, late)


async def watch(pid: int, done: asyncio.Event) -> float:
    """The most memory that the server takes until all is done."""
    most = 0.0
    while not done.is_set():
        most = max(most, memory(pid))
        await asyncio.sleep(0.2)
    return most


async def run(plan: Plan, folder: Path) -> None:
    """Measure, and print."""
    secret = await make_token(folder)
    with announced(folder) as found:
        url, pid = found.url, found.pid
        headers = {"Authorization": f"Bearer {secret}", "Accept": "text/event-stream"}
        unlimited = aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(headers=headers, connector=unlimited, timeout=timeout) as session:
            body = io.BytesIO(events(plan))
            sent = {"Content-Type": "application/x-ndjson"}
            async with session.post(f"{url}/api/v1/events", data=body, headers=sent) as answer:
                answer.raise_for_status()
            alone = await listen(session, url, "max", closely=False)
            before, used = memory(pid), cpu(pid)
            done = asyncio.Event()
            watching = asyncio.create_task(watch(pid, done))
            began = time.perf_counter()
            heard = await asyncio.gather(
                *(
                    listen(session, url, plan.speed, closely=number % EACH == 0)
                    for number in range(plan.listeners)
                )
            )
            took = time.perf_counter() - began
            done.set()
            report(plan, alone, heard, before, await watching, took)
            share = (cpu(pid) - used) / sum(one.steps for one in heard)
            print(f"server: {share * 1e6:.0f} microseconds of processor a step told")


def report(plan: Plan, alone: Heard, heard: list[Heard], before: float, most: float, took: float) -> None:
    """What came out."""
    late = sorted(seconds for one in heard for seconds in one.late)
    steps = sum(one.steps for one in heard)
    print(
        f"one session: {plan.events:,} events, {alone.steps:,} steps, {alone.size / 2**20:.1f} MiB a listener"
    )
    print(f"{plan.listeners} listeners at speed {plan.speed}: {took:.1f} s, {steps / took:,.0f} steps/s")
    print(f"complete: {sum(one.steps == alone.steps for one in heard)} of {plan.listeners}")
    more = most - before
    print(
        f"server: {before:.0f} MiB before, {most:.0f} at most: {1024 * more / plan.listeners:.0f} KiB a listener"
    )
    if not late:
        return
    ranks = (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999))
    told = [f"{name} {1000 * late[int(rank * (len(late) - 1))]:.1f}" for name, rank in ranks]
    print(f"pace error, ms: {', '.join(told)}, least {1000 * late[0]:.1f}, most {1000 * late[-1]:.1f}")


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=500)
    parser.add_argument("--events", type=int, default=300)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--speed", default="1")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Plan(**vars(parser.parse_args())), Path(folder)))


if __name__ == "__main__":
    main()
