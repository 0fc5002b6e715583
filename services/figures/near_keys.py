"""What a key that no occurrence has may have been meant for: keys are named, not only where they can be looked up."""

from __future__ import annotations

from difflib import get_close_matches

from domain.saying import Said, chained, said
from services.errors import short
from services.history.databases import Transaction

LOOKED_AT, MOST, LONGEST = 500, 3, 60
"""Keys, the newest ones; those that are named; letters of a key that are compared."""


def mend_key(reads: Transaction, commitment: str, key: str) -> Said:
    """The period, where it is the name of one; else the keys that begin so, else the nearest, else the newest."""
    of_period = _newest(reads, commitment, period=key)
    keys = (of_period or _near(_newest(reads, commitment), key))[:MOST]
    if not keys:
        return said("nothing is owed there yet")
    named = chained(", ", [said("“{value}”", value=short(one, LONGEST)) for one in keys])
    if of_period:
        return said(
            "it is a period, `--period {period}`; keys are such as {keys}: entente occurrences shows all",
            period=key,
            keys=named,
        )
    return said("keys are such as {keys}: entente occurrences shows all", keys=named)


def _newest(reads: Transaction, commitment: str, period: str | None = None) -> list[str]:
    sql = (
        "SELECT key FROM view_occurrence WHERE commitment = ? AND standing IN ('owed', 'measured') "
        f"{'AND period = ? ' if period is not None else ''}ORDER BY anchor DESC, key LIMIT {LOOKED_AT}"
    )
    return [key for (key,) in reads.query(sql, [one for one in (commitment, period) if one is not None])]


def _near(keys: list[str], key: str) -> list[str]:
    begun = [one for one in keys if one.startswith(key)]
    return begun or get_close_matches(short(key, LONGEST), keys, MOST, 0.6) or keys
