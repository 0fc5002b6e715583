"""Deadline in a file: a case that carries its own due time."""

from __future__ import annotations

from typing import Literal

from domain.durations import parse_duration
from domain.terms import Deadline
from services.contract_files import readings
from services.contract_files.documents import Tree
from services.contract_files.kinds.cases import CasesModel
from services.contract_files.kinds.face import Face, no_dates, no_problems, shares_alone, times_at
from services.contract_files.leaves import PathText, ToleranceText
from services.contract_files.model_base import may, need
from services.contract_files.tree_reading import given, optional_selector, selector_of


class DeadlineModel(CasesModel):
    """One occurrence per case, which carries its own due time."""

    kind: Literal["deadline"] = need("The kind of indicator")
    due: PathText = need("Where the opening event says when the case is due")
    without_due: Literal["ignore", "met"] = may("What a case without due becomes; default ignore")
    tolerance: ToleranceText = may("How much lateness is accepted; default none")


def _read(tree: Tree) -> Deadline:
    return Deadline(
        opened=selector_of(tree["opened"]),
        due=tree["due"],
        closed=selector_of(tree["closed"]),
        key=tree.get("key", "subject"),
        changed=optional_selector(tree, "changed"),
        reopened=optional_selector(tree, "reopened"),
        cancelled=optional_selector(tree, "cancelled"),
        on_cancel=tree.get("on_cancel", "dropped"),
        without_due=tree.get("without_due", "ignore"),
        tolerance=readings.tolerance(tree.get("tolerance", "0 min")),
        warn=given(parse_duration, tree.get("warn")),
    )


FACE = Face(
    model=DeadlineModel,
    read=_read,
    times=times_at("tolerance", "warn"),
    form_problems=no_problems,
    misfit=shares_alone,
    problems=no_problems,
    has_dates=False,
    dates_until=no_dates,
)
