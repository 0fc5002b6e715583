"""The parts that `deadline` and `turnaround` share in a file."""

from __future__ import annotations

from typing import Literal

from services.contract_files.leaves import DurationText, PathText
from services.contract_files.model_base import SelectorModel, Strict, may, need


class CasesModel(Strict):
    """What `deadline` and `turnaround` share."""

    opened: SelectorModel = need("The events that open a case")
    closed: SelectorModel = need("The events that close it")
    key: PathText = may("What names the case; default subject")
    changed: SelectorModel = may("The events that change what the limit reads")
    reopened: SelectorModel = may("The events that void the closing")
    cancelled: SelectorModel = may("The events that cancel the case")
    on_cancel: Literal["dropped", "failed"] = may("What a cancelled case becomes; default dropped")
    warn: DurationText = may("How long before the limit to warn")
