"""Freshness in a file: the share of the service time that is fresh."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from domain.durations import Elapsed, NominalDays, parse_duration
from domain.saying import said
from domain.terms import Criterion, Freshness
from services.contract_files.dated_checks import Setting
from services.contract_files.documents import Problem, Tree
from services.contract_files.kinds.face import Face, Place, no_dates, no_problems, shares_alone, times_at
from services.contract_files.leaves import DurationText
from services.contract_files.model_base import SelectorModel, Strict, need
from services.contract_files.tree_reading import selector_of


class FreshnessModel(Strict):
    """One occurrence per stale stretch; the share of the service time that is fresh."""

    kind: Literal["freshness"] = need("The kind of indicator")
    updated: SelectorModel = need("The events that bring news")
    max_age: DurationText = need("How old the last news may be")


def _read(tree: Tree) -> Freshness:
    return Freshness(selector_of(tree["updated"]), parse_duration(tree["max_age"]))


def _problems(at: Place, criterion: Criterion, terms: Freshness, setting: Setting) -> Iterator[Problem]:
    if terms.max_age in (Elapsed(0), NominalDays(0)):
        path = (*at.indicator, "max_age")
        yield at.document.problem(path, said("data would always be stale"), said("a longer time, such as 1 h"))


FACE = Face(
    model=FreshnessModel,
    read=_read,
    times=times_at("max_age"),
    form_problems=no_problems,
    misfit=shares_alone,
    problems=_problems,
    has_dates=False,
    dates_until=no_dates,
)
