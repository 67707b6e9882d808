"""A million listens beside a hundred, over HTTP as Roundware's clients ask: `python -m benchmarks.listens`.

Each list is asked of two servers in one process, and read to its end; so the figures hold the client's share too.
One session has 2,000 listens in both. Then one session takes 100,000 listen events in batches: the last fifth must
cost what the first did. Absolute figures move between machines: read the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks._served import Served, in_batches, median_cost, served
from projections import Projections
from projections.listens.fold import ListensView
from replay.envelope import Event, build_event
from replay.ids import new_id
from replay.log import MemoryLog

START = 1_780_000_000_000_000
FEW = 100
LONG = 2_000
"""Listens of the one long session that both servers have."""
ENDED_EVERY = 2
SESSIONS_OF = 50


def listen(number: int, session: str, asset: str) -> Iterator[Event]:
    """One listen, a second after the one before; every other one is ended."""
    id = new_id()
    at = START + number * 1_000_000
    told = partial(
        build_event, source="urn:example:player:7", session=session, device=f"phone-{number % 1000}"
    )
    yield told(id=id, type="listen-started", time=at, data={"asset": asset})
    if number % ENDED_EVERY == 0:
        data = {"listen": id, "duration": (number % 600) / 10}
        yield told(id=new_id(), type="listen-ended", time=at + 60_000_000, data=data)


def story(count: int) -> Iterator[Event]:
    """So many listens in sessions of fifty, each session of a project, and the long one in their middle."""
    for number in range(count):
        session = f"session-{number // SESSIONS_OF}"
        if number % SESSIONS_OF == 0:
            project = {"project": number // SESSIONS_OF % 20}
            yield build_event(id=new_id(), source="t", type="session-started", session=session, data=project)
        yield from listen(number, session, str(number % 5_000))
        if number == count // 2:
            for extra in range(LONG):
                yield from listen(count + extra, "long", str(extra % 40))


class Server(NamedTuple):
    """A running server over so many listens."""

    served: Served
    listens: int

    async def rows(self, query: str) -> int:
        """Ask a list, read it to its end, and tell how many rows it has."""
        async with self.served.session.get(f"{self.served.url}/api/2/listenevents/?{query}") as answer:
            body = await answer.read()
            assert answer.status == 200, body
        return body.count(b'"id":')


@asynccontextmanager
async def server_of(folder: Path, count: int) -> AsyncIterator[Server]:
    """A server over so many listens; prints what building its views took."""
    async with served(folder, story(count)) as running:
        print(f"{count:>9,} listens: {running.rate:,.0f} events/s into all views", flush=True)
        yield Server(running, count)


async def cost(server: Server, query: str) -> tuple[float, int]:
    """The median milliseconds of a list, and its rows."""
    rows = await server.rows(query)
    return await median_cost(lambda: server.rows(query)), rows


def questions(count: int) -> list[tuple[str, str]]:
    """What is asked of a server with so many listens: a name and a query."""
    middle = START + count // 2 * 1_000_000
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(middle // 1_000_000))
    later = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(middle // 1_000_000 + 19))
    return [
        ("one by a key nobody has", "session=nobody"),
        ("the first page", "limit=20"),
        ("a page in the middle", f"limit=20&after={count * 3 // 4}"),
        ("one session of fifty", "session=session-1"),
        (f"one session of {LONG:,}", "session=long"),
        ("one session and one asset", "session=long&asset=7"),
        ("one asset, the first page", "asset=7&limit=20"),
        ("one project, the first page", "project_id=1&limit=20"),
        ("twenty seconds in the middle", f"start_time__gte={moment}&start_time__lte={later}"),
        ("from the middle on, the first page", f"start_time__gte={moment}&limit=20"),
        ("one length, the first page", "duration=4e8&limit=20"),
        ("at least so long, the first page", "duration__gte=5.9e10&limit=20"),
        ("longer than any", "duration__gte=1e12"),
    ]


async def compare(large: Server, small: Server) -> None:
    """Print a line for each question."""
    counts = f"{f'{large.listens:,}':>10} {f'{small.listens:,}':>8}"
    print(f"\n{'milliseconds (median)':<38} {counts} {'rows':>6} {'rows':>6}")
    for (name, query), (_, same) in zip(questions(large.listens), questions(small.listens), strict=True):
        took, rows = await cost(large, query)
        less, fewer = await cost(small, same)
        print(f"{name:<38} {took:10.2f} {less:8.2f} {rows:6,} {fewer:6,}", flush=True)


async def fold_one_session(kind: str, count: int, size: int, folder: Path) -> list[float]:
    """Fold one session's starts and ends in batches; events a second of each fifth."""
    log = MemoryLog()
    folder.mkdir()  # noqa: ASYNC240 - nothing else runs
    projections = await Projections.open(folder, log, views=(ListensView(),))
    await projections.catch_up()
    rates: list[float] = []
    spent = 0.0
    for done, batch in enumerate(in_batches(one_session(kind, count), size), 1):
        await log.append(batch)
        began = time.perf_counter()
        await projections.catch_up()
        spent += time.perf_counter() - began
        if done % (count // size // 5) == 0:
            rates.append(count / 5 / spent)
            spent = 0.0
    await projections.close()
    return rates


def one_session(kind: str, count: int) -> Iterator[Event]:
    """Starts and ends by turns; an end names its own listen, a name that all share, or the asset that all share."""
    for number in range(count):
        play, ending = divmod(number, 2)
        names: dict[str, dict[str, object]] = {
            "own name": {"listen": f"play-{play}"},
            "shared name": {"listen": "player"},
            "asset alone": {},
        }
        data = names[kind] if ending and kind != "asset alone" else {"asset": "bell", **names[kind]}
        yield build_event(
            id=f"{number}",
            source="t",
            type="listen-ended" if ending else "listen-started",
            time=START + number * 1_000_000,
            session="one",
            data=data,
        )


async def grow(folder: Path, count: int, sizes: Sequence[int]) -> None:
    """Print how fast one session grows, by fifths."""
    print(f"\none session of {count:,} listen events, events/s of each fifth")
    for kind in ("own name", "shared name", "asset alone"):
        for size in sizes:
            rates = await fold_one_session(kind, count, size, folder / f"{kind} {size}")
            shown = " ".join(f"{rate:9,.0f}" for rate in rates)
            print(f"{kind:<12} {size:>6} a batch {shown}", flush=True)


async def measure(folder: Path, listens: int) -> None:
    """Everything."""
    async with server_of(folder / "small", FEW) as small, server_of(folder / "large", listens) as large:
        await compare(large, small)
    await grow(folder, 100_000, (100, 1_000))


def main() -> None:
    """Parse the flags and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--listens", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), options.listens))


if __name__ == "__main__":
    main()
