"""Ingest over HTTP, and reads on what was ingested: `python -m benchmarks.ingest --events 1000000`.

It starts the server as its users do, in a process of its own, on a free port of the loopback, over a folder that
is removed again. Events have uuid4 ids, about 500 bytes, and are spread over sessions and devices. Every answer
waits until the events can be read, unless `--hurry` says not to.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import itertools
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp
import msgspec

from replay.clock import format_time, parse_time
from server.access import FILE, TokenStore

START = parse_time("2026-05-01T00:00:00Z")
BATCH = 500
WINDOW = 100_000
READS = 300
TYPES = (
    "listen-started",
    "heartbeat",
    "location-changed",
    "listen-ended",
    "playback-paused",
    "playback-resumed",
)
DATA = {
    "listen-started": '{"asset":"asset-%d","in":0.25,"gain":0.8,"lane":"music","duration":182.5}',
    "listen-ended": '{"asset":"asset-%d","duration":41.25,"reason":"finished"}',
    "location-changed": '{"lat":52.37%04d,"lon":4.89}',
}


class Plan(NamedTuple):
    """What is sent, and how."""

    events: int
    sessions: int
    devices: int
    connections: int
    hurry: bool


class Made(NamedTuple):
    """A batch as it is sent, and the id of its first event."""

    body: bytes
    first_id: str


def batches(plan: Plan) -> Iterator[Made]:
    """All the batches, made as they are asked for; the same in every run but for nothing."""
    chance = random.Random(1)
    for start in range(0, plan.events, BATCH):
        ids = [uuid4(chance) for _ in range(min(BATCH, plan.events - start))]
        lines = [event(id, start + n, plan, chance) for n, id in enumerate(ids)]
        yield Made("\n".join(lines).encode(), ids[0])


def uuid4(chance: random.Random) -> str:
    """A random UUID in its text form."""
    text = f"{chance.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def event(id: str, number: int, plan: Plan, chance: random.Random) -> str:
    """One event as a line of NDJSON, of about 500 bytes."""
    session = chance.randrange(plan.sessions)
    type_ = TYPES[number % len(TYPES)]
    template = DATA.get(type_, "{}")
    data = template % (number % 5000) if "%" in template else template
    return (
        f'{{"id":"{id}","source":"https://players.example/museum-guide/4.2.1","type":"{type_}",'
        f'"time":"{format_time(START + number * 80_000)}","session":"session-{session:06d}",'
        f'"device":"device-{session % plan.devices:05d}","user":"visitor-{session:06d}","sequence":{number},'
        f'"senttime":"{format_time(START + number * 80_000 + 1500)}","monotonic":{number * 0.08:.3f},'
        f'"appversion":"4.2.1 (build 20260417)","platform":"ios 19.2","data":{data}}}'
    )


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The server in a process of its own; its URL."""
    with announced(folder) as found:
        yield found.url


class Announced(msgspec.Struct):
    """What a server says of itself once it answers."""

    url: str
    pid: int


