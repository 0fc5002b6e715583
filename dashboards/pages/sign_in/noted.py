"""What the log of reads notes, in words."""

from __future__ import annotations

from typing import Final

from dashboards.pages.house.frame import View
from services.access_log import LoggedRow, Sort

_WORDED: Final[tuple[Sort, ...]] = ("signed-in", "refused", "read-personal")
"""What is noted of these is one of a few words; of all else, a name or an address."""


def about(view: View, row: LoggedRow) -> str:
    """What was read, and for whom; what else is noted as it is."""
    kind, _, position = row.thing.partition(" ")
    key = f"noted.{kind}"
    is_worded = (row.sort in _WORDED or row.thing == "bundle") and view.language.has(key)
    thing = view.language.text(key, position=position) if is_worded else row.thing
    if not row.service:
        return thing
    service = "+".join(_named(view, one) for one in row.service.split("+"))
    return view.language.text("access_log.of", thing=thing, service=service)


def _named(view: View, service: str) -> str:
    office = f"office.{service}"
    return view.language.text(office) if view.language.has(office) else view.service(service)
