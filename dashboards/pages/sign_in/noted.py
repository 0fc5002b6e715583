"""What the log of reads notes, in words."""

from __future__ import annotations

from typing import Final

from dashboards.pages.house.frame import View
from services.access_log import LoggedRow, OfHistory, Sort
from services.protection.decided import ABOVE, GROUP, PART, RoleSaid, role_of

_WORDED: Final[tuple[Sort | OfHistory, ...]] = ("signed-in", "refused", "read-personal", "erased")
"""What is noted of these is one of a few words; of all else, a name or an address."""


def about(view: View, row: LoggedRow) -> str:
    """What was read, and for whom; whose key or role it is; what else is noted as it is."""
    thing = _thing(view, row)
    if not row.service:
        return thing
    service = "+".join(_named(view, one) for one in row.service.split("+"))
    return view.language.text("access_log.of", thing=thing, service=service)


def _thing(view: View, row: LoggedRow) -> str:
    text = view.language.text
    kind, _, rest = row.thing.partition(" ")
    match row.sort:
        case "key-made" | "key-revoked":
            return text("noted.key", key=kind, can=text(f"key_can.{rest}"))
        case "role-given" | "role-taken":
            return _role(view, role_of(row.thing), is_office=not row.service)
        case "suspended" | "resumed" | "invited":
            return view.person(row.thing)
    key = f"noted.{kind}"
    is_worded = (row.sort in _WORDED or row.thing == "bundle") and view.language.has(key)
    return text(key, position=rest) if is_worded else row.thing


def _role(view: View, given: RoleSaid, *, is_office: bool) -> str:
    text, day = view.language.text, view.language.day
    if given.role == PART:
        return text("noted.part", service=view.service(given.who.removeprefix(ABOVE)))
    is_group = given.who.startswith(GROUP)
    name = text("noted.group", name=given.who.removeprefix(GROUP)) if is_group else view.person(given.who)
    said = [text(f"{'office' if is_office else 'grade'}.{given.role}")]
    if given.instead_of:
        said.append(text("people.deputy", name=view.person(given.instead_of)))
    if given.days.since:
        said.append(text("people.since", day=day(given.days.since, year=True)))
    if given.days.until:
        said.append(text("people.until", day=day(given.days.until, year=True)))
    return text("noted.role", name=name, role=", ".join(said))


def _named(view: View, service: str) -> str:
    office = f"office.{service}"
    return view.language.text(office) if view.language.has(office) else view.service(service)
