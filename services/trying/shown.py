"""What figures suggest in JSON, for `--json`."""

from __future__ import annotations

from domain.sums import Amount
from services.trying import proposing
from services.trying.shapes import Amounts, Change, Proposal, Support


def proposal_json(one: proposing.Proposal) -> Proposal:
    return {
        "commitment": one.commitment,
        "target_index": one.target_index,
        "target": one.target,
        "code": one.code,
        "change": _change_json(one.change) if one.change is not None else None,
        "periods": [_support_json(support) for support in one.periods],
    }


def _change_json(one: proposing.Change) -> Change:
    return {"path": one.path, "from": one.before, "to": one.after}


def _support_json(one: proposing.Support) -> Support:
    return {
        "period": one.period,
        **_amounts(one.figure.adjusted),
        "value": one.figure.value,
        "status": one.figure.status,
        "with_change": _amounts(one.with_change) if one.with_change is not None else None,
    }


def _amounts(pair: tuple[Amount | None, Amount | None]) -> Amounts:
    good, total = pair
    return {"good": good, "total": total}
