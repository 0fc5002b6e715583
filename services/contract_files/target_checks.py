"""Targets that their kind of indicator can never be judged against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.saying import said
from domain.terms import ContractTerms, Criterion, Measure, Satisfaction, Target, Volume
from services.contract_files.documents import Document, Path, Problem


def target_problems(document: Document, at: Path, criterion: Criterion) -> Iterator[Problem]:
    """Problems of the targets of one criterion; `at` is its path."""
    several = len(criterion.targets) > 1 or (*at, "targets") in document.keys
    for index, target in enumerate(criterion.targets):
        path = (*at, "targets", index, target.form) if several else (*at, "target", target.form)
        if (stated := _misfit(criterion, target)) is not None:
            yield document.problem(path, *stated)
    if criterion.each_miss_is_breach and isinstance(criterion.indicator, Measure):
        what = said("a measure has no single misses")
        yield document.problem((*at, "each_miss"), what, said("leave it out; its target is judged over the period"))


def volume_problems(document: Document, at: Path, indicator: Volume, terms: ContractTerms) -> Iterator[Problem]:
    """`at` is the path of the indicator."""
    if indicator.per == "contract" and terms.valid_until is None:
        what = said("the contract has no end at which it could be counted")
        yield document.problem((*at, "per"), what, said("a period such as month, or valid.until"))


_OF_THEIR_OWN = ("measure", "availability", "freshness")
"""Kinds whose figures add up with no other's."""


def kind_changes(document: Document, terms: ContractTerms, before: Sequence[ContractTerms]) -> list[str]:
    """An amendment cannot turn counts into measures or time, nor back: a period would add up what is not of one kind."""
    kinds = {
        (deliverable.id, criterion.id): criterion.indicator.kind
        for one in before
        for deliverable in one.deliverables
        for criterion in deliverable.criteria
    }
    problems: list[str] = []
    for index, deliverable in enumerate(terms.deliverables):
        for number, criterion in enumerate(deliverable.criteria):
            kind = criterion.indicator.kind
            old = kinds.get((deliverable.id, criterion.id), kind)
            if old != kind and (old in _OF_THEIR_OWN or kind in _OF_THEIR_OWN):
                path = ("deliverables", index, "criteria", number, "indicator", "kind")
                problems.append(
                    document.problem(
                        path,
                        said("{criterion} was a {old}", criterion=criterion.id, old=old),
                        said("a new id for the new criterion"),
                    )
                )
    return problems


def _misfit(criterion: Criterion, target: Target) -> tuple[str, str] | None:
    """What is wrong, and what would be right."""
    kind = criterion.indicator
    is_bound = target.form in ("at_least", "at_most")
    if isinstance(kind, Measure):
        if not is_bound or target.of == "share":
            right = "at_most: 4 h" if kind.unit else "at_most: 4.2"
            what = said("a measure is no share") if is_bound else said("a measure is no number of misses")
            return what, said("such as {right}, or at_least", right=right)
        if target.of == "time" and (kind.unit is None or kind.aggregate == "count"):
            return said("a target in time needs to know what the numbers are"), said(
                "add unit: min (or s, h) to the indicator"
            )
        return None
    if not is_bound:
        return None
    if isinstance(kind, Satisfaction) and target.of == "value":
        low, high = kind.scale
        is_possible = target.bound <= high if target.form == "at_least" else target.bound >= low
        return (
            None
            if is_possible
            else (
                said("no mean on the scale {low} to {high} can keep it", low=low, high=high),
                said("from {low} to {high}", low=low, high=high),
            )
        )
    if target.of != "share":
        return said("only a measure is judged by its value, not {kind}", kind=kind.kind), said(
            "a share such as at_least: 95 %"
        )
    return None
