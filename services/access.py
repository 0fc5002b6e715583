"""Tells who is asking; the one place that decides what they may see and do (DESIGN §1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from domain.saying import said
from services.errors import Invalid, NotAllowed, Refused

Role = Literal["administrator", "auditor", "member"]
PLATFORM_NAME: Final = "entente"
"""The name under which the platform decides what the rules decide."""
RESERVED = frozenset({"administrator", "auditor", PLATFORM_NAME})
"""Names that no service may take: they name roles, and the platform itself."""


class Right(Enum):
    """The rights that somebody may have. The first four are held for services; whoever asks says for which."""

    TAKE_PART = "comment, acknowledge, explain, ask for an excuse, work on an action, take minutes"
    BIND = "propose, sign, refuse, accept, withdraw, terminate"
    SETTLE = "match by hand, put aside"
    DESCRIBE = "say who works in a service, and which tools it has"
    PUSH = "send events, retry or discard what was sent"
    ARBITRATE = "decide what is disputed"
    ADMINISTER = "calendars, time, outages, rules, the store itself"
    AUDIT = "replay, verify, read the history as it is stored"


RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    "member": frozenset({Right.TAKE_PART, Right.BIND, Right.SETTLE, Right.DESCRIBE, Right.PUSH}),
    "auditor": frozenset({Right.AUDIT}),
    "administrator": frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who acts. A member belongs to services; an auditor reads everything and decides nothing; an
    administrator acts on behalf of anyone."""

    role: Role
    services: frozenset[str] = frozenset()
    person: str | None = None

    def __str__(self) -> str:
        name = self.role if self.role != "member" else "+".join(sorted(self.services))
        return f"{name}/{self.person}" if self.person else name

    def sees(self, *parties: str) -> bool:
        """May see what concerns any of these services."""
        return self.sees_everything or not self.services.isdisjoint(parties)

    @property
    def sees_everything(self) -> bool:
        return self.role != "member"

    def is_of(self, *services: str) -> bool:
        """Says whether this is somebody of one of these services: whose a thing is, not what may be done about it."""
        return self.role == "member" and not self.services.isdisjoint(services)

    def may(self, right: Right, *services: str) -> bool:
        """The one answer to who may do what: whether this principal has the right for one of these services; where none is named,
        whether it has it at all. The administrator has every right for every service."""
        if right not in RIGHTS[self.role]:
            return False
        return not services or self.role == "administrator" or not self.services.isdisjoint(services)

    def require(self, right: Right, service: str, what: str) -> None:
        """Raises NotAllowed unless this principal has the right for the service."""
        if not self.may(right, service):
            raise NotAllowed(
                said("{what} is for {service} to do, not for {self}", what=what, service=service, self=self),
                mend=said("act as {service}", service=service),
            )


ADMINISTRATOR = Principal("administrator")
AUDITOR = Principal("auditor")
PLATFORM = Principal("administrator", person=PLATFORM_NAME)
"""The program itself, as it asks: it lets time pass, and says when it was down."""


def principal(text: str | None) -> Principal:
    """Reads `SERVICE[/PERSON]`, `administrator` or `auditor`; nothing means the administrator. Raises Invalid."""
    if not text:
        return ADMINISTRATOR
    service, _, person = text.partition("/")
    if not service or (not person and "/" in text):
        raise Invalid(said("“{text}” does not say who acts", text=text), mend=said("SERVICE or SERVICE/PERSON"))
    if service == "administrator":
        return Principal("administrator", person=person or None)
    if service == "auditor":
        return Principal("auditor", person=person or None)
    return Principal("member", frozenset({service}), person or None)


def require_own_id(who: Principal, contract: str, supplier: str, client: str) -> None:
    """Raises Refused for the id of a contract that one does not see: it is not theirs to give."""
    if not who.sees(supplier, client):
        raise Refused(
            said("the id {contract} is taken", contract=contract),
            place=contract,
            mend=said("give the contract another id"),
        )
