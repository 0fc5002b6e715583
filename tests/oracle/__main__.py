"""Compares the program with the oracle over many streams: python -m tests.oracle [--seed N] [--streams N]."""

from __future__ import annotations

import argparse
import random
import sys
from concurrent.futures import ProcessPoolExecutor

from tests.oracle.generating import BUILT_KINDS
from tests.oracle.searching import Differs, search

BLOCK = 250
FAMILIES = [*((kind,) for kind in BUILT_KINDS), BUILT_KINDS]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="of the first block")
    parser.add_argument("--streams", type=int, default=20_000, help=f"in blocks of {BLOCK}")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    seeds = range(given.seed, given.seed + -(-given.streams // BLOCK))
    print(f"{len(seeds) * BLOCK} streams, --seed {given.seed}", flush=True)
    differing = 0
    with ProcessPoolExecutor(given.processes) as pool:
        for seed, found in zip(seeds, pool.map(block, seeds), strict=True):
            if found is not None:
                differing += 1
                print(f"\n--seed {seed} --streams {BLOCK}\n{found}", flush=True)
    print(f"{differing} of {len(seeds)} blocks differ")
    return 1 if differing else 0


def block(seed: int) -> str | None:
    """The first difference of one block, by families in turn."""
    try:
        search(FAMILIES[seed % len(FAMILIES)], seed, BLOCK)
    except Differs as found:
        return str(found)
    return None


if __name__ == "__main__":
    sys.exit(main())
