"""`make tampering`: 1,400 alterations, each of which has to be found and named. `--every N`: one in N of each way."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.tampering.tampering import TIMES, found, sealed


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--every", type=int, default=1)
    every = options.parse_args().every
    missed: list[str] = []
    tried = 0
    with tempfile.TemporaryDirectory(prefix="entente-") as folder:
        store = sealed(f"sqlite:///{folder}/town.db")
        for way, times in TIMES.items():
            for number in range(0, times, every):
                tried += 1
                if (said := found(store, way, number, Path(folder))) is not None:
                    missed.append(said)
            print(f"{way}: {len(range(0, times, every))} tried", flush=True)
    print(*missed, f"{tried - len(missed)} of {tried} found and named", sep="\n")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
