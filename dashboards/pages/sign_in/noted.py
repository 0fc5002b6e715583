"""What the log of reads notes, in words."""

from __future__ import annotations

from dashboards.pages.house.frame import View
from services.access_log import LoggedRow


def about(view: View, row: LoggedRow) -> str:
    """What was read, and for whom; what else is noted as it is."""
    kind, _, position = row.thing.partition(" ")
    key = f"noted.{kind}"
    is_known = row.sort == "read-personal" or row.thing == "bundle"
    thing = view.language.text(key, position=position) if is_known and view.language.has(key) else row.thing
    if not row.service:
        return thing
    service = "+".join(view.service(one) for one in row.service.split("+"))
    return view.language.text("access_log.of", thing=thing, service=service)
