"""Run every benchmark, one after the other: `python -m benchmarks`, or name some: `python -m benchmarks append`."""

from __future__ import annotations

import pkgutil
import runpy
import sys

import benchmarks


def main() -> None:
    """Run the benchmarks that are named, or all of them."""
    known = sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__) if not m.name.startswith("_"))
    named = sys.argv[1:] or known
    unknown = [name for name in named if name not in known]
    if unknown:
        sys.exit(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(known)}")
    del sys.argv[1:]
    for name in named:
        print(f"== {name}", flush=True)
        runpy.run_module(f"benchmarks.{name}", run_name="__main__")


if __name__ == "__main__":
    main()
