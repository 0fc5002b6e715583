"""Whether actions helped, as it is asked for (MEETING §5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import msgspec

from domain.effect import CLASSES, EffectVerdict
from domain.times import Instant
from services.breaches.reading import read_action
from services.history.databases import Transaction, column_list
from services.seeing.known import Known
from services.seeing.seen import Seen
from services.tables.documents import StoredAction, StoredCheck, StoredEffect

WORST_FIRST: tuple[EffectVerdict, ...] = (
    "worse", "ineffective", "short", "incomparable", "holding", "effective", "waiting",
)  # fmt: skip
"""The order in which a meeting looks at them."""
_decode = msgspec.json.Decoder(StoredEffect).decode
_decode_action = msgspec.json.Decoder(StoredAction).decode
_BEGUN = "SELECT {} FROM view_effect WHERE document IS NOT NULL AND {} ORDER BY action, number"


class _Check(NamedTuple):
    action: str
    number: int
    commitment: str
    document: str


@dataclass(frozen=True, slots=True)
class EffectRow:
    """The check of an action as it stands now. `found`: what was found when its windows were whole; None while it waits.
    `shared_with`: other actions of the commitment whose units after are among these. `was_bad_before`: an earlier check of the
    action was found to have helped nothing."""

    action: str
    check: int
    commitment: str
    now: StoredEffect
    found: StoredCheck | None
    shared_with: tuple[str, ...]
    known: Known
    was_bad_before: bool = False

    @property
    def verdict(self) -> EffectVerdict:
        return self.now["verdict"]

    @property
    def has_turned(self) -> bool:
        """Says whether news since the finding put it into another class."""
        found = self.found
        return found is not None and CLASSES[found["verdict"]] != CLASSES[self.verdict]

    @property
    def stays_closed(self) -> bool:
        """Says whether it helped nothing for the second time, so that nothing is reopened: people settle it."""
        return self.was_bad_before and self.found is not None and CLASSES[self.found["verdict"]] == "bad"

    def share(self, name: str) -> Fraction | None:
        """One of the exact shares: `p_better`, `p_worse`, `at_most`, `sure`."""
        text: str | None = self.now[name]  # type: ignore[literal-required]
        return Fraction(text) if text is not None else None


def read_effect(seen: Seen, action: str) -> EffectRow | None:
    """The last check of the action; None of one that was never closed, or before effects were looked for. Raises NotFound."""
    row = read_action(seen, action)
    rows = _effects(seen, "commitment = ?", [row.commitment])
    return next((one for one in reversed(rows) if one.action == action), None)


def read_effects(seen: Seen, contract: str, since: Instant) -> list[EffectRow]:
    """The last checks of the contract's actions that were found at that instant or later, or that news has turned into another
    class, whenever they were found; the worst first."""
    under = f"{contract}/"
    rows = _effects(seen, "SUBSTR(commitment, 1, ?) = ?", [len(under), under])
    last = {row.action: row for row in rows if seen.sees_commitment(row.commitment)}
    wanted = [row for row in last.values() if row.found is not None and (row.found["at"] >= since or row.has_turned)]
    return sorted(wanted, key=lambda row: (WORST_FIRST.index(row.verdict), row.action))


def read_all_effects(seen: Seen) -> list[EffectRow]:
    """The last check of each action that is seen, by action."""
    last = {row.action: row for row in _effects(seen, "1 = 1", []) if seen.sees_commitment(row.commitment)}
    return [last[action] for action in sorted(last)]


def count_effects(seen: Seen, service: str | None = None) -> Mapping[tuple[str, str], int]:
    """Counts the last check of each action that is seen, by contract and verdict; of the commitments that the service owes, where
    one is named."""
    sql = "SELECT action, commitment, verdict FROM view_effect WHERE document IS NOT NULL ORDER BY action, number"
    last = {action: (commitment, verdict) for action, commitment, verdict in seen.reads.query(sql)}
    commitments = seen.catalogue.commitments
    return Counter(
        (commitment.partition("/")[0], verdict)
        for commitment, verdict in last.values()
        if seen.sees_commitment(commitment)
        and (service is None or (commitment in commitments and commitments[commitment].newest.debtor == service))
    )


def _effects(seen: Seen, condition: str, params: Sequence[object]) -> list[EffectRow]:
    """The checks, seen or not, by action and number."""
    rows = seen.reads.query(_BEGUN.format(column_list(_Check), condition), params)
    checks = [_Check._make(row) for row in rows]
    now = {(one.action, one.number): _decode(one.document) for one in checks}
    told = _told(seen.reads, [one.action for one in checks])
    after = {id: {key for key, _, _ in it["after"]["units"]} for id, it in now.items()}
    found = []
    for one in checks:
        mine = after[one.action, one.number]
        others = {
            other.action
            for other in checks
            if other.action != one.action
            and other.commitment == one.commitment
            and mine & after[other.action, other.number]
        }
        found.append(
            EffectRow(
                one.action,
                one.number,
                one.commitment,
                now[one.action, one.number],
                told.get((one.action, one.number)),
                tuple(sorted(others)),
                seen.known.about(one.commitment),
                _was_bad_before(told, one),
            )
        )
    return found


def _was_bad_before(told: Mapping[tuple[str, int], StoredCheck], check: _Check) -> bool:
    earlier = (told.get((check.action, number)) for number in range(1, check.number))
    return any(one is not None and CLASSES[one["verdict"]] == "bad" for one in earlier)


def _told(reads: Transaction, actions: Sequence[str]) -> dict[tuple[str, int], StoredCheck]:
    """What was found, by action and number of the check."""
    sql = "SELECT id, document FROM view_action WHERE"
    documents = reads.select_in(sql, "id", list(dict.fromkeys(actions)))
    return {(id, one["check"]): one for id, text in documents for one in _decode_action(text).get("checks", ())}
