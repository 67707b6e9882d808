"""kill -9 under load: every acknowledged event is there, once, and the log goes on."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

from replay.log import SqliteLog
from replay.log.sqlite import Limits
from tests.log.making import event, ids

SMALL = Limits(keys_in_memory=64, idle_pages=40)

APPENDER = """
import asyncio, json, sys
from pathlib import Path
from replay.log import SqliteLog
from replay.log.sqlite import Limits
from tests.log.making import event

async def append(log, caller, turn):
    number = 0
    while True:
        events = [event(f"{turn}-{caller}-{number + n}") for n in range(caller + 1)]
        receipts = await log.append(events)
        number += len(events)
        print(json.dumps([[r.id, r.position] for r in receipts]), flush=True)

async def main():
    log = await SqliteLog.open(Path(sys.argv[1]), limits=Limits(keys_in_memory=64, idle_pages=40))
    await asyncio.gather(*(append(log, caller, sys.argv[2]) for caller in range(8)))

asyncio.run(main())
"""


def append_until_killed(path: Path, turn: int, seconds: float) -> dict[str, int]:
    """What was acknowledged, id by id with its position, before the process was killed."""
    with subprocess.Popen(
        [sys.executable, "-c", APPENDER, str(path), str(turn)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        time.sleep(seconds)
        process.kill()
        lines += process.stdout.read().splitlines()
    whole = [json.loads(line) for line in lines if line.rstrip().endswith("]]")]
    return {id: position for receipts in whole for id, position in receipts}


async def test_a_killed_writer_loses_and_repeats_nothing(tmp_path: Path) -> None:
    path, dice = tmp_path / "log.db", random.Random()
    acknowledged: dict[str, int] = {}
    for turn in range(4):
        acknowledged |= append_until_killed(path, turn, dice.uniform(0.0, 0.15))
        log = await SqliteLog.open(path, limits=SMALL)
        await log.verify()
        there = await ids(log)
        assert len(there) == len(set(there))
        assert {id: there[position - 1] for id, position in acknowledged.items()} == {
            id: id for id in acknowledged
        }
        everything = [event(str(id)) for id in there[-5_000:]]
        assert {receipt.status for receipt in await log.append(everything)} == {"already-stored"}
        for id in dice.sample(sorted(acknowledged), 5):
            assert [record.position for record in await log.find("default", id)] == [acknowledged[id]]
        await log.close()
    assert len(acknowledged) > 100
