"""Measure in a file: the numbers that events carry, put together over the period."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from domain.saying import said
from domain.terms import Criterion, Measure, Target
from services.contract_files.dated_checks import Setting
from services.contract_files.documents import Problem, Tree
from services.contract_files.kinds.face import Face, Misfit, Place, no_dates, no_problems, times_at
from services.contract_files.leaves import PathText
from services.contract_files.model_base import SelectorModel, Strict, may, need
from services.contract_files.tree_reading import selector_of


class MeasureModel(Strict):
    """A number that each event (or key) carries, put together over the period."""

    kind: Literal["measure"] = need("The kind of indicator")
    each: SelectorModel = need("The events that are measured")
    value: PathText = need("Where the number stands")
    aggregate: Literal["mean", "median", "p90", "p95", "p99", "max", "min", "sum", "count"] = need(
        "How the numbers are put together; percentiles by nearest rank"
    )
    unit: Literal["s", "min", "h"] = may("What the number is, where it is a time; targets such as 4 h need it")
    key: PathText = may("What names the item whose last event counts; default each event for itself")


def _read(tree: Tree) -> Measure:
    return Measure(selector_of(tree["each"]), tree["value"], tree["aggregate"], tree.get("unit"), tree.get("key"))


def _misfit(terms: Measure, target: Target) -> Misfit | None:
    is_bound = target.form in ("at_least", "at_most")
    if not is_bound or target.of == "share":
        right = "at_most: 4 h" if terms.unit else "at_most: 4.2"
        what = said("a measure is no share") if is_bound else said("a measure is no number of misses")
        return what, said("such as {right}, or at_least", right=right)
    if target.of == "time" and (terms.unit is None or terms.aggregate == "count"):
        return said("a target in time needs to know what the numbers are"), said(
            "add unit: min (or s, h) to the indicator"
        )
    return None


def _problems(at: Place, criterion: Criterion, terms: Measure, setting: Setting) -> Iterator[Problem]:
    if criterion.each_miss_is_breach:
        what = said("a measure has no single misses")
        mend = said("leave it out; its target is judged over the period")
        yield at.document.problem((*at.criterion, "each_miss"), what, mend)
    for index, target in enumerate(criterion.targets if terms.aggregate == "count" else ()):
        if target.form == "at_most" and target.bound < 0:
            path = (*at.target(index), "at_most")
            yield at.document.problem(path, said("no count is less than nothing"), said("0 or more"))


FACE = Face(
    model=MeasureModel,
    read=_read,
    times=times_at(),
    form_problems=no_problems,
    misfit=_misfit,
    problems=_problems,
    has_dates=False,
    dates_until=no_dates,
)
