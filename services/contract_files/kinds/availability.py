"""Availability in a file: the share of the service time that is up."""

from __future__ import annotations

from typing import Literal

from domain.durations import Elapsed, parse_duration
from domain.terms import Availability
from services.contract_files.documents import Tree
from services.contract_files.kinds.face import Face, no_dates, no_problems, shares_alone, times_at
from services.contract_files.leaves import ElapsedText
from services.contract_files.model_base import SelectorModel, Strict, may, need
from services.contract_files.tree_reading import selector_of


class AvailabilityModel(Strict):
    """One occurrence per outage; the share of the service time that is up."""

    kind: Literal["availability"] = need("The kind of indicator")
    down: SelectorModel = need("The events that say that a subject is down")
    up: SelectorModel = need("The events that say that it is up")
    ignore_shorter_than: ElapsedText = may("Outages shorter than this do not count; default all do")


def _read(tree: Tree) -> Availability:
    ignored = parse_duration(tree.get("ignore_shorter_than", "0 s"))
    assert isinstance(ignored, Elapsed)
    return Availability(selector_of(tree["down"]), selector_of(tree["up"]), ignored)


FACE = Face(
    model=AvailabilityModel,
    read=_read,
    times=times_at(),
    form_problems=no_problems,
    misfit=shares_alone,
    problems=no_problems,
    has_dates=False,
    dates_until=no_dates,
)
