"""Satisfaction in a file: answers on a scale."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import model_validator

from domain.saying import said
from domain.terms import Satisfaction, Target
from services.contract_files.documents import Tree
from services.contract_files.kinds.face import Face, Misfit, no_dates, no_problems, shares_alone, times_at
from services.contract_files.leaves import Entered, Number, PathText
from services.contract_files.model_base import SelectorModel, Strict, may, need
from services.contract_files.scalars import Complaint
from services.contract_files.tree_reading import selector_of


class SatisfactionModel(Strict):
    """One occurrence per answer: satisfied or not."""

    kind: Literal["satisfaction"] = need("The kind of indicator")
    answer: SelectorModel = need("The events that answer")
    score: PathText = need("Where the score stands")
    scale: Annotated[list[Number], Entered("pair")] = need(
        "The lowest and the highest score, such as [1, 5]", max_length=2
    )
    satisfied: Number = need("The least score that is satisfied")
    key: PathText = may("What names the answer whose last event counts; default each event for itself")

    @model_validator(mode="after")
    def _has_a_scale(self) -> SatisfactionModel:
        if len(self.scale) != 2 or self.scale != sorted(set(self.scale)):
            raise Complaint(said("the scale is not a lowest and a highest score"), said("such as scale: [1, 5]"))
        low, high = self.scale
        if not low <= self.satisfied <= high:
            raise Complaint(
                said("satisfied: {satisfied} is off the scale", satisfied=self.satisfied),
                said("from {low} to {high}", low=low, high=high),
            )
        return self


def _read(tree: Tree) -> Satisfaction:
    low, high = tree["scale"]
    return Satisfaction(
        answer=selector_of(tree["answer"]),
        score=tree["score"],
        scale=(Decimal(low), Decimal(high)),
        satisfied=Decimal(tree["satisfied"]),
        key=tree.get("key"),
    )


def _misfit(terms: Satisfaction, target: Target) -> Misfit | None:
    """Its mean lies on the scale."""
    if target.of != "value" or target.form not in ("at_least", "at_most"):
        return shares_alone(terms, target)
    low, high = terms.scale
    if target.bound <= high if target.form == "at_least" else target.bound >= low:
        return None
    return (
        said("no mean on the scale {low} to {high} can keep it", low=low, high=high),
        said("from {low} to {high}", low=low, high=high),
    )


FACE = Face(
    model=SatisfactionModel,
    read=_read,
    times=times_at(),
    form_problems=no_problems,
    misfit=_misfit,
    problems=no_problems,
    has_dates=False,
    dates_until=no_dates,
)
