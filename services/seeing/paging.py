"""A page of a long list: what is read grows with what is asked for, not with what there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Row = TypeVar("Row")


def filled(
    limit: int, read: Callable[[Row | None, int], list[Row]], is_wanted: Callable[[Row], bool], after: Row | None = None
) -> list[Row]:
    """The first `limit` rows that are wanted, behind `after`. `read(last, many)` gives that many in their order, behind the last."""
    found: list[Row] = []
    last, many = after, limit
    while len(found) < limit:
        rows = read(last, many)
        found += [row for row in rows if is_wanted(row)]
        if len(rows) < many:
            break
        last, many = rows[-1], min(2 * many, 5_000)
    return found[:limit]
