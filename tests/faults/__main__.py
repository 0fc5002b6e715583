"""`make faults`: every fault in turn, with the seeds that are asked for; prints what held, and all about what did not.

make faults ARGS="--seeds 20"                                   20 seeds of each
make faults ARGS="--only 'replies to COMMIT lost' --seed 7"     one run again
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.faults.faults import FAULTS
from tests.faults.world import DURABLE, Failed, Servers, World, quiet
from tests.kafka.broker import kafka_broker
from tests.servers import postgres_cluster


@contextmanager
def servers() -> Iterator[Servers]:
    with postgres_cluster(DURABLE) as postgres, kafka_broker() as broker:
        yield Servers(postgres, broker)


def run(here: Servers, name: str, seed: int, expected: Any, logs: Path | None = None) -> World:
    """What the processes said is copied to `logs`. Raises Failed."""
    fault = FAULTS[name]
    with tempfile.TemporaryDirectory(prefix="entente-faults-") as folder:
        world = World(here, Path(folder), name, seed, **fault.told)
        try:
            with world.running():
                world.run(lambda: fault.act(world))
                world.check(expected)
        finally:
            if logs is not None:
                (said := logs / f"{name} {seed}").mkdir(parents=True, exist_ok=True)
                for log in Path(folder).glob("*.log"):
                    shutil.copy(log, said)
    return world


def expected_figures() -> Any:
    with tempfile.TemporaryDirectory(prefix="entente-quiet-") as folder:
        return quiet(Path(folder))


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--only", action="append", choices=[*FAULTS], help="this fault; may be given again")
    parser.add_argument("--seeds", type=int, default=1, help="seeds of each, from --seed on")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="show the schedule of what held, too")
    parser.add_argument("--logs", type=Path, help="a folder for what the processes say")
    given = parser.parse_args()
    failed = 0
    expected = expected_figures()
    with servers() as here:
        for seed in range(given.seed, given.seed + given.seeds):
            for name in given.only or FAULTS:
                if FAULTS[name].needs_root and os.geteuid() != 0:
                    print(f"left out {name}: it needs the right to mount a disk", flush=True)
                    continue
                began = time.monotonic()
                try:
                    world = run(here, name, seed, expected, given.logs)
                except Failed as error:
                    failed += 1
                    print(f"FAILED  {name}, seed {seed}\n{error}\n", flush=True)
                    continue
                print(f"held    {name}, seed {seed}  ({time.monotonic() - began:.0f} s)", flush=True)
                if given.verbose:
                    print(*world.schedule, sep="\n", flush=True)
    print(f"{failed} failed" if failed else "everything held")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
