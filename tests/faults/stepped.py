"""The program with a clock that is wrong: `stepped.py SECONDS COMMAND…`."""

from __future__ import annotations

import sys
import time

from entente.cli import main

if __name__ == "__main__":
    seconds, *arguments = sys.argv[1:]
    true = time.time_ns
    time.time_ns = lambda: true() + int(seconds) * 1_000_000_000
    main(arguments)
