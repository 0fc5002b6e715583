"""Reads what waits in quarantine and what no contract selects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from services.access import Right
from services.arrivals import quarantine_rows, unselected
from services.arrivals.rows import QuarantineRow
from services.arrivals.unselected import Kind, UnselectedRow
from services.directory import service_rows
from services.judging.use_book import meters_of_offers
from services.seeing.seen import Seen, named


def read_quarantine(
    seen: Seen,
    *,
    limit: int = 100,
    offset: int = 0,
    slug: str = "",
    order: str = "received",
    is_down: bool = False,
) -> list[QuarantineRow]:
    """Waiting items, of one sort of problem (`slug`) or all, oldest first unless another order is asked for. They belong to no
    contract yet: a member sees those that it pushed itself."""
    return quarantine_rows.quarantine(
        seen.reads, seen.history, seen.who, limit, offset, slug=slug, order=order, is_down=is_down
    )


def read_quarantined(seen: Seen, item: str) -> QuarantineRow:
    return named(quarantine_rows.quarantine(seen.reads, seen.history, seen.who, 1, 0, item), item, "quarantined item")


def read_discarded(seen: Seen) -> list[QuarantineRow]:
    """Reads what the asker has discarded, and may take back."""
    return quarantine_rows.discarded(seen.reads, seen.history, seen.who) if seen.who.may(Right.PUSH) else []


def count_quarantine(seen: Seen) -> int:
    return quarantine_rows.count_quarantine(seen.reads, seen.history, seen.who)


def count_problems(seen: Seen) -> Counter[str]:
    """Counts what waits by the sort of its problem."""
    return quarantine_rows.count_problems(seen.reads, seen.history, seen.who)


def unselected_counts(seen: Seen) -> dict[Kind, int]:
    """Counts the events of each type and source that no contract selects: a member is told those of its own sources."""
    found = unselected.counts(seen.reads)
    if seen.sees_everything:
        return found
    own = {one for id, row in service_rows.services(seen.reads).items() if seen.who.is_of(id) for one, _ in row.sources}
    return {(kind, source): count for (kind, source), count in found.items() if source in own}


def read_unselected(
    seen: Seen, *, before: Mapping[Kind, int] | None = None, since: int = 0, most: int | None = None
) -> list[UnselectedRow]:
    """Events that no contract selects, the most frequent first, and which value of the contracts that one sees they come
    nearest to, of the newest `most` entries. Of an import: what came on top of the counts `before`, behind the entry
    `since`."""
    counted = unselected_counts(seen)
    if before is not None:
        counted = {kind: more for kind, count in counted.items() if (more := count - before.get(kind, 0)) > 0}
    mine = seen.commitments_in_force()
    selectors = list(dict.fromkeys(selector for one in mine for selector in one.selectors))
    meters = meters_of_offers(seen.reads).values()
    return unselected.rows(seen.history, seen.catalogue, meters, selectors, counted, since, most)


def unclaimed(seen: Seen) -> list[tuple[str, str, int]]:
    """(type, source, events) that no commitment selects."""
    sql = (
        "SELECT type, source, unclaimed FROM view_seen WHERE unclaimed > 0 AND SUBSTR(source, 1, 8) <> 'entente/' "
        "ORDER BY type, source"
    )
    return [(kind, source, events) for kind, source, events in seen.reads.query(sql)]
