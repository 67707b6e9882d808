"""A device of a million events beside one of a hundred, over HTTP as Vinli asks: `python -m benchmarks.feeds`.

Both are on one server, and each page is asked for and read whole; so the figures hold the client's share too.
Events come a second apart. A third device has all its events in one millisecond: what the depth of a tie costs.
Absolute figures move between machines: read the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from benchmarks._served import Served, median_cost, served
from replay.envelope import Event, build_event
from replay.ids import new_id

START = 1_780_000_000_000_000
SECOND = 1_000_000
FEW = 100
TYPES = ("startup", "rule-enter", "rule-leave", "location-changed")
RARE, RARE_EVERY = "shutdown", 1_000


def story(device: str, count: int, step: int) -> Iterator[Event]:
    """So many events of a device, `step` microseconds apart."""
    for number in range(count):
        rare = number % RARE_EVERY == RARE_EVERY // 2
        yield build_event(
            id=new_id(),
            source="urn:example:car",
            type=RARE if rare else TYPES[number % len(TYPES)],
            time=START + number * step,
            device=device,
            data={"object": {"id": f"rule-{number % 7}", "type": "rule"}, "lat": 33.0, "lon": -97.0},
        )


async def page(server: Served, device: str, query: str) -> dict[str, Any]:
    """A page, whole."""
    async with server.session.get(f"{server.url}/api/v1/devices/{device}/events?{query}") as answer:
        body = await answer.read()
        assert answer.status == 200, body
    document: dict[str, Any] = msgspec.json.decode(body)
    return document


async def cost(server: Served, device: str, query: str) -> tuple[float, int]:
    """The median milliseconds of a page, and how many events remain after it."""
    document = await page(server, device, query)
    took = await median_cost(lambda: page(server, device, query))
    return took, document["meta"]["pagination"]["remaining"]


def questions(count: int) -> list[tuple[str, str]]:
    """What is asked of a device with so many events: a name and a query."""
    middle = (START + count // 2 * SECOND) // 1000
    quarter = (START + count // 4 * SECOND) // 1000
    return [
        ("the first page", ""),
        ("a page in the middle", f"until={middle}"),
        ("a page in the middle, upwards", f"since={middle}&sortDir=asc"),
        ("the longest page", "limit=100"),
        ("`remaining` alone", "limit=0"),
        ("`remaining` between two moments", f"limit=0&since={quarter}&until={middle}"),
        ("one type", "type=startup"),
        ("a wildcard, in the middle", f"type=rule-*&until={middle}"),
        ("a rare type", f"type={RARE}"),
        ("a type that it never sent", "type=nothing"),
    ]


async def compare(server: Served, count: int) -> None:
    """Print a line for each question."""
    print(f"{'milliseconds (median)':<34} {f'{count:,}':>10} {f'{FEW:,}':>8} {'remain':>10} {'remain':>8}")
    for (name, query), (_, same) in zip(questions(count), questions(FEW), strict=True):
        took, remaining = await cost(server, "large", query)
        less, fewer = await cost(server, "small", same)
        print(f"{name:<34} {took:10.2f} {less:8.2f} {remaining:10,} {fewer:8,}", flush=True)


async def compare_ties(server: Served, count: int) -> None:
    """Print what a page costs by how deep it is in one millisecond."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(START // SECOND))
    print(f"\n{f'{count:,} events of one millisecond':<34} {'ms':>10} {'remain':>19}")
    for ordinal in (count, count // 2, FEW):
        for way, order, bound in (("downwards", "desc", "until"), ("upwards", "asc", "since")):
            query = f"sortDir={order}&{bound}={moment}.000{ordinal:06d}Z"
            took, remaining = await cost(server, "tied", query)
            print(f"{f'{way} from event {ordinal:,}':<34} {took:10.2f} {remaining:19,}", flush=True)


async def measure(folder: Path, count: int, ties: int) -> None:
    """Everything, on one server."""
    events = chain(story("large", count, SECOND), story("small", FEW, SECOND), story("tied", ties, 0))
    async with served(folder / "data", events) as server:
        await compare(server, count)
        await compare_ties(server, ties)


def main() -> None:
    """Parse the flags and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--ties", type=int, default=999_999)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), options.events, options.ties))


if __name__ == "__main__":
    main()
