"""`make faults`: every fault with twenty seeds; prints what held, and all about what did not, and a table at the end.

make faults ARGS="--seeds 20 --lanes 3"                         three at a time
make faults ARGS="--only 'replies to COMMIT lost' --seed 7"     one run again

What is said by and about a run that fails is kept in build/faults. Exit 1 if one failed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.faults.faults import FAULTS, possible
from tests.faults.lanes import Outcome, Trial, side_by_side

SEEDS = 20
LOGS = Path("build/faults")
WITHOUT_TOOLS = "pg_basebackup and pg_restore (Debian's postgresql has them)"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="make faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=[*FAULTS], help="this fault; may be given again")
    parser.add_argument("--seeds", type=int, help=f"seeds of each, from --seed on; {SEEDS}, or 1 if --seed is given")
    parser.add_argument("--seed", type=int, help="the first; 1")
    parser.add_argument("--lanes", type=int, default=min(os.cpu_count() or 1, 4), help="how many run at a time")
    parser.add_argument("--verbose", action="store_true", help="show the schedule of what held, too")
    parser.add_argument("--logs", type=Path, default=LOGS, help="where what fails is kept")
    given = parser.parse_args()
    first = given.seed or 1
    seeds = range(first, first + (given.seeds or (1 if given.seed else SEEDS)))
    names = possible(given.only or FAULTS)

    def tell(one: Outcome) -> None:
        name, took = f"{one.trial.name}, seed {one.trial.seed}", f"{one.seconds:.0f} s, {one.cpu:.0f} s of CPU"
        if one.has_held:
            print(f"held    {name}  ({took})", *(one.schedule if given.verbose else ()), sep="\n", flush=True)
        else:
            print(f"FAILED  {name}  ({took})\n{one.complaint}\n", flush=True)

    found = side_by_side([Trial(name, seed) for seed in seeds for name in names], given.lanes, given.logs, tell)
    print(*table(found), sep="\n")
    for name in given.only or FAULTS:
        if name not in names:
            print(
                f"left out {name}: it needs {'the right to mount a disk' if FAULTS[name].needs_disk else WITHOUT_TOOLS}"
            )
    failed = sum(not one.has_held for one in found)
    print(f"{failed} failed" if failed else "everything held")
    return 1 if failed else 0


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """A row for each fault."""
    names = [name for name in FAULTS if any(one.trial.name == name for one in outcomes)]
    width = max(map(len, names), default=0)
    rows = [f"{'fault'.ljust(width)}  held  failed  seconds  CPU  failed with seed"]
    for name in names:
        ours = [one for one in outcomes if one.trial.name == name]
        failed = sorted(one.trial.seed for one in ours if not one.has_held)
        seconds, cpu = (sum(times) / len(ours) for times in zip(*((one.seconds, one.cpu) for one in ours), strict=True))
        rows.append(
            f"{name.ljust(width)}  {len(ours) - len(failed):4}  {len(failed):6}  {seconds:7.0f}  {cpu:3.0f}  "
            + ", ".join(map(str, failed))
        )
    return [row.rstrip() for row in rows]


if __name__ == "__main__":
    sys.exit(main())
