"""Targets that their kind of indicator can never be judged against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.kinds.faces import FACES
from domain.saying import said
from domain.terms import ContractTerms, Criterion
from services.contract_files.documents import Document, Path, Problem
from services.contract_files.kinds.faces import face


def target_problems(document: Document, at: Path, criterion: Criterion) -> Iterator[Problem]:
    """Problems of the targets of one criterion; `at` is its path."""
    several = len(criterion.targets) > 1 or (*at, "targets") in document.keys
    for index, target in enumerate(criterion.targets):
        path = (*at, "targets", index, target.form) if several else (*at, "target", target.form)
        if (stated := face(criterion.indicator).misfit(criterion.indicator, target)) is not None:
            yield document.problem(path, *stated)


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
            if old != kind and any(FACES[one].counts != "occurrences" for one in (old, kind)):
                path = ("deliverables", index, "criteria", number, "indicator", "kind")
                problems.append(
                    document.problem(
                        path,
                        said("{criterion} was a {old}", criterion=criterion.id, old=old),
                        said("a new id for the new criterion"),
                    )
                )
    return problems
