"""An action with its plan in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from domain.figures import shown
from domain.money import show_amount, summed
from services.actions.citing import Cited
from services.actions.escalated import EscalatedRow
from services.actions.laddering import Rung
from services.actions.shapes import ActionWhole, Balance, Change, Check, Escalated, Ground, Means, Step
from services.api.showing import moment_json
from services.breaches.rows import ActionRow
from services.breaches.shown import action_json
from services.tables.documents import StoredChange


class YearOfMoney(NamedTuple):
    """Planned and spent in one year and currency, in minor units."""

    year: int
    currency: str
    planned: int
    spent: int

    @property
    def ratio(self) -> Fraction | None:
        """None where nothing was planned."""
        return Fraction(self.spent, self.planned) if self.planned else None


def money_of(row: ActionRow) -> list[YearOfMoney]:
    """By year and currency; two currencies are never added."""
    means = row.plan["means"]
    planned = summed((one["year"], one["currency"], one["amount"]) for one in (means["money"] if means else ()))
    spent = summed((one["year"], one["currency"], one["amount"]) for one in row.spent)
    return [YearOfMoney(*key, planned.get(key, 0), spent.get(key, 0)) for key in sorted({*planned, *spent})]


def whole_json(
    row: ActionRow, zone_name: str | None, cited: Sequence[Cited], ladder: Sequence[Rung] = ()
) -> ActionWhole:
    last = row.closings[-1] if row.state == "closed" and row.closings else None
    return {
        **action_json(row, zone_name),
        "scope": row.scope,
        "trigger": row.trigger,
        "review": row.review,
        "grounds": [_ground(one) for one in cited],
        "steps": _steps(row, zone_name),
        "done": shown(row.done),
        "means": _means(row),
        "effect": row.plan["effect"],
        "spent": [
            {
                "by": one["by"],
                "at": moment_json(one["at"], zone_name),
                "text": one["text"],
                "year": one["year"],
                "amount": show_amount(one["amount"], one["currency"]),
                "currency": one["currency"],
            }
            for one in row.spent
        ],
        "money": [_balance(one) for one in money_of(row)],
        "evidence": [
            {
                "by": one["by"],
                "at": moment_json(one["at"], zone_name),
                "positions": one["positions"],
                "document": one["document"],
            }
            for one in row.evidence
        ],
        "changes": [_change(one, zone_name) for one in row.changes],
        "undone": (last["undone"] or {}) if last is not None else {},
        "effective_from": row.effective_from,
        "checks": _checks(row, zone_name),
        "step": row.step,
        "ladder": [
            {
                "step": one.step,
                "to": list(one.to),
                "limit": moment_json(one.limit, zone_name),
                "reached": moment_json(one.reached, zone_name),
                "because": "calendar-ended" if one.limit is None else None,
            }
            for one in ladder
        ],
    }


def escalated_json(row: EscalatedRow) -> Escalated:
    return {
        "id": row.id,
        "contract": row.contract,
        "contract_title": dict(row.contract_title.by_language),
        "title": row.text,
        "cause": row.cause,
        "owner": row.owner,
        "due": row.due.isoformat() if row.due is not None else None,
        "steps": [{"text": one.text, "due": one.due, "done": one.is_done} for one in row.steps],
    }


def _ground(one: Cited) -> Ground:
    if not one.is_shown:
        return {
            "reference": None, "document": None, "position": None, "is_shown": False, "state": None, "then": None, "now": None,
        }  # fmt: skip
    document = one.ground["document"]
    return {
        "reference": one.ground["ref"],
        "document": document,
        "position": one.ground["position"],
        "is_shown": True,
        "state": one.state,
        "then": list(one.then) if one.then is not None else None,
        "now": list(one.now) if one.now is not None else None,
    }


def _steps(row: ActionRow, zone_name: str | None) -> list[Step]:
    done = row.steps_done
    return [
        {
            "id": one["id"],
            "text": one["text"],
            "weight": one["weight"],
            "due": one["due"],
            "done": {"by": done[one["id"]]["by"], "at": moment_json(done[one["id"]]["at"], zone_name)}
            if one["id"] in done
            else None,
        }
        for one in row.plan["steps"]
    ]


def _means(row: ActionRow) -> Means | None:
    means = row.plan["means"]
    if means is None:
        return None
    return {
        "hours": means["hours"],
        "money": [
            {"year": one["year"], "amount": show_amount(one["amount"], one["currency"]), "currency": one["currency"]}
            for one in means["money"]
        ],
    }


def _balance(one: YearOfMoney) -> Balance:
    return {
        "year": one.year,
        "currency": one.currency,
        "planned": show_amount(one.planned, one.currency),
        "spent": show_amount(one.spent, one.currency),
        "ratio": shown(one.ratio) if one.ratio is not None else None,
    }


def _change(one: StoredChange, zone_name: str | None) -> Change:
    due, owner, person = one.get("due"), one.get("owner"), one.get("person")
    return {
        "by": one["by"],
        "at": moment_json(one["at"], zone_name),
        "text": one["text"],
        "review": one.get("review"),
        "check": one.get("check"),
        "due": list(due) if due is not None else None,
        "owner": list(owner) if owner is not None else None,
        "person": list(person) if person is not None else None,
    }


def _checks(row: ActionRow, zone_name: str | None) -> list[Check]:
    return [
        {
            "check": one["check"],
            "verdict": one["verdict"],
            "kept": one["kept"],
            "before": one["before"],
            "after": one["after"],
            "p_better": one["p_better"],
            "p_worse": one["p_worse"],
            "position": one["position"],
            "at": moment_json(one["at"], zone_name),
        }
        for one in row.checks
    ]
