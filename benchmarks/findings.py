"""Precision and recall of every rule, on thousands of histories with planted faults.

`python -m benchmarks.findings`.

`--histories` says how many (2000), `--seed` where they begin: another beginning is another set. A history that
is not judged without fault is named by its seed.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict

from replay.findings import BY_ID
from replay.session import reconstruct
from tests.replay.findings.planted import history
from tests.replay.findings.planted.score import Score, score


def main() -> None:
    """Measure, and print the table of `docs/findings.md`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--histories", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1_000_000)
    arguments = parser.parse_args()
    scores: dict[str, Score] = defaultdict(Score)
    records, spent = 0, 0.0
    for seed in range(arguments.seed, arguments.seed + arguments.histories):
        planted = history(seed)
        began = time.perf_counter()
        session = reconstruct(planted.evidence, recordings=planted.recordings)
        spent += time.perf_counter() - began
        records += len(planted.evidence.records)
        own = score(planted, session.findings)
        for rule, one in own.items():
            scores[rule].add(one)
            if one.precision < 1 or one.recall < 1:
                print(f"seed {seed}: {rule}: {one}")
    print("| rule | planted | found | told | true | precision | recall |\n|---|---|---|---|---|---|---|")
    for rule in BY_ID:
        one = scores[rule]
        cells = (one.planted, one.found, one.told, one.true)
        print(
            f"| `{rule}` | {' | '.join(f'{n:,}' for n in cells)} | {one.precision:.4f} | {one.recall:.4f} |"
        )
    print(f"{arguments.histories:,} histories, {records:,} events, folded and judged in {spent:.1f} s")


if __name__ == "__main__":
    main()
