"""The model of a file of root causes (MEETING §3)."""

from __future__ import annotations

from typing import Literal

from services.contract_files import bounds
from services.contract_files.leaves import Id
from services.contract_files.model_base import Strict, Title, may, need


class CauseModel(Strict):
    """A root cause."""

    id: Id = need("The name of the cause")
    title: Title = may("For people")
    party: Literal["supplier", "client", "none"] = need("Whose doing it is")


Listed = list[CauseModel]


class CausesModel(Strict):
    """The root causes to which breaches are attributed."""

    entente: Literal[1] = need("The version of the format")
    causes: Id = need("The name of the list")
    title: Title = may("For people")
    list_: Listed = need("The causes, in the order in which they are offered", max_length=bounds.CAUSES, alias="list")
