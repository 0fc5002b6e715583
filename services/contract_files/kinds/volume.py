"""Volume in a file: as much in each period as expected, or not."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from domain.saying import said
from domain.terms import Criterion, Volume
from services.contract_files import readings
from services.contract_files.dated_checks import Setting
from services.contract_files.documents import Problem, Tree
from services.contract_files.kinds.face import Face, Place, no_dates, no_problems, shares_alone, times_at
from services.contract_files.leaves import Amount, BandText, PathText, PlainPer
from services.contract_files.model_base import SelectorModel, Strict, may, need
from services.contract_files.tree_reading import selector_of


class VolumeModel(Strict):
    """One occurrence per period: as much as expected or not."""

    kind: Literal["volume"] = need("The kind of indicator")
    each: SelectorModel = need("The events that are counted, or whose values are summed")
    per: PlainPer = need("The period that is counted")
    expected: Amount = need("How much is expected in each period")
    band: BandText = need("By how much it may differ, such as 10 %; both ends included")
    value: PathText = may("Where the number to be summed stands; default each event counts one")


def _read(tree: Tree) -> Volume:
    return Volume(
        each=selector_of(tree["each"]),
        per=tree["per"],
        expected=Decimal(tree["expected"]),
        band=readings.share(tree["band"]),
        value=tree.get("value"),
    )


def _problems(at: Place, criterion: Criterion, terms: Volume, setting: Setting) -> Iterator[Problem]:
    if terms.per == "contract" and setting.terms.valid_until is None:
        what = said("the contract has no end at which it could be counted")
        yield at.document.problem((*at.indicator, "per"), what, said("a period such as month, or valid.until"))


FACE = Face(
    model=VolumeModel,
    read=_read,
    times=times_at(),
    form_problems=no_problems,
    misfit=shares_alone,
    problems=_problems,
    has_dates=False,
    dates_until=no_dates,
)
