"""What money of shared services brings to the pages."""

from __future__ import annotations

from typing import Final

from dashboards.pages.costs.tables import allocation, charges
from dashboards.pages.part import PagePart
from services.costs.api import add_costs

COSTS: Final = PagePart("costs", (), routes=(add_costs,), tables={"allocation": allocation, "charges": charges})
