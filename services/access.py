"""Who is asking, and the one place that decides what they may see and do (DESIGN §1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.saying import said
from services.errors import Invalid, NotAllowed, Refused

Role = Literal["administrator", "auditor", "member"]
RESERVED = frozenset({"administrator", "auditor", "entente"})
"""Names that no service may take: they name roles, and the platform itself."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts. A member belongs to services; an auditor reads everything and decides nothing; an administrator acts
    on behalf of anyone."""

    role: Role
    services: frozenset[str] = frozenset()
    person: str | None = None

    def __str__(self) -> str:
        name = self.role if self.role != "member" else "+".join(sorted(self.services))
        return f"{name}/{self.person}" if self.person else name

    def sees(self, *parties: str) -> bool:
        """May see what concerns any of these services."""
        return self.role != "member" or not self.services.isdisjoint(parties)

    def acts_for(self, service: str) -> bool:
        return self.role == "administrator" or (self.role == "member" and service in self.services)

    def require(self, service: str, what: str) -> None:
        """Raises NotAllowed unless this principal may act for the service."""
        if not self.acts_for(service):
            raise NotAllowed(
                said("{what} is for {service} to do, not for {self}", what=what, service=service, self=self),
                mend=said("act as {service}", service=service),
            )


ADMINISTRATOR = Principal("administrator")
AUDITOR = Principal("auditor")
PLATFORM = Principal("administrator", person="entente")


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
