"""`python -m bench [name …] [--short]`: run benches, print each figure with its conditions, then the table."""

import argparse
import importlib
import sys
import time

from bench.cores import all_cores
from bench.figures import Figure, Scale, describe_machine
from bench.race import sit_down

NAMES = (
    "sending",
    "editing",
    "counting",
    "lists",
    "updates",
    "ticks",
    "fan_out",
    "pace",
    "latency",
    "start_up",
    "memory",
    "engine",
    "runs",
    "triggers",
    "importing",
    "payments",
    "sandbox",
)


def main() -> int:
    """Run what was asked for; the exit code says whether all floors were kept."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(NAMES))
    parser.add_argument("--short", action="store_true", help="smaller numbers, for a first impression")
    arguments = parser.parse_args()
    all_cores()
    sit_down()
    print(describe_machine(), flush=True)
    table: list[Figure] = []
    for name in arguments.names or NAMES:
        began = time.monotonic()
        bench = importlib.import_module(f"bench.{name}")
        print(f"\n{name}: {bench.__doc__}", flush=True)
        figures = bench.run(Scale.SHORT if arguments.short else Scale.FULL)
        for figure in figures:
            print(f"  {figure}", flush=True)
        print(f"  ({time.monotonic() - began:.0f} s)", flush=True)
        table += figures
    print("\nall figures:")
    for figure in table:
        print(f"  {figure}")
    return 1 if any(figure.verdict == "BELOW FLOOR" for figure in table) else 0


if __name__ == "__main__":
    sys.exit(main())
