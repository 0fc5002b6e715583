"""A history judged in shards, each aside in tables of its own, and what readers would see of them together."""

from __future__ import annotations

from services.history.history import History
from services.judging.judge import Judge
from services.judging.passing import SLICE
from services.judging.shares import Share
from services.judging.views import dump
from services.tables.every import CUT, SHADOWED
from tests.services.judged import scratch


def judged_in_shards(history: History, shards: int, limit: int = 5_000, slice: int = SLICE) -> list[str]:
    """The lines of the canonical dump of the whole, sorted."""
    lines: list[str] = []
    for shard in range(shards):
        with scratch() as database:
            judge = Judge(history, database, share=Share(shard, shards), slice=slice)
            judge.catch_up(limit)
            with database.connect() as reads:
                lines += [line for line in dump(reads) if _is_shown(line, shard, judge.bench.catalogue.shadows)]
    return sorted(lines)


def _is_shown(line: str, shard: int, shadows: set[str]) -> bool:
    table = line.partition(" ")[0]
    if table not in CUT:
        return shard == 0
    return table not in SHADOWED or not any(f" commitment={one!r} " in f"{line} " for one in shadows)