@contextmanager
def announced(folder: Path) -> Iterator[Announced]:
    """The server in a process of its own, and what it says of itself."""
    command = [sys.executable, "-m", "server.cli", "serve", "--data", str(folder), "--port", "0", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield msgspec.json.decode(process.stdout.readline(), type=Announced)
    finally:
        process.terminate()
        process.wait()


class Client:
    """A sender and reader, with one token."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url

    async def post(self, body: bytes, hurry: bool) -> int:
        """Send a batch; the position that its answer gave."""
        headers = {"Content-Type": "application/x-ndjson"} | ({"Prefer": "respond-async"} if hurry else {})
        url = f"{self.url}/api/v1/events"
        async with self.session.post(url, data=io.BytesIO(body), headers=headers) as answer:
            document = await answer.json()
            if answer.status not in (200, 202):
                raise RuntimeError(f"the server answered {answer.status}: {document}")
            return int(document["position"])

    async def get(self, path: str) -> bytes:
        """What a path answers."""
        async with self.session.get(f"{self.url}{path}") as answer:
            body = await answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}: {body[:200]!r}")
            return body


async def ingest(client: Client, plan: Plan) -> tuple[list[float], list[str]]:
    """Send everything; the moment at which each batch was answered, and some ids that were sent."""
    waiting = batches(plan)
    answered: list[float] = []
    ids: list[str] = []

    async def send() -> None:
        for made in waiting:
            await client.post(made.body, plan.hurry)
            answered.append(time.perf_counter())
            ids.append(made.first_id)

    await asyncio.gather(*(send() for _ in range(plan.connections)))
    return answered, ids


def rates(begun: float, answered: list[float]) -> list[float]:
    """Events a second, for each window of the run."""
    per_window = WINDOW // BATCH
    edges = [begun, *answered[per_window - 1 :: per_window]]
    return [WINDOW / (end - start) for start, end in itertools.pairwise(edges)]


async def latencies(ask: Callable[[int], Awaitable[object]]) -> tuple[float, float]:
    """The median and the 99th percentile of a read, in milliseconds, asked one after another."""
    taken = []
    for n in range(READS):
        begun = time.perf_counter()
        await ask(n)
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=100)[98]


async def measure(url: str, token: str, plan: Plan) -> None:
    """Ingest, then read, and print what came out."""
    headers = {"Authorization": f"Bearer {token}"}
    connector = aiohttp.TCPConnector(limit=plan.connections)
    async with aiohttp.ClientSession(headers=headers, connector=connector) as session:
        client = Client(session, url)
        begun = time.perf_counter()
        answered, ids = await ingest(client, plan)
        seconds = answered[-1] - begun
        print(f"{plan.events:,} events in {seconds:.1f} s: {plan.events / seconds:,.0f} events/s")
        for number, rate in enumerate(rates(begun, answered), 1):
            print(f"  up to {number * WINDOW:>10,}: {rate:>8,.0f} events/s")
        await settle(client, plan.events)
        print(f"  readable {time.perf_counter() - answered[-1]:.1f} s after the last answer")
        await read(client, plan, ids)


async def settle(client: Client, position: int) -> None:
    """Wait until everything can be read."""
    while True:
        try:
            await client.get(f"/api/v1/head?min_position={position}&wait=30")
        except RuntimeError:
            continue
        return


async def read(client: Client, plan: Plan, ids: list[str]) -> None:
    """The latencies of the reads that people wait for."""
    chance = random.Random(2)
    questions: dict[str, Callable[[], str]] = {
        "newest 50 sessions": lambda: "/api/v1/sessions",
        "replay of a session": lambda: (
            f"/api/v1/sessions/session-{chance.randrange(plan.sessions):06d}/replay"
        ),
        "page of a feed": lambda: f"/api/v1/devices/device-{chance.randrange(plan.devices):05d}/events",
        "event by id": lambda: f"/api/v1/events/{chance.choice(ids)}",
        "100 events of the log": lambda: f"/api/v1/events?after={chance.randrange(plan.events)}",
    }
    for name, path in questions.items():
        median, high = await latencies(lambda _n, path=path: client.get(path()))  # type: ignore[misc]
        print(f"{name:>22}: p50 {median:6.2f} ms   p99 {high:6.2f} ms")


async def make_token(folder: Path) -> str:
    """A token for everything."""
    tokens = await TokenStore.open(folder / FILE)
    try:
        return (await tokens.create("benchmark", ["read", "ingest"])).token
    finally:
        await tokens.close()


def parse_plan() -> Plan:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--devices", type=int, default=1_000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--hurry", action="store_true", help="do not wait until events can be read")
    return Plan(**vars(parser.parse_args()))


def main() -> None:
    """Run it."""
    plan = parse_plan()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        token = asyncio.run(make_token(folder))
        with server(folder) as url:
            asyncio.run(measure(url, token, plan))
        size = sum(file.stat().st_size for file in folder.iterdir())
        print(f"the folder holds {size / 2**20:,.0f} MiB")


if __name__ == "__main__":
    main()
