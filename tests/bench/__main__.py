"""Speeds, each beside a reference that is measured in the same run: `make bench` prints a table and writes build/bench.json.

Machines are shared and noisy: read the ratios. No test looks at a clock.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import (
    access,
    arriving,
    crowded,
    doors,
    http_events,
    import_boston,
    judging,
    meeting,
    metrics,
    money,
    notices,
    pages,
    projecting,
    replaying,
    sealing,
    shards,
    streaming,
    use,
    verifying,
)
from tests.bench.entry import Entry

ROOT = Path(__file__).parents[2]
BENCHES: dict[str, Callable[[Path], list[Entry]]] = {
    "judging": judging.measure,
    "crowded": crowded.compare,
    "replay": replaying.measure,
    "import": import_boston.measure,
    "http": http_events.measure,
    "streaming": streaming.measure,
    "arriving": arriving.measure,
    "projecting": projecting.measure,
    "metrics": metrics.measure,
    "shards": shards.measure,
    "pages": pages.measure,
    "doors": doors.measure,
    "sealing": sealing.measure,
    "verify": verifying.measure,
    "access": access.measure,
    "notices": notices.measure,
    "meeting": meeting.measure,
    "money": money.measure,
    "use": use.measure,
}
LONG: dict[str, Callable[[Path], list[Entry]]] = {"pages-million": pages.measure_million}
"""Take minutes: only when they are named."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("only", nargs="*", help=f"some of: {', '.join(BENCHES | LONG)}")
    benches = BENCHES | LONG
    chosen = options.parse_args().only or list(BENCHES)
    entries: list[Entry] = []
    for name in chosen:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="entente-bench-") as folder:
            entries += benches[name](Path(folder))
    show(entries)
    target = ROOT / "build" / "bench.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps([entry.as_json() for entry in entries], indent=2) + "\n", encoding="utf-8")
    print(f"\n{target.relative_to(ROOT)} written", file=sys.stderr)


def show(entries: list[Entry]) -> None:
    """As a table."""
    rows = [("what", "value", "unit", "reference", "ratio", "wanted"), *(entry.as_row() for entry in entries)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.ljust(width) if at in (0, 2) else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


if __name__ == "__main__":
    main()
